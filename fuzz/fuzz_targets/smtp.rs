//! An SMTP server whose every byte is the fuzzer's: what is found is the same however its bytes come, is within the
//! limits, and is never found with TLS, which the fuzzer can't have done.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_net::policy::AllowAll;
use quoin_net::script::{Event, Peer, ScriptStack};
use quoin_net::smtp::{Failure, Greeting, Limits, Request, Security, greet};
use quoin_net::{Deadline, Network, Stack, dns, tls};
use std::collections::VecDeque;
use std::sync::OnceLock;
use std::time::Duration;

const LIMITS: Limits = Limits { line_bytes: 100, reply_bytes: 300 };

/// What stands between what the server says by itself and its answers, one to each line; it is in no text.
const NEXT: u8 = 0xf8;

/// Says one part as its greeting, and one to each line that it hears.
struct Server {
    parts: VecDeque<Vec<u8>>,
    end: Event,
}

impl Server {
    fn says(&mut self) -> Vec<Event> {
        let last = self.parts.len() <= 1;
        let part = self.parts.pop_front().map(Event::Send);
        part.into_iter().chain(last.then(|| self.end.clone())).collect()
    }
}

impl Peer for Server {
    fn greet(&mut self) -> Vec<Event> {
        self.says()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        bytes.iter().filter(|b| **b == b'\n').flat_map(|_| self.says()).collect()
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, says)) = bytes.split_first() else { return };
    let security = [Security::Plain, Security::StartTls, Security::Tls][usize::from(choice & 3) % 3];
    let end = [Event::Close, Event::Reset, Event::Stall][usize::from(choice >> 2 & 3) % 3].clone();
    let whole = ask(security, says, &end, 0);
    for split in [1, 5] {
        let split = ask(security, says, &end, split);
        // Whether bytes ahead of TLS are seen as such is a matter of when they come.
        assert!(security != Security::Plain || same(&whole, &split), "{whole:?} {split:?}");
        assert!(security == Security::Plain || split.is_err(), "{split:?}");
    }
    let seen = match whole {
        Ok(seen) => {
            assert!(security == Security::Plain && seen.banner.starts_with("220"));
            Some(seen)
        }
        Err(failure) => failure.seen.map(|seen| *seen),
    };
    let seen = seen.expect("it was connected to");
    // A byte that is not UTF-8 is three in its place.
    assert!(seen.tls.is_none() && seen.banner.len() <= 3 * LIMITS.reply_bytes);
    assert!(seen.extensions.iter().map(String::len).sum::<usize>() <= 3 * LIMITS.reply_bytes);
});

/// A message quotes what has come by then, which is not the same.
fn same(a: &Result<Greeting, Failure>, b: &Result<Greeting, Failure>) -> bool {
    match (a, b) {
        (Err(a), Err(b)) => a.error.code() == b.error.code() && a.seen == b.seen,
        (a, b) => a == b,
    }
}

fn ask(security: Security, says: &[u8], end: &Event, split: usize) -> Result<Greeting, Failure> {
    static TRUST: OnceLock<tls::Trust> = OnceLock::new();
    let stack = ScriptStack::new();
    stack.split(split);
    let parts: VecDeque<_> = says.split(|b| *b == NEXT).map(<[u8]>::to_vec).collect();
    let end = end.clone();
    let at = "192.0.2.1:25".parse().expect("this is an address");
    stack.serve(at, move || Server { parts: parts.clone(), end: end.clone() });
    let config = dns::Config::default();
    let request = Request { host: "192.0.2.1".into(), port: 25, security };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
    let trust = TRUST.get_or_init(tls::Trust::embedded);
    greet(&Network { stack: &stack, dns: &config }, &request, trust, 0, &mut AllowAll, deadline, &LIMITS)
}

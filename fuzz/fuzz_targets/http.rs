//! An HTTP server whose every byte is the fuzzer's: the answer is the same however its bytes come, and within the limits.
//! The first line is a URL: what is taken for one means what the engine's capabilities take it for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_engine::capability::Capability;
use quoin_net::http::{Limits, Request, Response, Url, fetch};
use quoin_net::policy::AllowAll;
use quoin_net::script::{Event, ScriptStack};
use quoin_net::{Deadline, Error, Network, Stack, dns, tls};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

const LIMITS: Limits = Limits { body_bytes: 300, head_bytes: 400, fields: 8, redirects: 3, informational: 2 };

/// What stands between the answers to one request and to the next; it is in no text.
const NEXT: u8 = 0xf8;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let (first, answers) =
        rest.split_at(rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1));
    if let Ok(text) = std::str::from_utf8(first) {
        url(text.trim_end_matches('\n'));
    }
    let answers: Vec<Vec<u8>> = answers.split(|b| *b == NEXT).map(<[u8]>::to_vec).collect();
    let whole = ask(*choice, &answers, 0);
    for split in [1, 7] {
        match (&whole, ask(*choice, &answers, split)) {
            (Ok(whole), Ok(split)) => assert!(*whole == split, "{whole:?} {split:?}"),
            (Err(whole), Err(split)) => assert_eq!(whole.code(), split.code(), "{whole} {split}"),
            (whole, split) => panic!("{whole:?} {split:?}"),
        }
    }
    if let Ok(response) = whole {
        assert!(response.body.len() <= LIMITS.body_bytes && response.status >= 200);
        assert!(!response.body_truncated || response.body.len() == LIMITS.body_bytes);
        assert!(response.headers.len() <= LIMITS.fields && response.trailers.len() <= LIMITS.fields);
        let lines = response.headers.iter().chain(&response.trailers);
        assert!(lines.flat_map(|(name, value)| [name, value]).all(|text| !text.contains(['\r', '\n', '\0'])));
        assert!(Url::parse(&response.url).is_ok_and(|url| url.to_string() == response.url));
    }
});

fn ask(choice: u8, answers: &[Vec<u8>], split: usize) -> Result<Response, Error> {
    let stack = ScriptStack::new();
    stack.split(split);
    let end = if choice & 4 == 0 { Event::Close } else { Event::Reset };
    let asked = Rc::new(Cell::new(0));
    for server in ["192.0.2.1:80", "[2001:db8::1]:8080"] {
        let (asked, answers, end) = (asked.clone(), answers.to_vec(), end.clone());
        stack.serve(server.parse().expect("this is an address"), move || {
            let index = asked.replace(asked.get() + 1);
            let answer = answers.get(index).cloned().unwrap_or_default();
            let mut events = vec![Event::Send(answer), end.clone()];
            // It answers what it is asked, once.
            move |_: &[u8]| std::mem::take(&mut events)
        });
    }
    let request = Request {
        method: ["GET", "HEAD", "POST"][usize::from(choice & 3) % 3].into(),
        headers: vec![("Authorization".into(), "secret".into()), ("Content-Type".into(), "a/b".into())],
        body: if choice & 3 == 2 { b"body".to_vec() } else { Vec::new() },
        follow_redirects: choice & 8 == 0,
        ..Request::get("http://192.0.2.1/a/b?c")
    };
    let config = dns::Config::default();
    let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
    let found = fetch(
        &Network { stack: &stack, dns: &config },
        &request,
        trust(),
        0,
        &mut AllowAll,
        deadline,
        &LIMITS,
    );
    let bound = LIMITS.redirects + 1;
    let http = |to: &SocketAddr| to.port() != 53;
    assert!(stack.connects().into_iter().filter(http).count() <= bound, "{:?}", stack.connects());
    found
}

fn trust() -> &'static tls::Trust {
    static TRUST: OnceLock<tls::Trust> = OnceLock::new();
    TRUST.get_or_init(tls::Trust::embedded)
}

fn url(text: &str) {
    let Ok(url) = Url::parse(text) else { return };
    let again = url.to_string();
    assert_eq!(Url::parse(&again).ok(), Some(url.clone()), "{text:?}");
    assert!(again.is_ascii() && !again.contains([' ', '\\', '\r', '\n', '\t', '#']), "{again:?}");
    // The engine reads the same host and the same port, and of a name that is not ASCII, the same once it is.
    let host = if url.host().contains(':') { format!("[{}]", url.host()) } else { url.host().to_string() };
    let meant: Result<Capability, _> = format!("network:outbound:{host}:{}", url.port()).parse();
    let text = if text.is_ascii() { text } else { &again };
    let read: Result<Capability, _> = format!("network:outbound:{text}").parse();
    assert!(
        matches!((&read, &meant), (Ok(read), Ok(meant)) if read == meant),
        "{text:?}: {read:?} {meant:?}"
    );
    for reference in ["/x", "?y", "../z", "//h/", text] {
        let joined = url.join(reference);
        assert!(
            joined.is_ok_and(|joined| Url::parse(&joined.to_string()).is_ok_and(|again| again == joined))
        );
    }
}

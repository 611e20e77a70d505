//! Greetings over scripted streams.

use super::*;
use crate::policy::AllowAll;
use crate::script::{Event, Peer, ScriptStack};
use crate::{Code, Deadline, Network, Stack, dns};
use alloc::rc::Rc;
use alloc::string::ToString;
use alloc::vec;
use core::cell::RefCell;

const SERVER: &str = "192.0.2.1:25";

/// Says its greeting, then to each line what the script has for its first word.
struct Server {
    greeting: &'static str,
    answers: &'static [(&'static str, &'static str)],
    line: Vec<u8>,
    heard: Rc<RefCell<Vec<String>>>,
}

impl Peer for Server {
    fn greet(&mut self) -> Vec<Event> {
        vec![Event::Send(self.greeting.into())]
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in bytes {
            self.line.push(*byte);
            if let Some(line) = self.line.strip_suffix(b"\r\n") {
                let line = String::from_utf8_lossy(line).into_owned();
                let word = line.split(' ').next().unwrap_or_default();
                let answer =
                    self.answers.iter().find(|(command, _)| *command == word).map(|(_, answer)| *answer);
                events.push(Event::Send(answer.unwrap_or("500 What?\r\n").into()));
                if word == "QUIT" {
                    events.push(Event::Close);
                }
                self.heard.borrow_mut().push(line);
                self.line.clear();
            }
        }
        events
    }
}

fn greet_with(stack: &ScriptStack, security: Security) -> Result<Greeting, Failure> {
    let config = dns::Config::default();
    let network = Network { stack, dns: &config };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(10));
    let request = Request { host: "192.0.2.1".into(), port: 25, security };
    let limits = Limits { line_bytes: 100, reply_bytes: 300 };
    greet(&network, &request, &tls::Trust::embedded(), 0, &mut AllowAll, deadline, &limits)
}

/// What comes of such a server, and what it heard.
fn ask(
    greeting: &'static str,
    answers: &'static [(&'static str, &'static str)],
    security: Security,
    split: usize,
) -> (Result<Greeting, Failure>, Vec<String>) {
    let (stack, heard) = (ScriptStack::new(), Rc::new(RefCell::new(Vec::new())));
    stack.split(split);
    let listening = heard.clone();
    stack.serve(SERVER.parse().unwrap(), move || Server {
        greeting,
        answers,
        line: Vec::new(),
        heard: listening.clone(),
    });
    let found = greet_with(&stack, security);
    let heard = heard.borrow().clone();
    (found, heard)
}

fn says(events: Vec<Event>, security: Security) -> Failure {
    let stack = ScriptStack::new();
    stack.serve(SERVER.parse().unwrap(), move || events.clone());
    greet_with(&stack, security).unwrap_err()
}

const PLAIN: &[(&str, &str)] =
    &[("EHLO", "250-mail hello\r\n250-SIZE 1000\r\n250-starttls\r\n250 \r\n"), ("QUIT", "221 Bye\r\n")];

#[test]
fn a_greeting_however_it_is_split() {
    for split in 0..12 {
        let (found, heard) = ask("220-mail ESMTP\r\n220 hello\r\n", PLAIN, Security::Plain, split);
        let found = found.unwrap();
        assert_eq!(found.banner, "220-mail ESMTP\n220 hello");
        assert_eq!(found.extensions, ["SIZE 1000", "starttls"]);
        assert_eq!((found.remote_addr, found.local_addr.port()), (SERVER.parse().unwrap(), 50_000));
        assert_eq!((found.tls, found.elapsed), (None, Duration::ZERO));
        assert_eq!(heard, ["EHLO [192.0.2.200]", "QUIT"]);
    }
}

#[test]
fn a_server_that_knows_only_helo() {
    let old = &[("HELO", "250 mail\r\n"), ("QUIT", "221 Bye\r\n")];
    let (found, heard) = ask("220 mail\r\n", old, Security::Plain, 0);
    assert_eq!(found.unwrap().extensions, Vec::<String>::new());
    assert_eq!(heard, ["EHLO [192.0.2.200]", "HELO [192.0.2.200]", "QUIT"]);
    let (found, _) = ask("220 mail\r\n", old, Security::StartTls, 0);
    assert_eq!(found.unwrap_err().error.code(), Code::Unsupported);
}

#[test]
fn servers_that_refuse() {
    for (greeting, answers, security, code, message, banner) in [
        (
            "554 no\r\n",
            &[][..],
            Security::Plain,
            Code::ServerRefused,
            r#"the server refuses service: "554 no""#,
            "554 no",
        ),
        (
            "421 busy\r\n",
            &[],
            Security::StartTls,
            Code::ServerRefused,
            r#"the server refuses service: "421 busy""#,
            "421 busy",
        ),
        (
            "220 m\r\n",
            &[],
            Security::Plain,
            Code::ServerRefused,
            r#"the server refuses EHLO and HELO: "500 What?""#,
            "220 m",
        ),
        (
            "220 m\r\n",
            &[("EHLO", "421 gone\r\n")],
            Security::Plain,
            Code::ServerRefused,
            r#"the server refuses EHLO: "421 gone""#,
            "220 m",
        ),
        (
            "220 m\r\n",
            &[("EHLO", "250-m\r\n250 XSTARTTLS\r\n")],
            Security::StartTls,
            Code::Unsupported,
            "the server does not offer STARTTLS",
            "220 m",
        ),
        (
            "220 m\r\n",
            &[("EHLO", "250-m\r\n250 STARTTLS\r\n"), ("STARTTLS", "454 not now\r\n")],
            Security::StartTls,
            Code::ServerRefused,
            r#"the server refuses STARTTLS: "454 not now""#,
            "220 m",
        ),
    ] {
        for split in [0, 1] {
            let (found, heard) = ask(greeting, answers, security, split);
            let failure = found.unwrap_err();
            assert_eq!((failure.error.code(), failure.error.message()), (code, message));
            let seen = failure.seen.unwrap();
            assert_eq!((seen.banner.as_str(), seen.remote_addr), (banner, SERVER.parse().unwrap()));
            assert_eq!(heard.last().map(String::as_str), Some("QUIT"));
        }
    }
}

#[test]
fn servers_that_do_not_speak_smtp() {
    for (greeting, answers) in [
        ("SSH-2.0-x\r\n", &[][..]),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", &[]),
        ("354 go on\r\n", &[]),
        ("220 m\r\n", &[("EHLO", "354 go on\r\n")]),
        ("220 m\r\n", &[("EHLO", "250-a\r\n251 b\r\n")]),
        ("220 m\r\n", &[("EHLO", "what?\r\n")]),
    ] {
        for split in [0, 1] {
            let (found, heard) = ask(greeting, answers, Security::Plain, split);
            assert_eq!(found.unwrap_err().error.code(), Code::Protocol, "{greeting:?}");
            assert_ne!(heard.last().map(String::as_str), Some("QUIT"));
        }
    }
}

#[test]
fn what_comes_ahead_of_tls_is_an_error() {
    for answer in ["220 go\r\n250 injected\r\n", "220 go\r\nx", "220 go\n\x16"] {
        let answers: &'static [_] =
            vec![("EHLO", "250-m\r\n250 STARTTLS\r\n"), ("STARTTLS", answer), ("QUIT", "221\r\n")].leak();
        let (found, heard) = ask("220 m\r\n", answers, Security::StartTls, 0);
        let failure = found.unwrap_err();
        assert_eq!(failure.error.code(), Code::Protocol);
        assert!(failure.error.message().contains("ahead of TLS"), "{failure}");
        assert_eq!(heard, ["EHLO [192.0.2.200]", "STARTTLS"]);
    }
}

#[test]
fn conversations_that_are_cut_off() {
    let text = "220-a\r\n220 b\r\n250-m\r\n250 SIZE 1\r\n";
    for length in 0..text.len() {
        let cut = || Event::Send(text[..length].into());
        for (end, code) in [
            (Event::Close, Code::UnexpectedEnd),
            (Event::Reset, Code::ConnectionReset),
            (Event::Stall, Code::TimedOut),
        ] {
            let failure = says(vec![cut(), end], Security::Plain);
            assert_eq!(failure.error.code(), code, "{:?}", &text[..length]);
            let seen = failure.seen.unwrap();
            assert_eq!(seen.banner, if length < 14 { "" } else { "220-a\n220 b" });
            assert!(seen.extensions.is_empty());
        }
    }
    // What becomes of QUIT is of no consequence.
    for end in [Event::Close, Event::Reset, Event::Stall] {
        let stack = ScriptStack::new();
        stack.serve(SERVER.parse().unwrap(), move || vec![Event::Send(text.into()), end.clone()]);
        let found = greet_with(&stack, Security::Plain).unwrap();
        assert_eq!((found.extensions, found.elapsed), (vec!["SIZE 1".into()], Duration::ZERO));
        assert_eq!(stack.now().as_nanos(), 0, "nobody waits for its answer");
    }
}

#[test]
fn conversations_that_are_slow() {
    let text = "220 a\r\n250 m\r\n221 b\r\n";
    let slowly = |wait: u64| -> Vec<_> {
        text.bytes()
            .flat_map(|byte| [Event::Wait(Duration::from_millis(wait)), Event::Send(vec![byte])])
            .collect()
    };
    let stack = ScriptStack::new();
    stack.serve(SERVER.parse().unwrap(), move || slowly(10));
    assert_eq!(greet_with(&stack, Security::Plain).unwrap().elapsed, Duration::from_millis(140));
    let failure = says(slowly(1000), Security::Plain);
    assert_eq!(failure.error.code(), Code::TimedOut);
    assert_eq!(failure.error.message(), "waiting for the answer to EHLO: no answer in time");
    assert_eq!(failure.seen.unwrap().banner, "220 a");
}

#[test]
fn floods_end_at_the_limits() {
    for text in ["220-a\r\n".repeat(100), "220-".to_string() + &"a".repeat(1000)] {
        let failure = says(vec![Event::Send(text.into()), Event::Stall], Security::Plain);
        assert_eq!(failure.error.code(), Code::TooLarge);
        assert_eq!(failure.seen.unwrap().elapsed, Duration::ZERO);
    }
}

#[test]
fn who_is_not_connected_to_was_not_seen() {
    let failure = greet_with(&ScriptStack::new(), Security::Plain).unwrap_err();
    assert_eq!((failure.error.code(), failure.seen), (Code::ConnectionRefused, None));
}

#[test]
fn a_handshake_that_fails_leaves_the_banner() {
    let start = &[("EHLO", "250-m\r\n250 STARTTLS\r\n"), ("STARTTLS", "220 go\r\n")];
    let (found, _) = ask("220 m\r\n", start, Security::StartTls, 0);
    let failure = found.unwrap_err();
    let seen = failure.seen.unwrap();
    assert_eq!((seen.banner.as_str(), seen.extensions.len(), seen.tls), ("220 m", 0, None));
    let failure = says(vec![Event::Send(b"220 m\r\n".into()), Event::Close], Security::Tls);
    assert!(failure.seen.unwrap().banner.is_empty());
}

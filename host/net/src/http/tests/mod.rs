//! Requests and answers over scripted streams.

use super::*;
use crate::policy::AllowAll;
use crate::script::{Event, ScriptStack};
use crate::{Code, Deadline, Error, Network, Policy, Stack, dns};
use alloc::format;
use alloc::rc::Rc;
use alloc::string::ToString;
use alloc::vec;
use core::cell::RefCell;

mod redirects;

const SERVER: &str = "192.0.2.1:80";

fn send(text: impl AsRef<[u8]>) -> Event {
    Event::Send(text.as_ref().into())
}

fn fetch_with(
    stack: &ScriptStack,
    request: &Request,
    policy: &mut dyn Policy,
    limits: &Limits,
) -> Result<Response, Error> {
    let config = dns::Config::default();
    let network = Network { stack, dns: &config };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(10));
    fetch(&network, request, &tls::Trust::embedded(), 0, policy, deadline, limits)
}

/// What comes of one server that does this, whatever it hears.
fn answer(events: Vec<Event>, split: usize) -> Result<Response, Error> {
    let stack = ScriptStack::new();
    stack.split(split);
    stack.serve(SERVER.parse().unwrap(), move || events.clone());
    fetch_with(&stack, &Request::get("http://192.0.2.1/"), &mut AllowAll, &limits())
}

fn limits() -> Limits {
    Limits { body_bytes: 100, head_bytes: 200, fields: 5, redirects: 3, informational: 2 }
}

fn code(events: Vec<Event>) -> Code {
    answer(events, 0).unwrap_err().code()
}

/// Servers by address, each answering a request with the text that `answers` has for it; and what they heard.
fn site(answers: &'static [(&'static str, &'static str)]) -> (ScriptStack, Rc<RefCell<Vec<String>>>) {
    let (stack, heard) = (ScriptStack::new(), Rc::new(RefCell::new(Vec::new())));
    for (address, _) in answers {
        let heard = heard.clone();
        stack.serve(address.parse().unwrap(), move || {
            let (heard, mut request) = (heard.clone(), Vec::new());
            move |bytes: &[u8]| {
                request.extend_from_slice(bytes);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { return vec![] };
                let length = head
                    .split("Content-Length: ")
                    .nth(1)
                    .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
                if body.len() < length {
                    return vec![];
                }
                let target = head.split(' ').nth(1).unwrap();
                let found = answers
                    .iter()
                    .find(|(at, text)| at == address && text.starts_with(&format!("{target} ")));
                heard.borrow_mut().push(text.clone());
                let answer =
                    found.map_or("HTTP/1.1 404 No\r\n\r\n", |(_, text)| text.split_once(' ').unwrap().1);
                vec![send(answer), Event::Close]
            }
        });
    }
    (stack, heard)
}

/// Every kind of answer that ends by itself.
const WHOLE: [(&str, &str); 9] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello", "hello"),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: v\r\n\r\n",
        "hello",
    ),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "hi",
    ),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", ""),
    ("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", ""),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
    ("HTTP/1.1 404\r\nContent-Length: 1\r\n\r\nx", "x"),
    ("HTTP/1.0 200 OK\nContent-Length: 1\nX: folded\n line\n\nx", "x"),
    ("HTTP/1.1 999 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
];

#[test]
fn answers_however_they_are_split() {
    for (text, body) in WHOLE {
        for split in 0..text.len() {
            let response = answer(vec![send(text), Event::Stall], split).unwrap();
            assert_eq!(response.body, body.as_bytes(), "{text:?} {split}");
            assert!(!response.body_truncated);
            assert!(response.elapsed.is_zero(), "it waits for nothing behind the answer");
        }
        // What is behind the answer is not the answer.
        let response =
            answer(vec![send(text), send("HTTP/1.1 500 Smuggled\r\n\r\n"), Event::Stall], 0).unwrap();
        assert_eq!(response.body, body.as_bytes());
    }
}

#[test]
fn answers_that_come_byte_by_byte_and_slowly() {
    for (text, body) in WHOLE {
        let slowly = |wait: u64| {
            text.bytes().flat_map(|byte| [Event::Wait(Duration::from_millis(wait)), send([byte])]).collect()
        };
        let response = answer(slowly(1), 0).unwrap();
        assert_eq!(
            (response.body.as_slice(), response.elapsed),
            (body.as_bytes(), Duration::from_millis(text.len() as u64))
        );
        assert_eq!(code(slowly(1000)), Code::TimedOut);
    }
}

#[test]
fn answers_that_are_cut_off() {
    for (text, _) in WHOLE {
        for length in 0..text.len() {
            let cut = &text[..length];
            assert_eq!(code(vec![send(cut), Event::Close]), Code::UnexpectedEnd, "{cut:?}");
            assert_eq!(code(vec![send(cut), Event::Reset]), Code::ConnectionReset, "{cut:?}");
            assert_eq!(code(vec![send(cut), Event::Stall]), Code::TimedOut, "{cut:?}");
        }
    }
}

#[test]
fn content_up_to_the_end_of_the_connection() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n"] {
        for body in ["", "hello"] {
            for split in 0..9 {
                let response = answer(vec![send(head), send(body), Event::Close], split).unwrap();
                assert_eq!(response.body, body.as_bytes());
            }
            assert_eq!(code(vec![send(head), send(body), Event::Reset]), Code::ConnectionReset);
            assert_eq!(code(vec![send(head), send(body), Event::Stall]), Code::TimedOut);
        }
    }
}

#[test]
fn content_beyond_the_limit_is_cut_there() {
    let body = |length: usize| "x".repeat(length);
    for split in [0, 1, 7] {
        for (length, kept) in [(99, 99), (100, 100), (101, 100), (100_000, 100)] {
            for text in [
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}", body(length)),
                format!("HTTP/1.1 200 OK\r\n\r\n{}", body(length)),
                format!(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{}\r\n0\r\n\r\n",
                    body(length)
                ),
                format!(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
                    "1\r\nx\r\n".repeat(length)
                ),
            ] {
                let response = answer(vec![send(&text), Event::Close], split).unwrap();
                assert_eq!(
                    (response.body.len(), response.body_truncated),
                    (kept, length > 100),
                    "{length} {split}"
                );
            }
        }
    }
    // A length that no memory has, said or as a chunk's: nothing is reserved for what has not come.
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
    assert_eq!(code(vec![send(huge), send(body(99)), Event::Close]), Code::UnexpectedEnd);
    let response = answer(vec![send(huge), send(body(100)), Event::Stall], 0).unwrap();
    assert!(response.body_truncated && response.elapsed.is_zero());
    let limits = Limits::default();
    let stack = ScriptStack::new();
    let text =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n{}", body(11 << 20));
    stack.serve(SERVER.parse().unwrap(), move || vec![send(&text), Event::Stall]);
    let response = fetch_with(&stack, &Request::get("http://192.0.2.1/"), &mut AllowAll, &limits).unwrap();
    assert_eq!((response.body.len(), response.body_truncated), (10 << 20, true));
    assert_eq!(response.body.capacity(), 10 << 20);
}

#[test]
fn what_is_too_large_or_too_many() {
    let fields = |count: usize| "A: b\r\n".repeat(count);
    let ok = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n", fields(4));
    assert!(answer(vec![send(&ok)], 0).is_ok());
    for text in [
        format!("HTTP/1.1 200 OK\r\n{}\r\n", fields(6)),
        format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(300)),
        format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(300)),
        format!("HTTP/1.1 200 {}", "x".repeat(300)),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;{}", "x".repeat(300)),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{}\r\n", fields(6)),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: {}", "x".repeat(300)),
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(3),
    ] {
        for split in [0, 1, 50] {
            let error = answer(vec![send(&text), Event::Stall], split).unwrap_err();
            assert_eq!(error.code(), Code::TooLarge, "{text:?} {split}");
        }
    }
}

#[test]
fn what_is_not_http() {
    for text in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail ESMTP\r\n",
        "<html>hello</html>",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    ] {
        for split in [0, 1] {
            let error = answer(vec![send(text), Event::Stall], split).unwrap_err();
            assert_eq!(error.code(), Code::Protocol, "{text:?} {split}");
            assert!(error.message().starts_with("http://192.0.2.1: "), "{error}");
        }
    }
    let error = answer(vec![send("SSH-2.0-x\r\n")], 0).unwrap_err();
    assert_eq!(
        error.message(),
        r#"http://192.0.2.1: the server answers "SSH-2.0-x\r\n", which is not HTTP/1"#
    );
}

#[test]
fn a_response_has_everything() {
    let text = "HTTP/1.1 203 So So\r\nSet-Cookie: a\r\nset-cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: v\r\n\r\n";
    let response = answer(vec![Event::Wait(Duration::from_millis(30)), send(text)], 0).unwrap();
    let field = |name: &str, value: &str| (String::from(name), String::from(value));
    let expected = Response {
        status: 203,
        reason: "So So".into(),
        version: "HTTP/1.1",
        headers: vec![
            field("Set-Cookie", "a"),
            field("set-cookie", "b"),
            field("Transfer-Encoding", "chunked"),
        ],
        body: b"x".into(),
        body_truncated: false,
        trailers: vec![field("T", "v")],
        url: "http://192.0.2.1/".into(),
        remote_addr: SERVER.parse().unwrap(),
        local_addr: "192.0.2.200:50000".parse().unwrap(),
        tls: None,
        elapsed: Duration::from_millis(30),
    };
    assert_eq!(response, expected);
}

#[test]
fn head_has_no_content() {
    let stack = ScriptStack::new();
    stack.serve(SERVER.parse().unwrap(), || {
        vec![send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), Event::Stall]
    });
    let request = Request { method: "HEAD".into(), ..Request::get("http://192.0.2.1/") };
    let response = fetch_with(&stack, &request, &mut AllowAll, &limits()).unwrap();
    assert_eq!((response.body.len(), response.body_truncated, response.elapsed), (0, false, Duration::ZERO));
}

#[test]
fn a_request_arrives_whole_however_it_is_split() {
    for length in [0, 1, 5000, 100_000] {
        for split in [0, 1000] {
            let (stack, heard) = site(&[("192.0.2.1:80", "/x?y HTTP/1.1 200 OK\r\n\r\nok")]);
            stack.split(split);
            let body = vec![b'b'; length];
            let request = Request {
                method: "POST".into(),
                body: body.clone(),
                ..Request::get("http://192.0.2.1/x?y#z")
            };
            assert_eq!(fetch_with(&stack, &request, &mut AllowAll, &limits()).unwrap().body, b"ok");
            let heard = heard.borrow();
            let (head, sent) = heard[0].split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /x?y HTTP/1.1\r\nHost: 192.0.2.1\r\n"), "{head}");
            assert!(sent.as_bytes() == body);
        }
    }
}

#[test]
fn a_request_that_can_not_be_sent() {
    let error = answer(vec![Event::Reset], 0).unwrap_err();
    let message = "http://192.0.2.1: sending the request: connection reset by the peer";
    assert_eq!((error.code(), error.message()), (Code::ConnectionReset, message));
}

#[test]
fn a_flood_ends_by_the_deadline() {
    // Informational responses, chunk extensions and content without end, each with a little time between.
    for (first, again) in [
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;extension\r\nx\r\n"),
        ("HTTP/1.1 200 OK\r\n", "A: b\r\n"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", "x"),
    ] {
        let mut events = vec![send(first)];
        for _ in 0..20 {
            events.extend([Event::Wait(Duration::from_secs(1)), send(again)]);
        }
        assert_eq!(code(events), Code::TimedOut);
    }
}

#[test]
fn what_connecting_says() {
    let stack = ScriptStack::new();
    stack.fail("192.0.2.2:80".parse().unwrap(), Code::HostUnreachable);
    for (url, code) in [
        ("http://192.0.2.1/", Code::ConnectionRefused),
        ("http://192.0.2.2/", Code::HostUnreachable),
        ("http://192.0.2.1:0/", Code::Invalid),
    ] {
        let error = fetch_with(&stack, &Request::get(url), &mut AllowAll, &limits()).unwrap_err();
        assert_eq!(error.code(), code, "{url}");
    }
}

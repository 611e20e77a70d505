//! Redirects, over scripted streams.

use super::*;

/// Redirects from one server to itself and to another.
const REDIRECTS: &[(&str, &str)] = &[
    ("192.0.2.1:80", "/ HTTP/1.1 302 Found\r\nLocation: a/b?c#d\r\nContent-Length: 999999\r\n\r\nnever read"),
    ("192.0.2.1:80", "/a/b?c HTTP/1.1 307 T\r\nLocation: //192.0.2.2:8080/x\r\n\r\n"),
    ("192.0.2.2:8080", "/x HTTP/1.0 303 S\r\nLocation: http://192.0.2.1/end\r\n\r\n"),
    ("192.0.2.1:80", "/end HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend"),
    ("192.0.2.1:80", "/loop HTTP/1.1 301 M\r\nLocation: /loop\r\n\r\n"),
    ("192.0.2.1:80", "/nowhere HTTP/1.1 301 M\r\nContent-Length: 1\r\n\r\nx"),
    ("192.0.2.1:80", "/two HTTP/1.1 301 M\r\nLocation: /a\r\nLocation: /b\r\n\r\n"),
    ("192.0.2.1:80", "/ftp HTTP/1.1 301 M\r\nLocation: ftp://192.0.2.1/\r\n\r\n"),
    ("192.0.2.1:80", "/bad HTTP/1.1 301 M\r\nLocation: http://a\\@b/\r\n\r\n"),
    ("192.0.2.1:80", "/private HTTP/1.1 301 M\r\nLocation: http://10.0.0.1:81/\r\n\r\n"),
    ("10.0.0.1:81", "/ HTTP/1.1 200 OK\r\n\r\nsecret"),
];

#[test]
fn redirects_are_followed() {
    let (stack, heard) = site(REDIRECTS);
    let request = Request {
        method: "POST".into(),
        headers: vec![
            ("Authorization".into(), "x".into()),
            ("X-Key".into(), "y".into()),
            ("Accept".into(), "z".into()),
        ],
        body: b"hi".into(),
        ..Request::get("http://192.0.2.1")
    };
    let response = fetch_with(&stack, &request, &mut AllowAll, &limits()).unwrap();
    assert_eq!((response.body.as_slice(), response.url.as_str()), (&b"end"[..], "http://192.0.2.1/end"));
    let connects: Vec<_> = stack.connects().iter().map(ToString::to_string).collect();
    assert_eq!(connects, ["192.0.2.1:80", "192.0.2.1:80", "192.0.2.2:8080", "192.0.2.1:80"]);
    let heard = heard.borrow();
    let has = |index: usize, text: &str| heard[index].contains(text);
    assert!(has(0, "POST / ") && has(0, "Authorization: x") && heard[0].ends_with("\r\n\r\nhi"));
    assert!(
        has(1, "GET /a/b?c ")
            && has(1, "Authorization: x")
            && has(1, "X-Key: y")
            && heard[1].ends_with("\r\n\r\n")
    );
    assert!(
        has(2, "GET /x ")
            && has(2, "Host: 192.0.2.2:8080\r\n")
            && has(2, "Accept: z")
            && !has(2, "Authorization")
    );
    assert!(!has(2, "X-Key"), "what is secret can't be told by its name");
    assert!(has(3, "GET /end ") && has(3, "Host: 192.0.2.1\r\n") && !has(3, "Authorization"));
}

#[test]
fn redirects_that_are_not_followed() {
    let fetch = |target: &str, follow_redirects: bool| {
        let (stack, _) = site(REDIRECTS);
        let request = Request { follow_redirects, ..Request::get(format!("http://192.0.2.1{target}")) };
        let found = fetch_with(&stack, &request, &mut AllowAll, &limits());
        (found, stack.connects().len())
    };
    // There is nowhere to go to: it is the answer.
    assert_eq!(fetch("/nowhere", true).0.unwrap().status, 301);
    // It is not asked for, and may lead wherever it likes.
    for target in ["/loop", "/two", "/ftp"] {
        let (found, connects) = fetch(target, false);
        assert_eq!((found.unwrap().status, connects), (301, 1));
    }
    // As many as are allowed, and none more.
    let (found, connects) = fetch("/loop", true);
    let error = found.unwrap_err();
    assert_eq!((error.code(), connects), (Code::TooLarge, 4));
    assert!(error.message().contains("after 3 redirects"), "{error}");
    for (target, code, message) in [
        ("/two", Code::Protocol, "http://192.0.2.1: the redirect has more than one `Location`"),
        (
            "/ftp",
            Code::Unsupported,
            r#"http://192.0.2.1: redirected to "ftp://192.0.2.1/": it has neither the scheme `http` nor `https`, and no other is followed"#,
        ),
        (
            "/bad",
            Code::Protocol,
            r#"http://192.0.2.1: redirected to "http://a\\@b/": the URL has the character `\\`; write `%5C`"#,
        ),
    ] {
        let (found, connects) = fetch(target, true);
        let error = found.unwrap_err();
        assert_eq!((error.code(), error.message(), connects), (code, message, 1));
    }
}

/// Refuses what it is told to, and keeps what it was asked.
#[derive(Default)]
struct Strict {
    host: Option<&'static str>,
    address: Option<&'static str>,
    asked: Vec<String>,
}

impl Policy for Strict {
    fn host(&mut self, host: &str, port: u16) -> Result<(), Error> {
        self.asked.push(format!("host {host}:{port}"));
        if self.host == Some(host) { Err(Error::new(Code::Refused, "no such host for you")) } else { Ok(()) }
    }

    fn address(&mut self, host: &str, address: SocketAddr) -> Result<(), Error> {
        self.asked.push(format!("address {host} {address}"));
        let refused = self.address.is_some_and(|refused| address.to_string() == refused);
        if refused { Err(Error::new(Code::Refused, "no such address for you")) } else { Ok(()) }
    }
}

#[test]
fn every_redirect_is_asked_about() {
    let fetch_from = |target: &str, mut policy: Strict| {
        let (stack, _) = site(REDIRECTS);
        let request = Request::get(format!("http://192.0.2.1{target}"));
        let found = fetch_with(&stack, &request, &mut policy, &limits());
        (found, policy.asked, stack.connects().len())
    };
    // The first redirect stays where it was decided to go.
    let hosts: Vec<_> =
        fetch_from("/", Strict::default()).1.into_iter().filter(|a| a.starts_with("host")).collect();
    assert_eq!(hosts, ["host 192.0.2.2:8080", "host 192.0.2.1:80"]);
    let fetch = |policy| fetch_from("/private", policy);
    let (found, asked, _) = fetch(Strict::default());
    assert_eq!(found.unwrap().body, b"secret");
    assert_eq!(asked, ["address 192.0.2.1 192.0.2.1:80", "host 10.0.0.1:81", "address 10.0.0.1 10.0.0.1:81"]);
    let (found, _, connects) = fetch(Strict { host: Some("10.0.0.1"), ..Strict::default() });
    let error = found.unwrap_err();
    assert_eq!((error.code(), connects), (Code::Refused, 1));
    assert!(error.message().contains(r#"redirected to "http://10.0.0.1:81/": no such host"#), "{error}");
    let (found, _, connects) = fetch(Strict { address: Some("10.0.0.1:81"), ..Strict::default() });
    assert_eq!((found.unwrap_err().code(), connects), (Code::Refused, 1));
    let (found, _, connects) = fetch(Strict { address: Some("192.0.2.1:80"), ..Strict::default() });
    assert_eq!((found.unwrap_err().code(), connects), (Code::Refused, 0));
}

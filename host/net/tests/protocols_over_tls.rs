//! HTTPS, and SMTP with implicit TLS and STARTTLS, with a rustls server at the other end of a stream in memory.

#![allow(clippy::unwrap_used)]

use quoin_net::policy::AllowAll;
use quoin_net::script::{Event, Peer, ScriptStack};
use quoin_net::tls::Trust;
use quoin_net::{Code, Deadline, Error, Network, Stack as _, dns, http, smtp};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// 2027-01-15: between all the dates of the certificates.
const NOW: u64 = 1_800_000_000;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

fn trust() -> Trust {
    Trust::from_pem(&std::fs::read(file("root.pem")).unwrap()).unwrap()
}

/// What a server says to a line, and whether it ends then.
type Answer = fn(&str, secure: bool) -> Option<(&'static str, End)>;

#[derive(Clone, Copy, PartialEq)]
enum End {
    /// It goes on.
    Not,
    /// close_notify, and the end of the connection.
    Proper,
    /// The end of the connection.
    Cut,
}

/// Speaks in lines, from some point on inside TLS.
struct Server {
    tls: ServerConnection,
    greeting: &'static str,
    answer: Answer,
    /// Whether TLS has begun.
    secure: bool,
    greeted: bool,
    line: Vec<u8>,
    heard: Rc<RefCell<Vec<String>>>,
}

impl Server {
    fn answer(&mut self, bytes: &[u8]) -> Option<(Vec<u8>, End)> {
        let (mut out, mut end) = (Vec::new(), End::Not);
        for byte in bytes {
            self.line.push(*byte);
            if let Some(line) = self.line.strip_suffix(b"\r\n") {
                let line = String::from_utf8(line.to_vec()).unwrap();
                if let Some((text, then)) = (self.answer)(&line, self.secure) {
                    out.extend(text.as_bytes());
                    end = then;
                }
                self.heard.borrow_mut().push(line);
                self.line.clear();
            }
        }
        (!out.is_empty()).then_some((out, end))
    }
}

impl Peer for Server {
    fn greet(&mut self) -> Vec<Event> {
        if self.secure { vec![] } else { vec![Event::Send(self.greeting.into())] }
    }

    fn hear(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        if !self.secure {
            let Some((out, _)) = self.answer(bytes) else { return vec![] };
            self.secure = out.starts_with(b"220 go");
            return vec![Event::Send(out)];
        }
        let (mut out, mut end) = (Vec::new(), End::Not);
        while !bytes.is_empty()
            && self.tls.read_tls(&mut bytes).is_ok()
            && self.tls.process_new_packets().is_ok()
        {
            let mut heard = Vec::new();
            let _ = self.tls.reader().read_to_end(&mut heard);
            if !self.tls.is_handshaking() && !self.greeted {
                self.greeted = true;
                self.tls.writer().write_all(self.greeting.as_bytes()).unwrap();
            }
            if let Some((text, then)) = self.answer(&heard) {
                self.tls.writer().write_all(&text).unwrap();
                end = then;
            }
            if end == End::Proper {
                self.tls.send_close_notify();
            }
        }
        while self.tls.wants_write() {
            self.tls.write_tls(&mut out).unwrap();
        }
        let mut events = vec![Event::Send(out)];
        if end != End::Not {
            events.push(Event::Close);
        }
        events
    }
}

/// A server with that certificate, in TLS from the start or from `STARTTLS` on; and what it heard.
fn serve(
    certificate: &str,
    secure: bool,
    greeting: &'static str,
    answer: Answer,
    split: usize,
) -> (ScriptStack, Rc<RefCell<Vec<String>>>) {
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(file(certificate)).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("ec.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let (config, heard) = (Arc::new(config), Rc::new(RefCell::new(Vec::new())));
    let stack = ScriptStack::new();
    stack.split(split);
    let listening = heard.clone();
    stack.serve("192.0.2.1:443".parse().unwrap(), move || Server {
        tls: ServerConnection::new(config.clone()).unwrap(),
        greeting,
        answer,
        secure,
        // The greeting before TLS is the only one.
        greeted: !secure || greeting.is_empty(),
        line: Vec::new(),
        heard: listening.clone(),
    });
    (stack, heard)
}

fn fetch(stack: &ScriptStack, verify_tls: bool) -> Result<http::Response, Error> {
    let config = dns::Config::default();
    let network = Network { stack, dns: &config };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
    let request = http::Request { verify_tls, ..http::Request::get("https://192.0.2.1/") };
    http::fetch(&network, &request, &trust(), NOW, &mut AllowAll, deadline, &http::Limits::default())
}

fn greet(stack: &ScriptStack, security: smtp::Security) -> Result<smtp::Greeting, smtp::Failure> {
    let config = dns::Config::default();
    let network = Network { stack, dns: &config };
    let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
    let request = smtp::Request { host: "192.0.2.1".into(), port: 443, security };
    smtp::greet(&network, &request, &trust(), NOW, &mut AllowAll, deadline, &smtp::Limits::default())
}

#[test]
fn https_with_a_good_certificate() {
    for split in [0, 1, 100] {
        let answer: Answer =
            |line, _| line.is_empty().then_some(("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", End::Not));
        let (stack, heard) = serve("good.pem", true, "", answer, split);
        let response = fetch(&stack, true).unwrap();
        assert_eq!(
            (response.status, response.body.as_slice(), response.elapsed),
            (200, &b"ok"[..], Duration::ZERO)
        );
        let evidence = response.tls.unwrap();
        assert_eq!((evidence.verified, evidence.version.as_str()), (Ok(()), "TLS 1.3"));
        assert_eq!(heard.borrow()[..2], ["GET / HTTP/1.1", "Host: 192.0.2.1"]);
    }
}

#[test]
fn https_with_a_bad_certificate() {
    let answer: Answer = |line, _| line.is_empty().then_some(("HTTP/1.1 204 No\r\n\r\n", End::Proper));
    let (stack, heard) = serve("expired.pem", true, "", answer, 0);
    let error = fetch(&stack, true).unwrap_err();
    assert_eq!(error.code(), Code::Certificate);
    assert!(error.message().starts_with("https://192.0.2.1: "), "{error}");
    assert!(heard.borrow().is_empty(), "nothing is asked of who is not known");
    let response = fetch(&stack, false).unwrap();
    assert_eq!(response.tls.unwrap().verified.unwrap_err().code(), Code::Certificate);
}

#[test]
fn a_redirect_does_not_lead_out_of_what_was_to_be_verified() {
    let answer: Answer = |line, _| {
        line.is_empty().then_some(("HTTP/1.1 301 M\r\nLocation: http://192.0.2.1:443/\r\n\r\n", End::Proper))
    };
    let (stack, _) = serve("good.pem", true, "", answer, 0);
    let error = fetch(&stack, true).unwrap_err();
    assert_eq!((error.code(), stack.connects().len()), (Code::Unsupported, 1));
    assert!(error.message().contains("where nothing is encrypted or verified"), "{error}");
    // Who asks for no verification is led there, and finds that this one speaks TLS only.
    assert!(fetch(&stack, false).is_err());
    assert_eq!(stack.connects().len(), 3);
}

#[test]
fn the_end_of_content_has_to_be_authenticated() {
    // Up to the end of the connection: only close_notify says that it is the end.
    let proper: Answer = |line, _| line.is_empty().then_some(("HTTP/1.1 200 OK\r\n\r\nhello", End::Proper));
    assert_eq!(fetch(&serve("good.pem", true, "", proper, 0).0, true).unwrap().body, b"hello");
    let cut: Answer = |line, _| line.is_empty().then_some(("HTTP/1.1 200 OK\r\n\r\nhello", End::Cut));
    let error = fetch(&serve("good.pem", true, "", cut, 0).0, true).unwrap_err();
    assert_eq!(error.code(), Code::UnexpectedEnd, "{error}");
    // With a length, nothing can be missing.
    let known: Answer =
        |line, _| line.is_empty().then_some(("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", End::Cut));
    assert_eq!(fetch(&serve("good.pem", true, "", known, 0).0, true).unwrap().body, b"hello");
}

#[test]
fn https_where_there_is_only_http() {
    let stack = ScriptStack::new();
    let says = b"HTTP/1.1 400 Bad Request\r\n\r\n";
    stack.serve("192.0.2.1:443".parse().unwrap(), || vec![Event::Send(says.into()), Event::Close]);
    let error = fetch(&stack, true).unwrap_err();
    assert_eq!(error.code(), Code::Protocol, "{error}");
}

const MAIL: Answer = |line, secure| match (line.split(' ').next()?, secure) {
    ("EHLO", false) => Some(("250-m\r\n250-STARTTLS\r\n250 X-INSECURE\r\n", End::Not)),
    ("EHLO", true) => Some(("250-m\r\n250 X-SECURE\r\n", End::Not)),
    ("STARTTLS", false) => Some(("220 go\r\n", End::Not)),
    ("QUIT", _) => Some(("221 Bye\r\n", End::Proper)),
    _ => Some(("500 What?\r\n", End::Not)),
};

#[test]
fn smtp_inside_tls() {
    for split in [0, 1, 100] {
        let (stack, heard) = serve("good.pem", true, "220 mail\r\n", MAIL, split);
        let greeting = greet(&stack, smtp::Security::Tls).unwrap();
        assert_eq!(
            (greeting.banner.as_str(), &greeting.extensions[..]),
            ("220 mail", &["X-SECURE".to_string()][..])
        );
        assert_eq!(greeting.tls.unwrap().verified, Ok(()));
        assert_eq!(*heard.borrow(), ["EHLO [192.0.2.200]", "QUIT"]);
    }
}

#[test]
fn smtp_with_starttls() {
    for (certificate, verified) in [("good.pem", true), ("expired.pem", false)] {
        for split in [0, 1, 100] {
            let (stack, heard) = serve(certificate, false, "220 mail\r\n", MAIL, split);
            let greeting = greet(&stack, smtp::Security::StartTls).unwrap();
            assert_eq!(greeting.banner, "220 mail");
            assert_eq!(greeting.extensions, ["X-SECURE"], "what was said before TLS does not count");
            assert_eq!(greeting.tls.unwrap().verified.is_ok(), verified);
            assert_eq!(*heard.borrow(), ["EHLO [192.0.2.200]", "STARTTLS", "EHLO [192.0.2.200]", "QUIT"]);
        }
    }
}

#[test]
fn smtp_that_says_no_inside_tls() {
    let answer: Answer =
        |line, secure| if secure { Some(("421 gone\r\n", End::Proper)) } else { MAIL(line, secure) };
    let (stack, _) = serve("good.pem", false, "220 mail\r\n", answer, 0);
    let failure = greet(&stack, smtp::Security::StartTls).unwrap_err();
    assert_eq!(failure.error.code(), Code::ServerRefused);
    let seen = failure.seen.unwrap();
    assert!(seen.tls.is_some() && seen.extensions.is_empty() && seen.banner == "220 mail");
}

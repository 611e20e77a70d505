//! TLS over streams in memory, with a rustls server at the other end: what is said of good and bad certificates, and that
//! whatever a peer does ends in an answer.

#![allow(clippy::unwrap_used)]

use embedded_io::Write as _;
use quoin_net::script::{Event, Peer, ScriptStack};
use quoin_net::tls::{self, Certificate, Evidence, Trust, Verify};
use quoin_net::{Code, Deadline, Error, Stack as _, Stream};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// 2027-01-15: between all the dates of the certificates.
const NOW: u64 = 1_800_000_000;

const TLS12: &SupportedProtocolVersion = &rustls::version::TLS12;
const TLS13: &SupportedProtocolVersion = &rustls::version::TLS13;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

fn der(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file(&format!("{name}.pem"))).unwrap()
}

fn root() -> Trust {
    Trust::from_pem(&std::fs::read(file("root.pem")).unwrap()).unwrap()
}

/// Shows always the same certificates, also those that rustls would refuse to show.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// How a server ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// With close_notify.
    Proper,
    /// The connection is just closed.
    Cut,
}

/// Echoes what it is sent, and ends.
struct Server {
    tls: ServerConnection,
    end: End,
    said_goodbye: Rc<RefCell<bool>>,
}

impl Peer for Server {
    fn hear(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        let mut out = Vec::new();
        while !bytes.is_empty() {
            if self.tls.read_tls(&mut bytes).is_err() {
                break;
            }
            let state = self.tls.process_new_packets();
            let broken = state.is_err();
            if let Ok(state) = state {
                *self.said_goodbye.borrow_mut() |= state.peer_has_closed();
            }
            let mut heard = Vec::new();
            let _ = std::io::Read::read_to_end(&mut self.tls.reader(), &mut heard);
            if !heard.is_empty() {
                std::io::Write::write_all(&mut self.tls.writer(), &heard).unwrap();
                if self.end == End::Proper {
                    self.tls.send_close_notify();
                }
            }
            while self.tls.wants_write() {
                self.tls.write_tls(&mut out).unwrap();
            }
            if !heard.is_empty() || broken {
                events.push(Event::Close);
                break;
            }
        }
        events.insert(0, Event::Send(out));
        events
    }
}

/// A server with a chain of certificates, the first one's key, and a version.
#[derive(Clone)]
struct Site {
    config: Arc<ServerConfig>,
    end: End,
    said_goodbye: Rc<RefCell<bool>>,
}

impl Site {
    fn new(chain: &[&str], key: &str, version: &'static SupportedProtocolVersion) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from_pem_file(file(key)).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let chain = chain.iter().map(|name| der(name)).collect();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Always(Arc::new(CertifiedKey::new(chain, key)))));
        Self { config: Arc::new(config), end: End::Proper, said_goodbye: Rc::default() }
    }

    fn server(&self) -> Server {
        Server {
            tls: ServerConnection::new(self.config.clone()).unwrap(),
            end: self.end,
            said_goodbye: self.said_goodbye.clone(),
        }
    }
}

fn at() -> SocketAddr {
    "192.0.2.1:443".parse().unwrap()
}

fn stack<P: Peer + 'static>(peer: impl FnMut() -> P + 'static) -> ScriptStack {
    let stack = ScriptStack::new();
    stack.serve(at(), peer);
    stack
}

fn stream(stack: &ScriptStack) -> Box<dyn Stream + '_> {
    stack.connect(at(), Deadline::after(stack.now(), Duration::from_secs(5))).unwrap()
}

fn connect<'a>(
    stack: &'a ScriptStack,
    name: &str,
    trust: &Trust,
    verify: Verify,
) -> Result<(Box<dyn Stream + 'a>, Evidence), Error> {
    tls::connect(stream(stack), name, trust, NOW, verify)
}

fn read_all(stream: &mut dyn Stream) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    let mut buffer = [0; 100];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(all),
            read => all.extend_from_slice(&buffer[..read]),
        }
    }
}

/// A handshake, an echo, and the end.
fn talk(stack: &ScriptStack, name: &str, verify: Verify) -> Result<Evidence, Error> {
    let (mut stream, evidence) = connect(stack, name, &root(), verify)?;
    stream.write_all(b"hello")?;
    stream.flush()?;
    assert_eq!(read_all(&mut *stream)?, b"hello");
    Ok(evidence)
}

#[test]
fn a_handshake_shows_what_it_should_however_the_bytes_come() {
    for (version, text, cipher_suite) in [
        (TLS12, "TLS 1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        (TLS13, "TLS 1.3", "TLS_AES_256_GCM_SHA384"),
    ] {
        for split in [0, 1, 2, 3, 5, 100] {
            let site = Site::new(&["good"], "ec.key", version);
            let goodbye = site.said_goodbye.clone();
            let stack = stack(move || site.server());
            stack.split(split);
            let evidence = talk(&stack, "good.example", Verify::Require).unwrap();
            assert_eq!(evidence.version, text);
            assert_eq!(evidence.cipher_suite, cipher_suite);
            assert_eq!(evidence.server_name, "good.example");
            assert_eq!(evidence.verified, Ok(()));
            assert_eq!(evidence.chain_length, 1);
            assert!(*goodbye.borrow(), "close_notify was sent");
            let certificate = evidence.certificate.unwrap();
            assert_eq!(certificate, Certificate::from_der(&der("good")).unwrap());
        }
    }
}

#[test]
fn a_certificate_is_told_in_full() {
    let certificate = Certificate::from_der(&der("good")).unwrap();
    assert_eq!(certificate.subject, "CN=good.example,O=Test,C=DE");
    assert_eq!(certificate.issuer, "CN=Test Root");
    assert_eq!(certificate.not_before, 1_767_225_600);
    assert_eq!(certificate.not_after, 4_922_899_200);
    assert_eq!(
        certificate.subject_alternative_names,
        [
            "good.example",
            "*.wild.example",
            "192.0.2.1",
            "2001:db8::1",
            "email:root@good.example",
            "uri:https://good.example/",
            "dirname:CN=a directory",
        ]
    );
    assert!(
        certificate.serial.len() > 20 && certificate.serial.bytes().all(|digit| digit.is_ascii_hexdigit())
    );
    assert_eq!(certificate.sha256.len(), 64);
    assert_eq!(certificate.key, "ECDSA P-256");
    assert_eq!(certificate.signature_algorithm, "ECDSA-SHA256");

    let device = Certificate::from_der(&der("device")).unwrap();
    assert_eq!(device.subject, "emailAddress=root@device.example,CN=device.example,OU=\\#1+O=Größe\\, Inc.");
    assert_eq!((&*device.key, &*device.signature_algorithm), ("RSA 2048", "SHA256-RSA"));
    let weak = Certificate::from_der(&der("rsa1024")).unwrap();
    assert_eq!(weak.key, "RSA 1024");
    let old = Certificate::from_der(&der("v1")).unwrap();
    assert_eq!((&*old.subject, old.subject_alternative_names.len()), ("CN=old.example", 0));
    assert_eq!(Certificate::from_der(&der("sha1")).unwrap().signature_algorithm, "SHA1-RSA");
}

#[test]
fn broken_certificates_are_read_or_refused_but_never_a_panic() {
    let whole = der("device");
    for length in 0..whole.len() {
        assert_eq!(Certificate::from_der(&whole[..length]).unwrap_err().code(), Code::Invalid);
    }
    for at in 0..whole.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut broken = whole.to_vec();
            broken[at] ^= flip;
            let _ = Certificate::from_der(&broken);
        }
    }
}

#[test]
fn every_verdict_is_told_in_words_and_is_an_error_where_a_good_certificate_is_required() {
    let good = "good.example";
    for (chain, key, name, wrong) in [
        (&["good"][..], "ec.key", good, None),
        (&["good"], "ec.key", "GOOD.example.", None),
        (&["good"], "ec.key", "a.wild.example", None),
        (&["good"], "ec.key", "192.0.2.1", None),
        (&["good"], "ec.key", "[2001:db8::1]", None),
        (&["below", "intermediate"], "rsa.key", good, None),
        (
            &["good"],
            "ec.key",
            "evil.example",
            Some(
                "is for good.example, *.wild.example, 192.0.2.1, 2001:db8::1, email:root@good.example and 2 more, \
                 not for evil.example",
            ),
        ),
        (&["expired"], "ec.key", good, Some("expired on 2026-06-01T00:00:00Z")),
        (&["future"], "ec.key", good, Some("is not valid before 2030-01-01T00:00:00Z")),
        (&["client"], "ec.key", good, Some("is not for servers (extended key usage)")),
        (
            &["nameless"],
            "ec.key",
            good,
            Some("names no host (it has no subject alternative names), so not good.example"),
        ),
        (&["below"], "rsa.key", good, Some("is issued by an unknown authority (CN=Test Intermediate)")),
        (
            &["sha1", "intermediate"],
            "rsa.key",
            good,
            Some(
                "has a signature in its chain with an algorithm that is not trusted; \
                 is signed with SHA1-RSA, which can be forged",
            ),
        ),
        (
            &["device"],
            "rsa.key",
            "192.0.2.7",
            Some("expired on 2026-06-01T00:00:00Z; is self-signed; is for device.example, not for 192.0.2.7"),
        ),
        (
            &["v1"],
            "rsa.key",
            "old.example",
            Some("is of X.509 version 1, which is for no host; is self-signed"),
        ),
        (
            &["root"],
            "ec.key",
            "evil.example",
            Some("names no host (it has no subject alternative names), so not evil.example"),
        ),
        (
            &["intermediate"],
            "rsa.key",
            good,
            Some(
                "is an authority's, not a server's; names no host (it has no subject alternative names), so not good.example",
            ),
        ),
    ] {
        for version in [TLS12, TLS13] {
            let site = Site::new(chain, key, version);
            let stack = stack(move || site.server());
            let wrong = wrong.map(|wrong| format!("the certificate {wrong}"));
            let reported = talk(&stack, name, Verify::Report).unwrap();
            let verdict = reported.verified.clone().err().map(|error| error.message().to_owned());
            assert_eq!(verdict, wrong, "{chain:?}");
            assert_eq!(reported.chain_length, chain.len());
            assert_eq!(reported.certificate, Some(Certificate::from_der(&der(chain[0])).unwrap()));
            match talk(&stack, name, Verify::Require) {
                Ok(evidence) => assert_eq!((evidence.verified, wrong), (Ok(()), None), "{chain:?}"),
                Err(error) => {
                    assert_eq!(error.code(), Code::Certificate, "{chain:?}");
                    assert_eq!(Some(error.message()), wrong.as_deref());
                }
            }
        }
    }
}

#[test]
fn an_unknown_authority_is_named_and_a_certificate_that_somebody_trusts_by_itself_is_trusted() {
    let site = Site::new(&["below", "intermediate"], "rsa.key", TLS13);
    let known = stack(move || site.server());
    let device = Trust::from_pem(&std::fs::read(file("device.pem")).unwrap()).unwrap();
    let error = connect(&known, "good.example", &device, Verify::Require).err().unwrap();
    assert_eq!(error.message(), "the certificate is issued by an unknown authority (CN=Test Root)");

    let site = Site::new(&["device"], "rsa.key", TLS13);
    let itself = stack(move || site.server());
    let at = |now| tls::connect(stream(&itself), "device.example", &device, now, Verify::Require);
    assert_eq!(at(1_770_000_000).unwrap().1.verified, Ok(()));
    let error = at(NOW).err().unwrap();
    assert_eq!(error.message(), "the certificate expired on 2026-06-01T00:00:00Z");
}

#[test]
fn who_does_not_have_the_key_fails_also_where_the_certificate_does_not_matter() {
    for version in [TLS12, TLS13] {
        for certificate in ["below", "v1"] {
            let site = Site::new(&[certificate], "ec.key", version);
            let stack = stack(move || site.server());
            let error = connect(&stack, "good.example", &root(), Verify::Report).err().unwrap();
            assert_eq!(error.code(), Code::Tls);
            assert!(error.message().contains("does not prove that it has its certificate's key"), "{error}");
        }
    }
}

#[test]
fn a_name_that_cannot_be_asked_for_is_invalid() {
    for name in ["", "a b", "ü.example", "-", "a..b", "[::1", "1.2.3.4.5"] {
        let stack = stack(Vec::new);
        let error = connect(&stack, name, &root(), Verify::Report).err().unwrap();
        assert_eq!(error.code(), Code::Invalid, "{name}");
    }
}

#[test]
fn an_end_without_close_notify_is_not_a_proper_end() {
    for version in [TLS12, TLS13] {
        let mut site = Site::new(&["good"], "ec.key", version);
        site.end = End::Cut;
        let stack = stack(move || site.server());
        assert_eq!(talk(&stack, "good.example", Verify::Require).unwrap_err().code(), Code::UnexpectedEnd);
    }
}

/// Lets so many bytes of a server through, and then does something else.
struct Through {
    server: Server,
    left: usize,
    then: Event,
    passed: Rc<RefCell<usize>>,
}

impl Peer for Through {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for event in self.server.hear(bytes) {
            match event {
                Event::Send(mut bytes) => {
                    if bytes.len() >= self.left {
                        bytes.truncate(self.left);
                        events.extend([Event::Send(bytes), self.then.clone()]);
                        self.left = 0;
                        return events;
                    }
                    self.left -= bytes.len();
                    *self.passed.borrow_mut() += bytes.len();
                    events.push(Event::Send(bytes));
                }
                other => events.push(other),
            }
        }
        events
    }
}

/// How many bytes a server sends in all.
fn length(site: &Site) -> usize {
    let passed = Rc::new(RefCell::new(0));
    let (counted, site) = (passed.clone(), site.clone());
    let stack = stack(move || Through {
        server: site.server(),
        left: usize::MAX,
        then: Event::Close,
        passed: counted.clone(),
    });
    talk(&stack, "good.example", Verify::Report).unwrap();
    *passed.borrow()
}

#[test]
fn cut_off_reset_or_silent_at_any_byte_is_an_error() {
    for version in [TLS12, TLS13] {
        let site = Site::new(&["good"], "ec.key", version);
        for (then, code) in [
            (Event::Close, Code::UnexpectedEnd),
            (Event::Reset, Code::ConnectionReset),
            (Event::Stall, Code::TimedOut),
        ] {
            // Signatures are not always of the same length; what follows the last bytes is the end anyway.
            for left in (0..length(&site) - 8).step_by(3) {
                let (site, then) = (site.clone(), then.clone());
                let stack = stack(move || Through {
                    server: site.server(),
                    left,
                    then: then.clone(),
                    passed: Rc::default(),
                });
                let error = talk(&stack, "good.example", Verify::Report).unwrap_err();
                assert_eq!(error.code(), code, "after {left} bytes: {error}");
            }
        }
    }
}

/// Changes one byte of what a server sends.
struct Flip {
    server: Server,
    at: usize,
}

impl Peer for Flip {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = self.server.hear(bytes);
        for event in &mut events {
            if let Event::Send(bytes) = event {
                if let Some(byte) = bytes.get_mut(self.at) {
                    *byte ^= 0x11;
                }
                self.at = self.at.wrapping_sub(bytes.len());
            }
        }
        events.push(Event::Close);
        events
    }
}

#[test]
fn a_byte_that_was_changed_on_the_way_is_an_error() {
    for version in [TLS12, TLS13] {
        let site = Site::new(&["good"], "ec.key", version);
        let mut passed = 0;
        for at in 0..length(&site) - 8 {
            let site = site.clone();
            let stack = stack(move || Flip { server: site.server(), at });
            let outcome =
                connect(&stack, "good.example", &root(), Verify::Report).and_then(|(mut stream, _)| {
                    stream.write_all(b"hello")?;
                    read_all(&mut *stream)
                });
            match outcome {
                Err(error) => assert!(
                    matches!(error.code(), Code::Protocol | Code::Tls | Code::UnexpectedEnd),
                    "byte {at}: {error}"
                ),
                Ok(_) => passed += 1,
            }
        }
        // The low byte of a record's version is not looked at (RFC 8446, 5.1), and there are less than twenty records.
        assert!(passed < 20, "{passed} bytes may be changed");
    }
}

#[test]
fn what_is_not_tls_is_told_from_what_refuses() {
    let alert = |description| vec![21, 3, 3, 0, 2, 2, description];
    let hello = |version: u8, suite: u8| {
        [&[22, 3, 3, 0, 42, 2, 0, 0, 38, 3, version][..], &[7; 32], &[0, 0, suite, 0]].concat()
    };
    for (answer, code, message) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Code::Protocol, "does not speak TLS"),
        (b"SSH-2.0-dropbear\r\n".to_vec(), Code::Protocol, "does not speak TLS"),
        (vec![0; 100_000], Code::Protocol, "does not speak TLS"),
        (vec![0xff; 100_000], Code::Protocol, "does not speak TLS"),
        ([&[22, 3, 3, 0x40, 0][..], &[0; 0x4000]].concat(), Code::Protocol, "TLS"),
        ([21, 3, 3, 0, 2, 1, 90].repeat(10_000), Code::Protocol, "rules"),
        (hello(1, 0x2f), Code::Tls, "Quoin has TLS 1.2 with ECDHE"),
        (hello(3, 0x2f), Code::Tls, "Quoin has TLS 1.2 with ECDHE"),
        (alert(40), Code::Tls, "handshake_failure (Quoin has TLS 1.2 with ECDHE"),
        (alert(70), Code::Tls, "protocol_version"),
        (alert(112), Code::Tls, "does not know the server name"),
        (alert(80), Code::Tls, "internal_error"),
        (alert(200), Code::Tls, "of another kind"),
    ] {
        let stack = stack(move || vec![Event::Send(answer.clone()), Event::Close]);
        let error = connect(&stack, "good.example", &root(), Verify::Report).err().unwrap();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}

#[test]
fn authorities_that_cannot_be_read_are_an_error_that_names_the_file() {
    let missing = Trust::system(Some(&file("no-such-file.pem"))).err().unwrap();
    assert_eq!(missing.code(), Code::Invalid);
    assert!(missing.message().contains("no-such-file.pem: No such file"), "{missing}");
    let key = Trust::system(Some(&file("make.sh"))).err().unwrap();
    assert!(key.message().contains("make.sh: no certificate in it"), "{key}");
    let broken =
        Trust::from_pem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").err().unwrap();
    assert!(broken.message().contains("certificate 1 can't be read"), "{broken}");
    assert!(Trust::system(Some(&file("root.pem"))).is_ok());
}

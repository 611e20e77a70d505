//! What a TLS peer sends, in four ways that the first byte chooses: a certificate to be read; a chain of certificates that a
//! server shows in a handshake; answers to the version probe; and bytes that come instead of a handshake.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_net::script::{Event, Peer, ScriptStack};
use quoin_net::tls::{Certificate, Trust, Verify, connect, offered_versions};
use quoin_net::{Code, Deadline, Stack as _};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{ServerConfig, ServerConnection};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const KEY: &[u8] = include_bytes!("../../host/net/tests/certificates/ec.key");
const ROOT: &[u8] = include_bytes!("../../host/net/tests/certificates/root.pem");
const NOW: u64 = 1_800_000_000;

/// Shows a chain, whatever it is.
#[derive(Debug)]
struct Chain(Vec<CertificateDer<'static>>);

impl ResolvesServerCert for Chain {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        static KEYS: OnceLock<Arc<dyn SigningKey>> = OnceLock::new();
        let key = KEYS.get_or_init(|| {
            let key = PrivateKeyDer::from_pem_slice(KEY).expect("it is one");
            rustls::crypto::ring::sign::any_supported_type(&key).expect("it is supported")
        });
        Some(Arc::new(CertifiedKey::new(self.0.clone(), key.clone())))
    }
}

struct Server(ServerConnection);

impl Peer for Server {
    fn hear(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        let mut out = Vec::new();
        while !bytes.is_empty() && self.0.read_tls(&mut bytes).is_ok() && self.0.process_new_packets().is_ok()
        {
        }
        while self.0.wants_write() {
            self.0.write_tls(&mut out).expect("it grows");
        }
        vec![Event::Send(out)]
    }
}

fn server(chain: Vec<CertificateDer<'static>>) -> Server {
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("it has all")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Chain(chain)));
    Server(ServerConnection::new(Arc::new(config)).expect("it is valid"))
}

/// What is told of a certificate is fit to be shown, and no longer than what it was made of allows.
fn is_fit(certificate: &Certificate, length: usize) {
    let texts =
        [&certificate.subject, &certificate.issuer, &certificate.key, &certificate.signature_algorithm];
    for text in texts.into_iter().chain(&certificate.subject_alternative_names) {
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert!(text.len() <= 40 + 12 * length, "{} bytes of text from {length}", text.len());
    }
    for text in [&certificate.serial, &certificate.sha256] {
        assert!(text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')), "{text}");
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((way, data)) = data.split_first() else { return };
    static TRUST: OnceLock<Trust> = OnceLock::new();
    let trust = TRUST.get_or_init(|| Trust::from_pem(ROOT).expect("it is one"));
    let at: SocketAddr = ([192, 0, 2, 1], 443).into();
    let stack = ScriptStack::new();
    let stream = || stack.connect(at, Deadline::after(stack.now(), Duration::from_secs(1)));
    let verify = if way & 4 == 0 { Verify::Report } else { Verify::Require };
    match way & 3 {
        0 => {
            if let Ok(certificate) = Certificate::from_der(data) {
                is_fit(&certificate, data.len());
            }
        }
        1 => {
            // A chain, by lengths in two bytes.
            let (mut chain, mut rest) = (Vec::new(), data);
            while let Some((length, more)) = rest.split_first_chunk() {
                let (one, more) = more.split_at(more.len().min(usize::from(u16::from_be_bytes(*length))));
                chain.push(CertificateDer::from(one.to_vec()));
                rest = more;
            }
            if chain.is_empty() || data.len() > 15_000 {
                return;
            }
            let shown = chain.clone();
            stack.serve(at, move || server(shown.clone()));
            match connect(stream().expect("it listens"), "good.example", trust, NOW, verify) {
                Ok((_, evidence)) => {
                    assert_eq!(evidence.chain_length, chain.len());
                    assert!(verify == Verify::Report || evidence.verified.is_ok());
                    assert_eq!(evidence.certificate, Certificate::from_der(&chain[0]).ok());
                    if let Some(certificate) = &evidence.certificate {
                        is_fit(certificate, data.len());
                    }
                }
                Err(error) => {
                    assert!(matches!(error.code(), Code::Certificate | Code::Tls | Code::Protocol), "{error}")
                }
            }
        }
        2 => {
            let mut answers: Vec<_> = data.split(|byte| *byte == b'|').map(<[u8]>::to_vec).collect();
            answers.truncate(5);
            let mut next = answers.into_iter();
            stack.serve(at, move || match next.next() {
                Some(answer) => vec![Event::Send(answer), Event::Close],
                None => vec![Event::Stall],
            });
            if let Ok(offered) = offered_versions(&mut || stream(), "good.example") {
                assert!(offered.len() <= 5);
            }
        }
        _ => {
            let answer = data.to_vec();
            stack.serve(at, move || vec![Event::Send(answer.clone()), Event::Close]);
            assert!(connect(stream().expect("it listens"), "good.example", trust, NOW, verify).is_err());
        }
    }
});

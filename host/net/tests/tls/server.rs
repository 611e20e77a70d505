//! The other end: a rustls server that is a peer of a [`ScriptStack`], and a client that talks to it.

use embedded_io::Write as _;
use quoin_net::script::{Event, Peer, ScriptStack};
use quoin_net::tls::{self, Evidence, Trust, Verify};
use quoin_net::{Deadline, Error, Stack as _, Stream};
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
pub(crate) const NOW: u64 = 1_800_000_000;

pub(crate) const TLS12: &SupportedProtocolVersion = &rustls::version::TLS12;
pub(crate) const TLS13: &SupportedProtocolVersion = &rustls::version::TLS13;

pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

pub(crate) fn der(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file(&format!("{name}.pem"))).unwrap()
}

pub(crate) fn root() -> Trust {
    Trust::from_pem(&std::fs::read(file("root.pem")).unwrap()).unwrap()
}

/// Shows always the same certificates, also those that rustls would refuse to show.
#[derive(Debug)]
pub(crate) struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// How a server ends.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// With close_notify.
    Proper,
    /// The connection is just closed.
    Cut,
}

/// Echoes what it is sent, and ends.
pub(crate) struct Server {
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
pub(crate) struct Site {
    config: Arc<ServerConfig>,
    pub(crate) end: End,
    pub(crate) said_goodbye: Rc<RefCell<bool>>,
}

impl Site {
    pub(crate) fn new(chain: &[&str], key: &str, version: &'static SupportedProtocolVersion) -> Self {
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

    pub(crate) fn server(&self) -> Server {
        Server {
            tls: ServerConnection::new(self.config.clone()).unwrap(),
            end: self.end,
            said_goodbye: self.said_goodbye.clone(),
        }
    }
}

pub(crate) fn at() -> SocketAddr {
    "192.0.2.1:443".parse().unwrap()
}

pub(crate) fn stack<P: Peer + 'static>(peer: impl FnMut() -> P + 'static) -> ScriptStack {
    let stack = ScriptStack::new();
    stack.serve(at(), peer);
    stack
}

pub(crate) fn stream(stack: &ScriptStack) -> Box<dyn Stream + '_> {
    stack.connect(at(), Deadline::after(stack.now(), Duration::from_secs(5))).unwrap()
}

pub(crate) fn connect<'a>(
    stack: &'a ScriptStack,
    name: &str,
    trust: &Trust,
    verify: Verify,
) -> Result<(Box<dyn Stream + 'a>, Evidence), Error> {
    tls::connect(stream(stack), name, trust, NOW, verify)
}

pub(crate) fn read_all(stream: &mut dyn Stream) -> Result<Vec<u8>, Error> {
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
pub(crate) fn talk(stack: &ScriptStack, name: &str, verify: Verify) -> Result<Evidence, Error> {
    let (mut stream, evidence) = connect(stack, name, &root(), verify)?;
    stream.write_all(b"hello")?;
    stream.flush()?;
    assert_eq!(read_all(&mut *stream)?, b"hello");
    Ok(evidence)
}

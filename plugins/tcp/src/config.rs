//! The configuration of an observation.

use alloc::string::ToString;
use quoin_plugin::{Config, Context, ErrorDetail, Milliseconds, NonEmpty, Port, Setting, TcpRequest, wrong};

/// What to connect to.
#[derive(Debug, Config)]
#[config(check = Self::check)]
pub struct Request {
    /// Name or address. A name that leads to a private address needs the grant network:outbound:private.
    #[config(capability = "network:outbound:{host}:{port}")]
    host: NonEmpty,
    /// TCP port.
    port: Port,
    /// Milliseconds, bounded by the control's timeout.
    #[config(default = 5000)]
    timeout_ms: Milliseconds,
    /// Do a TLS handshake after connecting. It completes whatever the certificate, and the evidence says what is wrong
    /// with it.
    #[config(default = false)]
    tls: bool,
    /// The version that has to be negotiated; needs tls.
    pub(crate) expected_tls_version: Option<Version>,
    /// Find out which versions from SSL 3 to TLS 1.3 the server offers, with a connection for each.
    #[config(default = false)]
    probe_tls_versions: bool,
}

/// The versions that Quoin itself can negotiate. What else a server offers is told by `probe_tls_versions`.
#[derive(Debug, Setting)]
pub(crate) enum Version {
    #[config(word = "TLS 1.2")]
    Tls12,
    #[config(word = "TLS 1.3")]
    Tls13,
}

impl Request {
    fn check(&self) -> Result<(), ErrorDetail> {
        if self.expected_tls_version.is_some() && !self.tls {
            return Err(wrong("expected_tls_version", "needs `tls: true`"));
        }
        Ok(())
    }
}

impl From<Request> for TcpRequest {
    fn from(request: Request) -> Self {
        Self {
            context: Context::default(),
            host: request.host.into_inner(),
            port: request.port.get().to_string(),
            timeout_ms: request.timeout_ms.get(),
            tls: request.tls,
            probe_tls_versions: request.probe_tls_versions,
        }
    }
}

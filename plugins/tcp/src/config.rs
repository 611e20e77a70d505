//! The configuration of an observation: `schema.json` in Rust.

use alloc::{format, string::String, string::ToString};
use quoin_plugin::{Config, Context, ErrorDetail, Fields, TcpRequest};

/// What is asked for when nothing is said about time.
const TIMEOUT_MS: u64 = 5_000;

/// The versions that Quoin itself can negotiate.
const VERSIONS: [&str; 2] = ["TLS 1.2", "TLS 1.3"];

/// What to connect to.
#[derive(Debug)]
pub struct Request {
    /// The request to the host.
    pub(crate) tcp: TcpRequest,
    /// The version that has to be negotiated.
    pub(crate) expected_tls_version: Option<String>,
}

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let host = fields.text("host")?.ok_or_else(|| fields.missing("host"))?;
        if host.is_empty() {
            return Err(fields.wrong("host", "is empty; a name or an address is needed"));
        }
        let port = fields.port("port")?.ok_or_else(|| fields.missing("port"))?.to_string();
        let timeout_ms = fields.milliseconds("timeout_ms")?.unwrap_or(TIMEOUT_MS);
        let tls = fields.flag("tls")?.unwrap_or(false);
        let expected_tls_version = fields.text("expected_tls_version")?;
        let probe_tls_versions = fields.flag("probe_tls_versions")?.unwrap_or(false);
        if let Some(version) = &expected_tls_version {
            if !VERSIONS.contains(&version.as_str()) {
                let what = format!(
                    "has to be one of {}; what else a server offers is told by `probe_tls_versions`",
                    VERSIONS.join(", ")
                );
                return Err(fields.wrong("expected_tls_version", &what));
            }
            if !tls {
                return Err(fields.wrong("expected_tls_version", "needs `tls: true`"));
            }
        }
        let tcp = TcpRequest { context: Context::default(), host, port, timeout_ms, tls, probe_tls_versions };
        Ok(Self { tcp, expected_tls_version })
    }
}

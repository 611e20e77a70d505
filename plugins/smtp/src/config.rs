//! The configuration of an observation: `schema.json` in Rust.

use alloc::string::ToString;
use quoin_plugin::{Config, Context, ErrorDetail, Fields, SmtpRequest};

/// What is asked for when nothing is said about time.
const TIMEOUT_MS: u64 = 5_000;

/// What to connect to.
#[derive(Debug)]
pub struct Request(pub(crate) SmtpRequest);

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let host = fields.text("host")?.ok_or_else(|| fields.missing("host"))?;
        if host.is_empty() {
            return Err(fields.wrong("host", "is empty; a name or an address is needed"));
        }
        let port = fields.port("port")?.ok_or_else(|| fields.missing("port"))?.to_string();
        let timeout_ms = fields.milliseconds("timeout_ms")?.unwrap_or(TIMEOUT_MS);
        let tls = fields.flag("tls")?.unwrap_or(false);
        let starttls = fields.flag("starttls")?.unwrap_or(false);
        if tls && starttls {
            return Err(fields.wrong("starttls", "can't be true with `tls`: that is TLS from the first byte"));
        }
        Ok(Self(SmtpRequest { context: Context::default(), host, port, timeout_ms, tls, starttls }))
    }
}

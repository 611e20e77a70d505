//! The configuration of an observation: `schema.json` in Rust.

use alloc::{format, string::String};
use quoin_plugin::{Config, Context, DnsRequest, ErrorDetail, Fields};

/// What is asked for when nothing is said about time.
const TIMEOUT_MS: u64 = 5_000;

/// The record types that can be asked for.
const RECORD_TYPES: [&str; 10] = ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "PTR", "SOA", "CAA"];

/// What to look up.
#[derive(Debug)]
pub struct Request(pub(crate) DnsRequest);

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let hostname = fields.text("hostname")?.ok_or_else(|| fields.missing("hostname"))?;
        if hostname.is_empty() {
            return Err(fields.wrong("hostname", "is empty; a name is needed"));
        }
        let record_type = fields.text("record_type")?.unwrap_or_else(|| "A".into()).to_ascii_uppercase();
        if !RECORD_TYPES.contains(&record_type.as_str()) {
            let what = format!("has to be one of {}", RECORD_TYPES.join(", "));
            return Err(fields.wrong("record_type", &what));
        }
        let nameserver: String = fields.text("nameserver")?.unwrap_or_default();
        let timeout_ms = fields.milliseconds("timeout_ms")?.unwrap_or(TIMEOUT_MS);
        let context = Context { timeout_ms, ..Context::default() };
        Ok(Self(DnsRequest { context, hostname, record_type, nameserver }))
    }
}

//! The built-in plugin `dns`: the records of a name.
//!
//! | config | |
//! |---|---|
//! | `hostname` | required |
//! | `record_type` | `A` (default) `AAAA` `CNAME` `MX` `TXT` `NS` `SRV` `PTR` `SOA` `CAA` |
//! | `nameserver` | `HOST` or `HOST:PORT` to ask instead of the system's |
//! | `timeout_ms` | default 5000 |
//!
//! | evidence | |
//! |---|---|
//! | `hostname`, `record_type` | as configured |
//! | `records` | a list of texts; of an `MX` record, `"10 mail.example.org."` |
//! | `record_count` | how many there are; that there are some is the status |
//! | `mx_records` | of `MX` records, a list of `{host, pref}` |
//! | `query_time_ms` | until the answer was there, or was not |
//! | `is_not_found` | the name does not exist (`error_code` is `ENOTFOUND`) or has no such record (`ENODATA`) |
//! | `is_timeout` | no server answered in time |
//! | `error_code`, `error_message` | why there are no records |
//!
//! A server that refuses or fails to answer (`EREFUSED`, `ESERVFAIL`) says nothing about the name: that is an error.

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;

use config::Request;
use quoin_plugin::{Capability, DnsRequest, ErrorDetail, Host, Metadata, Observation, Plugin};

/// The plugin.
pub struct Dns;

quoin_plugin::export!(Dns);

impl Plugin for Dns {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "dns",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks up a name: its records, or that there are none",
        platform: None,
        capabilities: &[
            Capability { kind: "network", pattern: "outbound:*" },
            Capability { kind: "network", pattern: "outbound:private" },
        ],
    };

    fn observe(request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let request = DnsRequest::from(request);
        let lookup = host.dns_lookup(&request)?;
        let count = lookup.records.as_array().map_or(0, |records| records.len());
        let mut seen = Observation::new(count > 0).with("query_time_ms", 0);
        seen.pass_on(lookup.data);
        seen.set("hostname", request.hostname);
        seen.set("record_type", request.record_type);
        seen.set("records", lookup.records);
        seen.set("record_count", count);
        let error = lookup.error.unwrap_or_default();
        seen.set("is_timeout", error.is_timeout);
        seen.set("is_not_found", error.is_not_found);
        if !error.code.is_empty() {
            seen.set("error_code", error.code);
            seen.set("error_message", error.message);
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests;

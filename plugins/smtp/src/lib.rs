//! The built-in plugin `smtp`: a mail server's greeting, what it can do, and its TLS.
//!
//! | config | |
//! |---|---|
//! | `host`, `port` | required; a name or an address, and a TCP port |
//! | `timeout_ms` | default 5000 |
//! | `tls` | TLS from the first byte (default false) |
//! | `starttls` | TLS after `STARTTLS` (default false) |
//!
//! | evidence | |
//! |---|---|
//! | `connected` | also the status. False where the network says so: refused, unreachable or silent. A name that does not resolve, a capability that is missing or a peer that is no mail server is an error |
//! | `error_code`, `error_message` | why it is not connected: `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`, … |
//! | `address` | `host:port` as configured |
//! | `remote_addr`, `local_addr` | what was really connected to, and our end |
//! | `banner` | the greeting with its code: `220 mail.example ESMTP` |
//! | `extensions` | what the server answers to `EHLO`, after the handshake where there is one: a list |
//! | `response_time_ms` | until all of this was there |
//! | `tls`, `tls_…` | what the handshake showed, as the plugin `tcp` has it, `tls_cert_days_remaining` too |

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;

use alloc::{string::String, vec::Vec};
use config::Request;
use quoin_plugin::{Capability, ErrorDetail, Host, Metadata, Observation, Plugin};

/// The plugin.
pub struct Smtp;

quoin_plugin::export!(Smtp);

impl Plugin for Smtp {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "smtp",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks at a mail server: its greeting, its extensions, its TLS and the certificate",
        platform: None,
        capabilities: &[
            Capability { kind: "network", pattern: "outbound:*" },
            Capability { kind: "network", pattern: "outbound:private" },
        ],
    };

    fn observe(request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let mut seen = Observation::connection(host.smtp_connect(&request.into())?);
        if seen.status && !seen.data.contains_key("extensions") {
            seen.set("extensions", Vec::<String>::new());
        }
        seen.count_certificate_days(host.now());
        Ok(seen)
    }
}

#[cfg(test)]
mod tests;

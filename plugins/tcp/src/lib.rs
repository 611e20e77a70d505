//! The built-in plugin `tcp`: whether something listens on a port, and what TLS it speaks.
//!
//! | config | |
//! |---|---|
//! | `host`, `port` | required; a name or an address, and a TCP port |
//! | `timeout_ms` | default 5000 |
//! | `tls` | do a handshake too (default false) |
//! | `expected_tls_version` | `TLS 1.2` or `TLS 1.3` |
//! | `probe_tls_versions` | which versions does the server offer (default false) |
//!
//! | evidence | |
//! |---|---|
//! | `connected` | also the status, unless an expectation failed. False where the network says so: refused, unreachable or silent. A name that does not resolve or a capability that is missing is an error |
//! | `error_code`, `error_message` | why it is not connected: `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`, … |
//! | `address` | `host:port` as configured |
//! | `remote_addr`, `local_addr` | what was really connected to, and our end |
//! | `response_time_ms` | until the connection was there, or was not |
//! | `tls`, `tls_version`, `tls_cipher_suite`, `tls_server_name`, `tls_verified`, `tls_verify_error`, `tls_chain_length`, `tls_cert_…` | what the handshake showed |
//! | `tls_cert_days_remaining` | whole days until the certificate expires; negative afterwards |
//! | `tls_versions_offered` | a list from `SSL 3` to `TLS 1.3` |
//! | `expectation_failed`, `expectation_error` | the version is not the one that was expected |

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;

use alloc::format;
use config::{Request, Version};
use quoin_plugin::{Capability, ErrorDetail, Host, Metadata, Observation, Plugin};

/// The plugin.
pub struct Tcp;

quoin_plugin::export!(Tcp);

impl Plugin for Tcp {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "tcp",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks at a TCP port: whether it is open, the TLS that it speaks and the certificate",
        platform: None,
        capabilities: &[
            Capability { kind: "network", pattern: "outbound:*" },
            Capability { kind: "network", pattern: "outbound:private" },
        ],
    };

    fn observe(request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let expected = request.expected_tls_version.as_ref().map(Version::as_str);
        let mut seen = Observation::connection(host.tcp_connect(&request.into())?);
        seen.count_certificate_days(host.now());
        if let Some(expected) = expected {
            let version = seen.text("tls_version");
            if !version.is_empty() && version != expected {
                let what = format!("expected {expected}, and the server negotiated {version}");
                seen.expectation_failed(what);
            }
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests;

//! The built-in plugin `http`: the response to one HTTP request.
//!
//! | config | |
//! |---|---|
//! | `url` | required, `http://` or `https://` |
//! | `method`, `headers`, `body` | the request; `GET` without a body by default. A header's value is a text or a list of them |
//! | `timeout_ms` | default 10000, with redirects |
//! | `follow_redirects` | ten at most (default true) |
//! | `verify_tls` | a certificate that is not trusted is an error (default true) |
//! | `expected_status` | the status code that has to come; without it, the status is true below 400 |
//! | `expected_body_contains` | text that has to be in the body |
//! | `body_preview_length` | characters of the body to give (default 200); 0 gives none, -1 all, up to 512 KiB |
//!
//! | evidence | |
//! |---|---|
//! | `status_code`, `protocol`, `headers` | `data.headers["Content-Type"]` is a list: names are written so, whatever the server does |
//! | `response_time_ms` | until the body was there, redirects included |
//! | `url`, `remote_addr` | where the response came from, after redirects |
//! | `body_size`, `body_sha256` | of the body, or of its first 10 MiB |
//! | `body` or `body_preview` | its text; what is not UTF-8 is shown as `�` |
//! | `body_truncated` | true where the body goes on beyond 10 MiB, or `body` is not all of it |
//! | `tls`, `tls_…` | what the handshake showed, as the plugin `tcp` has it, `tls_cert_days_remaining` too |
//! | `expectation_failed`, `expectation_error` | status or body are not as expected |
//!
//! That there is no response is an error, and so is a certificate that is not trusted.

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod body;
mod config;

use alloc::format;
use config::{Request, StatusCode};
use quoin_plugin::{Capability, ErrorDetail, Host, Metadata, Observation, Plugin};

/// The plugin.
pub struct Http;

quoin_plugin::export!(Http);

impl Plugin for Http {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "http",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks at the response to an HTTP request: status, headers, body, TLS and the certificate",
        platform: None,
        capabilities: &[
            Capability { kind: "network", pattern: "outbound:*" },
            Capability { kind: "network", pattern: "outbound:private" },
        ],
    };

    fn observe(mut request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let answer = host.http_request(&request.http())?;
        let mut seen = Observation::new(answer.status_code < 400).with("response_time_ms", 0);
        for (name, value) in answer.data {
            seen.set(if name == "proto" { "protocol" } else { &name }, value);
        }
        seen.set("status_code", answer.status_code);
        seen.count_certificate_days(host.now());
        let body = body::decode(answer.body)?;
        body::tell(&body, answer.body_truncated, request.body_preview_length.0, &mut seen);
        if let Some(StatusCode(expected)) = request.expected_status {
            seen.status = true;
            if answer.status_code != expected {
                let what =
                    format!("expected status {expected}, and the server answered {}", answer.status_code);
                seen.expectation_failed(what);
            }
        }
        if !body::contains(&body, &request.expected_body_contains) {
            let text = request.expected_body_contains;
            seen.expectation_failed(format!("the body does not contain \"{text}\""));
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests;

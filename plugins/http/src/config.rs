//! The configuration of an observation: `schema.json` in Rust.

use alloc::{string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use quoin_plugin::{Config, ErrorDetail, Fields, HttpRequest};
use serde_json::{Map, Value};

/// What is asked for when nothing is said about time.
const TIMEOUT_MS: u64 = 10_000;

/// Characters of the body that are given when nothing is said about it.
const PREVIEW: i32 = 200;

/// What to fetch, and what is expected of it.
#[derive(Debug)]
pub struct Request {
    /// The request to the host.
    pub(crate) http: HttpRequest,
    /// The status code that has to come.
    pub(crate) expected_status: Option<u16>,
    /// What has to be in the body.
    pub(crate) expected_body_contains: String,
    /// Characters of the body to give; -1 is all of it.
    pub(crate) preview: i32,
}

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let url = fields.text("url")?.ok_or_else(|| fields.missing("url"))?;
        if url.is_empty() {
            return Err(fields.wrong("url", "is empty; http:// or https:// and a host are needed"));
        }
        let method = fields.text("method")?.unwrap_or_else(|| "GET".into()).to_ascii_uppercase();
        // RFC 9110, 9.1: a token, which the host looks at; here only what the field's own error tells better.
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(fields.wrong("method", "has to be a word such as GET"));
        }
        let headers = match fields.value("headers") {
            None => Map::new(),
            Some(value) => headers(value)
                .ok_or_else(|| fields.wrong("headers", "has to be an object of texts or lists of texts"))?,
        };
        let body = STANDARD.encode(fields.text("body")?.unwrap_or_default());
        let timeout_ms = fields.milliseconds("timeout_ms")?.unwrap_or(TIMEOUT_MS);
        let follow_redirects = fields.flag("follow_redirects")?.unwrap_or(true);
        let verify_tls = fields.flag("verify_tls")?.unwrap_or(true);
        let expected_status = fields.number("expected_status")?;
        if !matches!(expected_status, None | Some(100..=999)) {
            return Err(fields.wrong("expected_status", "has to be a number from 100 to 999"));
        }
        let expected_body_contains = fields.text("expected_body_contains")?.unwrap_or_default();
        let preview = fields.number("body_preview_length")?.unwrap_or(PREVIEW);
        if preview < -1 {
            return Err(fields.wrong("body_preview_length", "has to be -1 (all), 0 (none) or more"));
        }
        let http = HttpRequest { method, url, headers, body, timeout_ms, follow_redirects, verify_tls };
        Ok(Self { http, expected_status, expected_body_contains, preview })
    }
}

/// Header fields, each as a list of texts.
fn headers(value: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut map) = value else { return None };
    for (_, value) in &mut map {
        if value.is_string() {
            *value = Value::Array(Vec::from([value.take()]));
        }
        if !value.as_array()?.iter().all(Value::is_string) {
            return None;
        }
    }
    Some(map)
}

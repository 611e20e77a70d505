//! What comes of asking the network.
//!
//! A response's fields are named as evidence names them, so that they are passed on as they are (`data`), and only what
//! plugins look at is read.

use alloc::string::String;
use quoin_abi::error::ErrorDetail;
use serde::Serialize;
use serde_json::{Map, Value};

/// What `tcp_connect` and `smtp_connect` found.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// A connection was made.
    pub connected: bool,
    /// Why not: the network's own answer, such as `ECONNREFUSED`. Whatever else keeps an answer from coming is an
    /// error of the call.
    pub error: Option<ErrorDetail>,
    /// Everything else that was found: addresses, times, `banner`, `extensions`, `tls_…`.
    pub data: Map<String, Value>,
}

/// What `dns_lookup` found.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// That there is nothing: the name does not exist, has no such record, or nobody answered in time. Whatever else
    /// keeps an answer from coming is an error of the call.
    pub error: Option<ErrorDetail>,
    /// Records as text.
    pub records: Value,
    /// Everything else: `mx_records`, `query_time_ms`.
    pub data: Map<String, Value>,
}

/// A request of `http_request`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// `http://` or `https://`.
    pub url: String,
    /// Header fields, each with a list of its values as text.
    pub headers: Map<String, Value>,
    /// The body in base64.
    pub body: String,
    /// Milliseconds.
    pub timeout_ms: u64,
    /// Go where a redirect leads.
    pub follow_redirects: bool,
    /// A certificate that is not trusted is an error.
    pub verify_tls: bool,
}

/// What `http_request` found.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpAnswer {
    /// The status code.
    pub status_code: u16,
    /// The body in base64.
    pub body: String,
    /// The body is longer than what is here.
    pub body_truncated: bool,
    /// Everything else: `headers`, `proto`, `url`, `remote_addr`, `response_time_ms`, `tls_…`.
    pub data: Map<String, Value>,
}

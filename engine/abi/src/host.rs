//! Requests and responses of the host functions (import modules `reglet_host` and `quoin_host`).
//!
//! Unknown request fields are ignored and missing ones take their empty value, so that guests built against
//! another version of the contract keep working.

use crate::error::ErrorDetail;
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What every request carries about the call itself. The earliest of this, the request's own timeout and what
/// is left of the control's time holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Milliseconds from now; 0 is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout_ms: u64,
    /// For logs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// The guest has already given up.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub canceled: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// `dns_lookup` and `dns_resolve`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DnsRequest {
    /// The call itself.
    pub context: Context,
    /// The name to look up.
    pub hostname: String,
    /// `A` `AAAA` `CNAME` `MX` `TXT` `NS` `SRV` `PTR` `SOA` `CAA`.
    #[serde(rename = "type")]
    pub record_type: String,
    /// `host:port` of the server to ask instead of the system's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub nameserver: String,
}

/// One mail exchanger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MxRecord {
    /// The exchanger's name.
    pub host: String,
    /// Its preference; the lowest is tried first.
    pub pref: u16,
}

/// Answer to [`DnsRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DnsResponse {
    /// Records as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// For `MX`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mx_records: Vec<MxRecord>,
    /// Milliseconds until the answer, or until there was none.
    #[serde(skip_serializing_if = "is_zero")]
    pub query_time_ms: u64,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
}

/// `http_request`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpRequest {
    /// The call itself.
    pub context: Context,
    /// `GET`, `POST`, …
    pub method: String,
    /// `http://` or `https://`.
    pub url: String,
    /// Header fields, each with its values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Vec<String>>,
    /// The body in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// Milliseconds; 0 is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout_ms: u64,
    /// Go where a redirect leads, ten times at most. Missing is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// A certificate that is not trusted is an error. Missing is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_tls: Option<bool>,
}

/// Answer to [`HttpRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpResponse {
    /// The status code; 0 with an error.
    pub status_code: u16,
    /// Header fields, each with its values. Names are written as Go's are: `Content-Type`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Vec<String>>,
    /// The body in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The body was longer than the limit.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub body_truncated: bool,
    /// `HTTP/1.1`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub proto: String,
    /// Where the answer came from, after redirects.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Address and port that the answer came from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remote_addr: String,
    /// Milliseconds, with resolution, connecting and redirects.
    #[serde(skip_serializing_if = "is_zero")]
    pub response_time_ms: u64,
    /// The last connection's handshake.
    #[serde(flatten)]
    pub handshake: Handshake,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
}

/// `tcp_connect`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TcpRequest {
    /// The call itself.
    pub context: Context,
    /// Name or address.
    pub host: String,
    /// The port, as text.
    pub port: String,
    /// Milliseconds; 0 is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout_ms: u64,
    /// Do a TLS handshake after connecting.
    pub tls: bool,
    /// Find out which versions of TLS the server offers, with a connection for each.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub probe_tls_versions: bool,
}

/// Answer to [`TcpRequest`] and, with `banner` and `extensions`, to [`SmtpRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectResponse {
    /// A connection was made.
    pub connected: bool,
    /// `host:port` as asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Address and port that were really connected to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remote_addr: String,
    /// Our end.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub local_addr: String,
    /// Milliseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub response_time_ms: u64,
    /// The server's greeting with its code (SMTP).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub banner: String,
    /// What the server says it can do, a line of its answer to `EHLO` each (SMTP).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// What the handshake showed.
    #[serde(flatten)]
    pub handshake: Handshake,
    /// `SSL 3`, `TLS 1.0`, `TLS 1.1`, `TLS 1.2`, `TLS 1.3`, as far as the server offers them (TCP).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_versions_offered: Option<Vec<String>>,
    /// Why there is no connection, or where `connected` is true, why there was nothing more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
}

/// What a TLS handshake showed: fields of the response that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Handshake {
    /// TLS was negotiated.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub tls: bool,
    /// `TLS 1.3`.
    #[serde(rename = "tls_version", skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// IANA name.
    #[serde(rename = "tls_cipher_suite", skip_serializing_if = "String::is_empty")]
    pub cipher_suite: String,
    /// The name that was asked for.
    #[serde(rename = "tls_server_name", skip_serializing_if = "String::is_empty")]
    pub server_name: String,
    /// Whether the certificate is trusted, for that name and now.
    #[serde(rename = "tls_verified", skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// Why not.
    #[serde(rename = "tls_verify_error", skip_serializing_if = "String::is_empty")]
    pub verify_error: String,
    /// Certificates that the server sent.
    #[serde(rename = "tls_chain_length", skip_serializing_if = "is_zero")]
    pub chain_length: u64,
    /// The certificate's subject.
    #[serde(rename = "tls_cert_subject", skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The certificate's issuer.
    #[serde(rename = "tls_cert_issuer", skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// RFC 3339.
    #[serde(rename = "tls_cert_not_before", skip_serializing_if = "String::is_empty")]
    pub not_before: String,
    /// RFC 3339.
    #[serde(rename = "tls_cert_not_after", skip_serializing_if = "String::is_empty")]
    pub not_after: String,
    /// Names and addresses that the certificate is for.
    #[serde(rename = "tls_cert_sans", skip_serializing_if = "Vec::is_empty")]
    pub sans: Vec<String>,
    /// Lower-case hexadecimal.
    #[serde(rename = "tls_cert_serial", skip_serializing_if = "String::is_empty")]
    pub serial: String,
    /// Of the certificate, in lower-case hexadecimal.
    #[serde(rename = "tls_cert_sha256", skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Algorithm and bits: `RSA 2048`.
    #[serde(rename = "tls_cert_key", skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// `SHA256-RSA`.
    #[serde(rename = "tls_cert_signature_algorithm", skip_serializing_if = "String::is_empty")]
    pub signature_algorithm: String,
}

/// `smtp_connect`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SmtpRequest {
    /// The call itself.
    pub context: Context,
    /// Name or address.
    pub host: String,
    /// The port, as text.
    pub port: String,
    /// Milliseconds; 0 is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout_ms: u64,
    /// TLS from the first byte.
    pub tls: bool,
    /// TLS after `STARTTLS`.
    pub starttls: bool,
}

/// `exec_command`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecRequest {
    /// The call itself.
    pub context: Context,
    /// A program's name, looked for in the host's fixed search path, or its absolute path.
    pub command: String,
    /// Its arguments, without the program's name.
    pub args: Vec<String>,
    /// The directory it starts in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dir: String,
    /// `NAME=value`; the command sees no other variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
}

/// Answer to [`ExecRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecResponse {
    /// What it wrote; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// Its exit status; 128 plus the number for a signal, as a shell counts; -1 when it did not run.
    pub exit_code: i32,
    /// Milliseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub duration_ms: u64,
    /// The deadline ended it.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub is_timeout: bool,
    /// `stdout` was longer than the limit.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub stdout_truncated: bool,
    /// `stderr` was longer than the limit.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub stderr_truncated: bool,
    /// Why it did not run to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
}

/// `log_message`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogRequest {
    /// The call itself.
    pub context: Context,
    /// `DEBUG` `INFO` `WARN` `ERROR`.
    pub level: String,
    /// The line.
    pub message: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub timestamp: String,
    /// Structured fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attrs: Vec<LogAttr>,
}

/// One structured field of a log line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogAttr {
    /// Its name.
    pub key: String,
    /// Its type, as the guest names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value.
    pub value: Value,
}

/// `quoin_host.file_stat`: what WASI preview 1 leaves out of a file's attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FileStatRequest {
    /// The call itself.
    pub context: Context,
    /// An absolute path as the guest sees it.
    pub path: String,
    /// Follow a symbolic link at the end of the path.
    pub follow: bool,
}

/// Answer to [`FileStatRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FileStatResponse {
    /// `file` `directory` `symlink` `fifo` `socket` `block_device` `char_device`.
    pub kind: String,
    /// Bytes.
    pub size: u64,
    /// Permission bits with set-id and sticky bits as four octal digits: `0640`, `1777`.
    pub mode: String,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// The owner's name, where there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// The group's name, where there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Last modification, RFC 3339 in UTC.
    pub mtime: String,
    /// Hard links.
    pub nlink: u64,
    /// Where a symbolic link points, as its text says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub symlink_target: String,
    /// The file's real path: no symbolic link and no `..` left in it.
    pub resolved_path: String,
    /// Why there is no answer. A missing file is `ENOENT` with `is_not_found`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
}

//! [`Evidence`]: what a handshake showed.

use crate::Error;
use alloc::string::String;
use alloc::vec::Vec;

/// What a handshake showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `TLS 1.3`.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher_suite: String,
    /// The name that was asked for.
    pub server_name: String,
    /// Whether the certificate is trusted for that name and time, and if not, why.
    pub verified: Result<(), Error>,
    /// The server's own certificate; none where it can't be read.
    pub certificate: Option<Certificate>,
    /// Certificates that the server sent.
    pub chain_length: usize,
}

/// A certificate, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// RFC 4514.
    pub subject: String,
    /// RFC 4514.
    pub issuer: String,
    /// Seconds since the Unix epoch.
    pub not_before: i64,
    /// Seconds since the Unix epoch.
    pub not_after: i64,
    /// Subject alternative names: DNS names and addresses as they are, others with their kind in front.
    pub subject_alternative_names: Vec<String>,
    /// Lower-case hexadecimal.
    pub serial: String,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub sha256: String,
    /// Algorithm and bits: `RSA 2048`, `ECDSA P-256`, `Ed25519`.
    pub key: String,
    /// `SHA256-RSA`, `ECDSA-SHA384`, …
    pub signature_algorithm: String,
}

//! From what a handshake showed to the contract's fields.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use quoin_abi::host::Handshake;
use quoin_engine::UnixTime;
use quoin_net::tls::Evidence;

/// The fields of a response that has TLS.
pub(super) fn handshake(evidence: Evidence) -> Handshake {
    let Evidence { version, cipher_suite, server_name, verified, certificate, chain_length } = evidence;
    let mut handshake = Handshake {
        tls: true,
        version,
        cipher_suite,
        server_name,
        verified: Some(verified.is_ok()),
        verify_error: verified.err().map(|error| error.message().to_owned()).unwrap_or_default(),
        chain_length: chain_length as u64,
        ..Handshake::default()
    };
    if let Some(certificate) = certificate {
        handshake.subject = certificate.subject;
        handshake.issuer = certificate.issuer;
        handshake.not_before = rfc3339(certificate.not_before);
        handshake.not_after = rfc3339(certificate.not_after);
        handshake.sans = certificate.subject_alternative_names;
        handshake.serial = certificate.serial;
        handshake.sha256 = certificate.sha256;
        handshake.key = certificate.key;
        handshake.signature_algorithm = certificate.signature_algorithm;
    }
    handshake
}

/// Seconds since the Unix epoch in RFC 3339. A certificate can't name a year beyond 9999 (RFC 5280, 4.1.2.5).
fn rfc3339(seconds: i64) -> String {
    UnixTime { seconds, nanoseconds: 0 }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quoin_net::tls::Certificate;
    use quoin_net::{Code, Error};

    #[test]
    fn a_handshake_is_told_in_the_contracts_words() {
        let certificate = Certificate {
            subject: "CN=a.example".into(),
            issuer: "CN=Test".into(),
            not_before: 0,
            not_after: 1_767_225_599,
            subject_alternative_names: vec!["a.example".into()],
            serial: "01".into(),
            sha256: "ab".into(),
            key: "RSA 2048".into(),
            signature_algorithm: "SHA256-RSA".into(),
        };
        let evidence = Evidence {
            version: "TLS 1.3".into(),
            cipher_suite: "TLS_AES_128_GCM_SHA256".into(),
            server_name: "a.example".into(),
            verified: Err(Error::new(Code::Certificate, "it has expired")),
            certificate: Some(certificate),
            chain_length: 1,
        };
        assert_eq!(
            serde_json::to_value(handshake(evidence)).unwrap(),
            serde_json::json!({
                "tls": true, "tls_version": "TLS 1.3", "tls_cipher_suite": "TLS_AES_128_GCM_SHA256",
                "tls_server_name": "a.example", "tls_verified": false, "tls_verify_error": "it has expired",
                "tls_chain_length": 1, "tls_cert_subject": "CN=a.example", "tls_cert_issuer": "CN=Test",
                "tls_cert_not_before": "1970-01-01T00:00:00Z", "tls_cert_not_after": "2025-12-31T23:59:59Z",
                "tls_cert_sans": ["a.example"], "tls_cert_serial": "01", "tls_cert_sha256": "ab",
                "tls_cert_key": "RSA 2048", "tls_cert_signature_algorithm": "SHA256-RSA",
            })
        );
        assert!(rfc3339(i64::MAX).starts_with("9999-"));
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
        // What RFC 5280 has in certificates that are good for ever.
        assert_eq!(rfc3339(253_402_300_799), "9999-12-31T23:59:59Z");
    }
}

//! [`Verifier`]: what is said of a certificate, and whether that ends the handshake.

use super::provider::{STRONG, WEAK_SCHEMES, schemes};
use super::{Certificate, Trust, Verify};
use crate::{Code, Error};
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use std::sync::OnceLock;

/// Judges one server's certificate, and remembers.
pub(super) struct Verifier {
    trust: Trust,
    verify: Verify,
    findings: OnceLock<Findings>,
}

struct Findings {
    verified: Result<(), Error>,
    certificate: Option<Certificate>,
    chain_length: usize,
}

impl Verifier {
    /// One for one handshake.
    pub(super) fn new(trust: Trust, verify: Verify) -> Self {
        Self { trust, verify, findings: OnceLock::new() }
    }

    /// What was found: the verdict, the server's certificate, and how many there were.
    pub(super) fn findings(&self) -> (Result<(), Error>, Option<Certificate>, usize) {
        match self.findings.get() {
            Some(found) => (found.verified.clone(), found.certificate.clone(), found.chain_length),
            None => (Err(Error::new(Code::Certificate, "the peer shows no certificate")), None, 0),
        }
    }

    /// Why the handshake ended, if a certificate did it.
    pub(super) fn refusal(&self) -> Option<Error> {
        match self.verify {
            Verify::Require => self.findings.get()?.verified.clone().err(),
            Verify::Report => None,
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.trust.anchors().and_then(|anchors| {
            let certificate = webpki::EndEntityCert::try_from(end_entity)
                .map_err(|error| Error::new(Code::Certificate, format!("{error:?}")))?;
            certificate
                .verify_for_usage(
                    STRONG.all,
                    anchors,
                    intermediates,
                    now,
                    webpki::KeyUsage::server_auth(),
                    None,
                    None,
                )
                .map(drop)
                .and_then(|()| certificate.verify_is_valid_for_subject_name(server_name))
                .map_err(|error| Error::new(Code::Certificate, format!("{error:?}")))
        });
        let bad = verified.is_err();
        let findings = Findings { verified, certificate: None, chain_length: 1 + intermediates.len() };
        let _ = self.findings.set(findings);
        if bad && self.verify == Verify::Require {
            return Err(CertificateError::UnknownIssuer.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &STRONG)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &STRONG)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        schemes(match self.verify {
            Verify::Report => WEAK_SCHEMES,
            Verify::Require => STRONG.mapping,
        })
    }
}

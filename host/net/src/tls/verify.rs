//! [`Verifier`]: asks for the verdict on a certificate, and whether the peer has its key.

use super::provider::{STRONG, Schemes, WEAK_SCHEMES, schemes};
use super::verdict::verdict;
use super::x509::X509;
use super::{Certificate, Trust, Verify};
use crate::{Code, Error};
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use std::sync::OnceLock;

/// Judges one server's certificate, and remembers.
pub(super) struct Verifier {
    trust: Trust,
    verify: Verify,
    findings: OnceLock<Findings>,
    failure: OnceLock<Error>,
}

/// What was found.
#[derive(Clone)]
pub(super) struct Findings {
    /// The verdict.
    pub(super) verified: Result<(), Error>,
    /// The server's own certificate.
    pub(super) certificate: Option<Certificate>,
    /// How many certificates there were.
    pub(super) chain_length: usize,
}

impl Verifier {
    /// One for one handshake.
    pub(super) fn new(trust: Trust, verify: Verify) -> Self {
        Self { trust, verify, findings: OnceLock::new(), failure: OnceLock::new() }
    }

    /// What was found, once the handshake is complete.
    pub(super) fn findings(&self) -> Option<Findings> {
        self.findings.get().cloned()
    }

    /// Why the handshake ended, if the certificate or its key did it.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure.get().cloned()
    }

    fn schemes(&self) -> Schemes {
        match self.verify {
            Verify::Report => WEAK_SCHEMES,
            Verify::Require => STRONG.mapping,
        }
    }

    /// Whether `signature` is the certificate's key's, over `message`. In TLS 1.3 the scheme names one algorithm, before several.
    fn check(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
        algorithms: usize,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let fields = X509::read(certificate);
        // Where webpki can't read the certificate, which the verdict says then, the key is still a key.
        let key_info = match (webpki::EndEntityCert::try_from(certificate), &fields) {
            (Ok(certificate), _) => certificate.subject_public_key_info(),
            (Err(_), Some(fields)) if self.verify == Verify::Report => {
                SubjectPublicKeyInfoDer::from(fields.key_info)
            }
            _ => return Err(CertificateError::BadEncoding.into()),
        };
        let key =
            webpki::RawPublicKeyEntity::try_from(&key_info).map_err(|_| CertificateError::BadEncoding)?;
        let candidates = self
            .schemes()
            .iter()
            .find(|(scheme, _)| *scheme == signature.scheme)
            .map_or(&[][..], |(_, candidates)| &candidates[..algorithms.min(candidates.len())]);
        if candidates
            .iter()
            .any(|candidate| key.verify_signature(*candidate, message, signature.signature()).is_ok())
        {
            return Ok(HandshakeSignatureValid::assertion());
        }
        if let Some(bits) = fields.and_then(|fields| fields.rsa_bits())
            && bits < 2048
        {
            let _ = self.failure.set(Error::new(
                Code::Tls,
                format!("the certificate's key is too short to check that the peer has it (RSA {bits})"),
            ));
        }
        Err(CertificateError::BadSignature.into())
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
        let fields = X509::read(end_entity);
        let verified = self.trust.anchors().and_then(|anchors| {
            verdict(end_entity, fields.as_ref(), intermediates, server_name, anchors, now)
        });
        if self.verify == Verify::Require
            && let Err(error) = &verified
        {
            let _ = self.failure.set(error.clone());
            return Err(CertificateError::UnknownIssuer.into());
        }
        let certificate = fields.map(|fields| Certificate::of(&fields, end_entity));
        let _ = self.findings.set(Findings { verified, certificate, chain_length: 1 + intermediates.len() });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.check(message, certificate, signature, usize::MAX)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        // RFC 8446, 4.2.3: PKCS #1 and SHA-1 are for certificates only there.
        match signature.scheme {
            SignatureScheme::RSA_PKCS1_SHA1
            | SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512 => Err(CertificateError::BadSignature.into()),
            _ => self.check(message, certificate, signature, 1),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        schemes(self.schemes())
    }
}

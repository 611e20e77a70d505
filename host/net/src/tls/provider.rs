//! The cryptography that handshakes use: of *ring*'s pieces those that a client needs. What is not named here is left
//! out of the binary; the measurements are in `docs/rationale.md`.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use ring::rand::SecureRandom as _;
use ring::signature as ring_signature;
use rustls::crypto::ring::{cipher_suite, kx_group};
use rustls::crypto::{CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom, WebPkiSupportedAlgorithms};
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, PrivateKeyDer, SignatureVerificationAlgorithm, alg_id,
};
use rustls::sign::SigningKey;
use rustls::{CipherSuite, SignatureScheme};

/// All that *ring* has for TLS 1.2 and 1.3, without what only servers need.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1],
        signature_verification_algorithms: STRONG,
        secure_random: &Ring,
        key_provider: &Ring,
    })
}

/// The IANA name of a cipher suite that [`provider`] has.
pub(super) fn iana_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => {
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
        }
        _ => "unknown",
    }
}

/// Randomness of the system. A client has no keys of its own, so that the signing half of *ring* is left out.
#[derive(Debug)]
struct Ring;

impl SecureRandom for Ring {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        ring::rand::SystemRandom::new().fill(buffer).map_err(|_| GetRandomFailed)
    }
}

impl KeyProvider for Ring {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("clients have no keys".into()))
    }
}

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

/// What a scheme of TLS can mean, most preferred first.
pub(super) type Schemes = &'static [(SignatureScheme, &'static [Algorithm])];

/// Signatures that prove something: of certificates, and of handshakes where the certificate has to be good.
pub(super) const STRONG: WebPkiSupportedAlgorithms =
    WebPkiSupportedAlgorithms { all: STRONG_ALGORITHMS, mapping: STRONG_SCHEMES };

const STRONG_ALGORITHMS: &[Algorithm] = &[
    webpki::ring::ECDSA_P256_SHA256,
    webpki::ring::ECDSA_P256_SHA384,
    webpki::ring::ECDSA_P384_SHA256,
    webpki::ring::ECDSA_P384_SHA384,
    webpki::ring::ED25519,
    webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    webpki::ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    webpki::ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    webpki::ring::RSA_PKCS1_2048_8192_SHA256,
    webpki::ring::RSA_PKCS1_2048_8192_SHA384,
    webpki::ring::RSA_PKCS1_2048_8192_SHA512,
    webpki::ring::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
    webpki::ring::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    webpki::ring::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
];

const P256: (SignatureScheme, &[Algorithm]) = (
    SignatureScheme::ECDSA_NISTP256_SHA256,
    // In TLS 1.2 the scheme's curve is not the key's (RFC 8446, 4.2.3).
    &[webpki::ring::ECDSA_P256_SHA256, webpki::ring::ECDSA_P384_SHA256],
);
const P384: (SignatureScheme, &[Algorithm]) = (
    SignatureScheme::ECDSA_NISTP384_SHA384,
    &[webpki::ring::ECDSA_P384_SHA384, webpki::ring::ECDSA_P256_SHA384],
);
const ED25519: (SignatureScheme, &[Algorithm]) = (SignatureScheme::ED25519, &[webpki::ring::ED25519]);
const PSS_SHA256: (SignatureScheme, &[Algorithm]) =
    (SignatureScheme::RSA_PSS_SHA256, &[webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY]);
const PSS_SHA384: (SignatureScheme, &[Algorithm]) =
    (SignatureScheme::RSA_PSS_SHA384, &[webpki::ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY]);
const PSS_SHA512: (SignatureScheme, &[Algorithm]) =
    (SignatureScheme::RSA_PSS_SHA512, &[webpki::ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY]);

const STRONG_SCHEMES: Schemes = &[
    P256,
    P384,
    ED25519,
    PSS_SHA256,
    PSS_SHA384,
    PSS_SHA512,
    (SignatureScheme::RSA_PKCS1_SHA256, &[webpki::ring::RSA_PKCS1_2048_8192_SHA256]),
    (SignatureScheme::RSA_PKCS1_SHA384, &[webpki::ring::RSA_PKCS1_2048_8192_SHA384]),
    (SignatureScheme::RSA_PKCS1_SHA512, &[webpki::ring::RSA_PKCS1_2048_8192_SHA512]),
];

/// Handshake signatures by which a check can still tell that a peer has its key: besides [`STRONG`] those of RSA keys from
/// 1024 bits, and with SHA-1.
///
/// PKCS #1 comes before PSS here: *ring* has no PSS for keys under 2048 bits, and a server that has the choice (TLS 1.2) takes the first.
pub(super) const WEAK_SCHEMES: Schemes = &[
    P256,
    P384,
    ED25519,
    (
        SignatureScheme::RSA_PKCS1_SHA256,
        &[&Legacy(alg_id::RSA_PKCS1_SHA256, &ring_signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)],
    ),
    (SignatureScheme::RSA_PKCS1_SHA384, &[webpki::ring::RSA_PKCS1_2048_8192_SHA384]),
    (
        SignatureScheme::RSA_PKCS1_SHA512,
        &[&Legacy(alg_id::RSA_PKCS1_SHA512, &ring_signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY)],
    ),
    PSS_SHA256,
    PSS_SHA384,
    PSS_SHA512,
    (
        SignatureScheme::RSA_PKCS1_SHA1,
        &[&Legacy(RSA_PKCS1_SHA1, &ring_signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY)],
    ),
];

/// The schemes of a list, in its order.
pub(super) fn schemes(list: Schemes) -> Vec<SignatureScheme> {
    list.iter().map(|(scheme, _)| *scheme).collect()
}

/// sha1WithRSAEncryption with its NULL, as the content of an AlgorithmIdentifier (RFC 3279, 2.2.1).
const RSA_PKCS1_SHA1: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00");

/// RSA signatures that are too weak for trust.
#[derive(Debug)]
struct Legacy(AlgorithmIdentifier, &'static ring_signature::RsaParameters);

impl SignatureVerificationAlgorithm for Legacy {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        ring_signature::UnparsedPublicKey::new(self.1, key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::x509::X509;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

    const CERTIFICATE: &[u8] = include_bytes!("../../tests/certificates/rsa1024.pem");
    const SHA1: &[u8] = include_bytes!("../../tests/certificates/rsa1024.sha1");
    const SHA256: &[u8] = include_bytes!("../../tests/certificates/rsa1024.sha256");

    #[test]
    fn a_short_rsa_key_proves_a_handshake_only_where_certificates_are_not_required_to_be_good() {
        let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
        let key = SubjectPublicKeyInfoDer::from(X509::read(&certificate).unwrap().key_info);
        let key = webpki::RawPublicKeyEntity::try_from(&key).unwrap();
        let signed = |list: Schemes, scheme, message: &[u8], signature| {
            list.iter().find(|(listed, _)| *listed == scheme).is_some_and(|(_, candidates)| {
                key.verify_signature(candidates[0], message, signature).is_ok()
            })
        };
        for (scheme, signature) in
            [(SignatureScheme::RSA_PKCS1_SHA256, SHA256), (SignatureScheme::RSA_PKCS1_SHA1, SHA1)]
        {
            assert!(signed(WEAK_SCHEMES, scheme, b"a handshake", signature));
            assert!(!signed(WEAK_SCHEMES, scheme, b"another handshake", signature));
            assert!(!signed(STRONG.mapping, scheme, b"a handshake", signature));
        }
    }
}

//! What object identifiers in certificates are called.

use super::x509::{algorithm, is_context, sequence};
use alloc::string::{String, ToString};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _};

/// Of attributes of names: the short names of RFC 4514, 3, and those that others show too. None: dotted numbers.
pub(super) fn attribute(id: &str) -> Option<&'static str> {
    Some(match id {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "SERIALNUMBER",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.17" => "POSTALCODE",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return None,
    })
}

/// Of keys (RFC 3279, 5480, 8410, 9881).
pub(super) fn key_algorithm(id: ObjectIdentifier) -> String {
    let id = id.to_string();
    match &*id {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.10045.2.1" => "ECDSA",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        _ => return id,
    }
    .into()
}

/// Of curves (RFC 5480, 5639).
pub(super) fn curve(id: ObjectIdentifier) -> String {
    let id = id.to_string();
    match &*id {
        "1.2.840.10045.3.1.1" => "P-192",
        "1.3.132.0.33" => "P-224",
        "1.2.840.10045.3.1.7" => "P-256",
        "1.3.132.0.34" => "P-384",
        "1.3.132.0.35" => "P-521",
        "1.3.132.0.10" => "secp256k1",
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1",
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1",
        "1.3.36.3.3.2.8.1.1.13" => "brainpoolP512r1",
        _ => return id,
    }
    .into()
}

/// Of signatures (RFC 3279, 4055, 5758, 8410, 9881).
pub(super) fn signature_algorithm(id: ObjectIdentifier, parameters: Option<AnyRef<'_>>) -> String {
    let id = id.to_string();
    match &*id {
        "1.2.840.113549.1.1.2" => "MD2-RSA",
        "1.2.840.113549.1.1.4" => "MD5-RSA",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "SHA1-RSA",
        "1.2.840.113549.1.1.14" => "SHA224-RSA",
        "1.2.840.113549.1.1.11" => "SHA256-RSA",
        "1.2.840.113549.1.1.12" => "SHA384-RSA",
        "1.2.840.113549.1.1.13" => "SHA512-RSA",
        "1.2.840.113549.1.1.10" => match pss_hash(parameters).as_deref() {
            None => "SHA1-RSAPSS",
            Some("2.16.840.1.101.3.4.2.1") => "SHA256-RSAPSS",
            Some("2.16.840.1.101.3.4.2.2") => "SHA384-RSAPSS",
            Some("2.16.840.1.101.3.4.2.3") => "SHA512-RSAPSS",
            Some(_) => "RSAPSS",
        },
        "1.2.840.10040.4.3" => "DSA-SHA1",
        "2.16.840.1.101.3.4.3.2" => "DSA-SHA256",
        "1.2.840.10045.4.1" => "ECDSA-SHA1",
        "1.2.840.10045.4.3.1" => "ECDSA-SHA224",
        "1.2.840.10045.4.3.2" => "ECDSA-SHA256",
        "1.2.840.10045.4.3.3" => "ECDSA-SHA384",
        "1.2.840.10045.4.3.4" => "ECDSA-SHA512",
        _ => return key_algorithm_of_one_hash(id),
    }
    .into()
}

/// Algorithms whose keys and signatures have the same identifier.
fn key_algorithm_of_one_hash(id: String) -> String {
    ObjectIdentifier::new(&id).map_or(id, key_algorithm)
}

/// RFC 4055, 3.1: `hashAlgorithm [0]`, SHA-1 when it is left out.
fn pss_hash(parameters: Option<AnyRef<'_>>) -> Option<String> {
    let mut fields = sequence(parameters?).ok()?;
    let hash = fields.decode::<AnyRef<'_>>().ok().filter(|field| is_context(*field, 0))?;
    let (id, _) = algorithm(AnyRef::from_der(hash.value()).ok()?).ok()?;
    Some(id.to_string())
}

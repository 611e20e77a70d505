//! [`verdict`]: whether a certificate is trusted for a name at a time, and everything that speaks against it.

use super::provider::STRONG;
use super::x509::X509;
use crate::{Code, Error};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};

/// How many of the names that a certificate is for are told.
const NAMES: usize = 5;

/// Whether `end_entity` is trusted.
///
/// # Errors
///
/// [`Code::Certificate`] with all that is wrong, not only the first of it: a device's page has often a certificate that is
/// self-signed, expired, and for another name.
pub(super) fn verdict(
    end_entity: &CertificateDer<'_>,
    fields: Option<&X509<'_>>,
    intermediates: &[CertificateDer<'_>],
    server_name: &ServerName<'_>,
    anchors: &[TrustAnchor<'_>],
    now: UnixTime,
) -> Result<(), Error> {
    let mut against = Vec::new();
    let mut at = now;
    if let Some(fields) = fields {
        let bounds = (fields.not_before, fields.not_after);
        if now.as_secs() > bounds.1 {
            against.push(format!("expired on {}", date(bounds.1)));
        }
        if now.as_secs() < bounds.0 {
            against.push(format!("is not valid before {}", date(bounds.0)));
        }
        // What else is wrong shows at a time that is right.
        at = seconds(now.as_secs().min(bounds.1).max(bounds.0));
    }
    match webpki::EndEntityCert::try_from(end_entity) {
        Ok(certificate) => {
            if fields.is_none() {
                // What is not known can't be found good, such as how long its key is.
                against.push("has fields that can't be read".into());
            }
            against.extend(chain(&certificate, fields, intermediates, anchors, at));
            if certificate.verify_is_valid_for_subject_name(server_name).is_err() {
                against.push(other_names(fields, server_name));
            }
        }
        Err(error) => {
            against.push(unreadable(&error).into());
            if fields.is_some_and(X509::is_self_issued) {
                against.push("is self-signed".into());
            }
        }
    }
    if let Some(fields) = fields {
        if let Some(bits) = fields.rsa_bits().filter(|bits| *bits < 2048) {
            against.push(format!("has a short key (RSA {bits})"));
        }
        let algorithm = fields.signature_algorithm();
        let broken = ["MD2-", "MD5-", "SHA1-"].iter().any(|hash| algorithm.starts_with(hash))
            || algorithm.ends_with("-SHA1");
        if broken && !against.is_empty() {
            against.push(format!("is signed with {algorithm}, which can be forged"));
        }
    }
    match against.is_empty() {
        true => Ok(()),
        false => Err(Error::new(Code::Certificate, format!("the certificate {}", against.join("; ")))),
    }
}

/// What speaks against the chain from the certificate to an anchor.
fn chain(
    certificate: &webpki::EndEntityCert<'_>,
    fields: Option<&X509<'_>>,
    intermediates: &[CertificateDer<'_>],
    anchors: &[TrustAnchor<'_>],
    at: UnixTime,
) -> Option<String> {
    use webpki::Error as Wrong;
    let usage = webpki::KeyUsage::server_auth();
    let wrong =
        certificate.verify_for_usage(STRONG.all, anchors, intermediates, at, usage, None, None).err()?;
    let self_issued = fields.is_some_and(X509::is_self_issued);
    Some(match wrong {
        // Who names a device's own certificate as an authority means it, also where it says that it is one.
        Wrong::CaUsedAsEndEntity if is_anchor(certificate, anchors) => return None,
        Wrong::CaUsedAsEndEntity | Wrong::UnknownIssuer if self_issued => "is self-signed".into(),
        Wrong::CaUsedAsEndEntity => "is an authority's, not a server's".into(),
        Wrong::UnknownIssuer => {
            format!(
                "is issued by an unknown authority ({})",
                fields.map_or_else(String::new, |fields| issuer(fields, intermediates))
            )
        }
        Wrong::CertExpired { not_after, .. } => {
            format!("has one in its chain that expired on {}", date(not_after.as_secs()))
        }
        Wrong::CertNotValidYet { not_before, .. } => {
            format!("has one in its chain that is not valid before {}", date(not_before.as_secs()))
        }
        Wrong::InvalidCertValidity => "ends before it begins".into(),
        Wrong::RequiredEkuNotFoundContext(_) | Wrong::EmptyEkuExtension => {
            "is not for servers (extended key usage)".into()
        }
        Wrong::InvalidSignatureForPublicKey => "has a wrong signature in its chain".into(),
        Wrong::UnsupportedSignatureAlgorithmContext(_)
        | Wrong::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "has a signature in its chain with an algorithm that is not trusted".into()
        }
        Wrong::NameConstraintViolation => "is for a name that its authority must not issue for".into(),
        Wrong::EndEntityUsedAsCa | Wrong::PathLenConstraintViolated => {
            "is issued by one that must not issue any".into()
        }
        Wrong::CertDistrusted | Wrong::CertRevoked => "is distrusted".into(),
        Wrong::MaximumPathBuildCallsExceeded
        | Wrong::MaximumPathDepthExceeded
        | Wrong::MaximumSignatureChecksExceeded
        | Wrong::MaximumNameConstraintComparisonsExceeded => "has a chain that is too long".into(),
        _ => "has a chain that breaks the rules (RFC 5280)".into(),
    })
}

/// Whether the certificate is an anchor's: the same name and the same key.
fn is_anchor(certificate: &webpki::EndEntityCert<'_>, anchors: &[TrustAnchor<'_>]) -> bool {
    anchors.iter().any(|anchor| {
        *anchor.subject == *certificate.subject()
            && webpki::spki_for_anchor(anchor) == certificate.subject_public_key_info()
    })
}

/// The last issuer that can be followed to.
fn issuer(fields: &X509<'_>, intermediates: &[CertificateDer<'_>]) -> String {
    let others: Vec<_> = intermediates.iter().filter_map(|other| X509::read(other)).collect();
    let mut last = fields;
    // Each step uses one up, so that a circle ends.
    for _ in &others {
        match others.iter().find(|other| last.is_issued_by(other)) {
            Some(next) if !last.is_self_issued() => last = next,
            _ => break,
        }
    }
    last.issuer()
}

fn unreadable(error: &webpki::Error) -> &'static str {
    match error {
        webpki::Error::UnsupportedCertVersion => "is of X.509 version 1, which is for no host",
        webpki::Error::UnsupportedCriticalExtension => "has a critical extension that is not known",
        _ => "is malformed (RFC 5280)",
    }
}

fn other_names(fields: Option<&X509<'_>>, server_name: &ServerName<'_>) -> String {
    let asked = server_name.to_str();
    let names = fields.map(X509::subject_alternative_names).unwrap_or_default();
    if names.is_empty() {
        return format!("names no host (it has no subject alternative names), so not {asked}");
    }
    let more = match names.len().saturating_sub(NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("is for {}{more}, not for {asked}", names[..names.len().min(NAMES)].join(", "))
}

fn seconds(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// RFC 3339.
fn date(seconds: u64) -> String {
    der::DateTime::from_unix_duration(Duration::from_secs(seconds))
        .map_or_else(|_| format!("second {seconds}"), |date| date.to_string())
}

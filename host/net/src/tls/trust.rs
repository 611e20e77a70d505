//! [`Trust`]: the certificate authorities that are believed.

use crate::{Code, Error};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where systems keep the bundle of all authorities, most frequent first.
const BUNDLES: [&str; 6] = [
    // Debian, Alpine, OpenWrt (ca-bundle), Arch, Gentoo, Buildroot
    "/etc/ssl/certs/ca-certificates.crt",
    // OpenWrt and Alpine beside that, macOS, the BSDs
    "/etc/ssl/cert.pem",
    // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    // OpenSUSE
    "/etc/ssl/ca-bundle.pem",
    // Yocto images with OpenSSL's own directory
    "/usr/lib/ssl/cert.pem",
];

/// The certificate authorities that are believed. Cheap to clone; the system's bundle is read when the first handshake
/// needs it.
#[derive(Clone)]
pub struct Trust(Arc<Source>);

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

enum Source {
    Embedded,
    Read(Vec<TrustAnchor<'static>>),
    System { named: Option<PathBuf>, read: OnceLock<Result<Option<Vec<TrustAnchor<'static>>>, Error>> },
}

impl Trust {
    /// Mozilla's list, as of the build.
    #[must_use]
    pub fn embedded() -> Self {
        Self(Arc::new(Source::Embedded))
    }

    /// The certificates of a PEM text, and no others.
    ///
    /// # Errors
    ///
    /// [`Code::Invalid`] if there is none in it, or one that can't be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        Ok(Self(Arc::new(Source::Read(anchors(pem, true)?))))
    }

    /// The certificates of `ca_file`, and no others; without that file, those of the one that the environment variable
    /// `SSL_CERT_FILE` names; without that, the system's bundle from its usual places; without one, [`Trust::embedded`].
    ///
    /// # Errors
    ///
    /// `ca_file` can't be read, or holds no certificate. (Of `SSL_CERT_FILE` a handshake says so.)
    pub fn system(ca_file: Option<&Path>) -> Result<Self, Error> {
        if let Some(path) = ca_file {
            let pem = read(path).map_err(|error| error.during("the file of certificate authorities"))?;
            return Self::from_pem(&pem).map_err(|error| error.during(path.display()));
        }
        let named = std::env::var_os("SSL_CERT_FILE").filter(|name| !name.is_empty()).map(PathBuf::from);
        Ok(Self::lazily(named))
    }

    fn lazily(named: Option<PathBuf>) -> Self {
        Self(Arc::new(Source::System { named, read: OnceLock::new() }))
    }

    /// What is believed.
    pub(super) fn anchors(&self) -> Result<&[TrustAnchor<'static>], Error> {
        let read = match &*self.0 {
            Source::Embedded => None,
            Source::Read(anchors) => Some(anchors),
            Source::System { named, read } => {
                read.get_or_init(|| find(named.as_deref())).as_ref().map_err(Clone::clone)?.as_ref()
            }
        };
        Ok(read.map_or(webpki_roots::TLS_SERVER_ROOTS, |anchors| anchors.as_slice()))
    }
}

/// The system's authorities; none if there is no bundle.
fn find(named: Option<&Path>) -> Result<Option<Vec<TrustAnchor<'static>>>, Error> {
    if let Some(path) = named {
        let found = read(path)
            .and_then(|pem| anchors(&pem, true).map_err(|error| error.during(path.display())))
            .map_err(|error| error.during("SSL_CERT_FILE"))?;
        return Ok(Some(found));
    }
    for path in BUNDLES {
        // A bundle that is there and of no use is passed over: the next is as good, and so is the embedded list.
        if let Ok(pem) = std::fs::read(path)
            && let Ok(found) = anchors(&pem, false)
        {
            log::debug!("certificate authorities: {} of {path}", found.len());
            return Ok(Some(found));
        }
    }
    log::debug!("certificate authorities: Mozilla's, embedded");
    Ok(None)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| Error::new(Code::Invalid, format!("{}: {error}", path.display())))
}

/// The certificates of a PEM text. `strict` is for files that somebody named: every certificate in it has to be one.
fn anchors(pem: &[u8], strict: bool) -> Result<Vec<TrustAnchor<'static>>, Error> {
    let mut anchors = Vec::new();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        let anchor = certificate
            .ok()
            .and_then(|der| webpki::anchor_from_trusted_cert(&der).ok().map(|a| a.to_owned()));
        match anchor {
            Some(anchor) => anchors.push(anchor),
            None if strict => {
                return Err(Error::new(Code::Invalid, format!("certificate {} can't be read", index + 1)));
            }
            None => {}
        }
    }
    if anchors.is_empty() {
        return Err(Error::new(
            Code::Invalid,
            "no certificate in it (they begin with -----BEGIN CERTIFICATE-----)",
        ));
    }
    Ok(anchors)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/root.pem");

    #[test]
    fn the_file_that_the_environment_names_is_heeded_or_an_error() {
        assert_eq!(Trust::lazily(Some(ROOT.into())).anchors().unwrap().len(), 1);
        let missing = Trust::lazily(Some("/no/such/file".into()));
        let error = missing.anchors().unwrap_err();
        assert_eq!(error.code(), Code::Invalid);
        assert!(error.message().starts_with("SSL_CERT_FILE: /no/such/file: "), "{error}");
    }

    #[test]
    fn there_are_always_authorities() {
        assert!(Trust::embedded().anchors().unwrap().len() > 100);
        assert!(!Trust::lazily(None).anchors().unwrap().is_empty());
    }

    #[test]
    fn of_a_bundle_what_cannot_be_read_is_left_out() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let bundle = broken.to_owned() + &std::fs::read_to_string(ROOT).unwrap();
        assert_eq!(anchors(bundle.as_bytes(), false).unwrap().len(), 1);
        assert!(anchors(bundle.as_bytes(), true).is_err());
        assert!(anchors(broken.as_bytes(), false).is_err());
    }
}

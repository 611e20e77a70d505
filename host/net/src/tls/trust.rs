//! [`Trust`]: the certificate authorities that are believed.

use crate::{Code, Error};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
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
        Ok(Self(Arc::new(Source::System { named, read: OnceLock::new() })))
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

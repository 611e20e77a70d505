//! TLS 1.2 and 1.3 (RFC 5246, 8446): handshakes for checks, which complete whatever the certificate, and say what is wrong
//! with it; and which versions a server offers.
//!
//! [`connect`] makes a TLS stream of any stream. With [`Verify::Report`] a bad certificate is evidence, with
//! [`Verify::Require`] an error. In both cases the peer has to prove that it has the certificate's key.
//!
//! [`offered_versions`] needs no cryptography and is in every build. Without the feature `tls`, everything else
//! answers [`Code::Unsupported`](crate::Code::Unsupported).

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod alert;
#[cfg(feature = "tls")]
mod connect;
mod evidence;
mod hello;
#[cfg(feature = "tls")]
mod name;
#[cfg(feature = "tls")]
mod oid;
#[cfg(feature = "tls")]
mod provider;
#[cfg(feature = "tls")]
mod stream;
#[cfg(feature = "tls")]
mod trust;
#[cfg(feature = "tls")]
mod verdict;
#[cfg(feature = "tls")]
mod verify;
mod versions;
#[cfg(feature = "tls")]
mod x509;

#[cfg(not(feature = "tls"))]
pub use absent::{Trust, connect};
#[cfg(feature = "tls")]
pub use connect::connect;
pub use evidence::{Certificate, Evidence};
#[cfg(feature = "tls")]
pub use trust::Trust;
pub use versions::offered_versions;

/// What a bad certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// Evidence: the handshake completes, and [`Evidence::verified`] says what is wrong.
    Report,
    /// An error, [`Code::Certificate`](crate::Code::Certificate), that says what is wrong.
    Require,
}

//! What a failed handshake is called.

use crate::{Code, Error};
use alloc::format;
use rustls::{AlertDescription, PeerIncompatible, PeerMisbehaved};

/// Where there may be nothing in common: what we have, and how to see what the peer has.
const OURS: &str = "Quoin has TLS 1.2 with ECDHE, and TLS 1.3; which versions a server offers, `probe_tls_versions: true` shows";

/// The failure in words.
pub(super) fn error(error: rustls::Error) -> Error {
    match error {
        rustls::Error::AlertReceived(alert) => {
            let name = name(alert);
            match alert {
                AlertDescription::HandshakeFailure
                | AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity => Error::new(
                    Code::Tls,
                    format!("the peer refuses the TLS handshake with the alert {name} ({OURS})"),
                ),
                AlertDescription::UnrecognisedName => Error::new(
                    Code::Tls,
                    format!("the peer does not know the server name (TLS alert {name})"),
                ),
                AlertDescription::CertificateRequired => Error::new(
                    Code::Tls,
                    format!(
                        "the peer wants a certificate of the client (TLS alert {name}), and there is none"
                    ),
                ),
                _ => Error::new(Code::Tls, format!("the peer ends the TLS session with the alert {name}")),
            }
        }
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon,
        )
        | rustls::Error::PeerMisbehaved(
            PeerMisbehaved::SelectedUnofferedCipherSuite
            | PeerMisbehaved::SelectedUnofferedKxGroup
            | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion,
        ) => Error::new(
            Code::Tls,
            format!("the peer chooses a version or cipher that we did not offer ({OURS})"),
        ),
        rustls::Error::PeerIncompatible(_) => {
            Error::new(Code::Tls, format!("the peer's TLS lacks what we need ({OURS})"))
        }
        rustls::Error::InvalidMessage(_) => {
            Error::new(Code::Protocol, "the peer does not speak TLS, or sends broken messages")
        }
        rustls::Error::InappropriateMessage { .. }
        | rustls::Error::InappropriateHandshakeMessage { .. }
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::PeerSentOversizedRecord => {
            Error::new(Code::Protocol, "the peer breaks the rules of TLS")
        }
        rustls::Error::DecryptError => {
            Error::new(Code::Protocol, "a TLS record of the peer is not what it sent: it does not decrypt")
        }
        rustls::Error::NoCertificatesPresented => Error::new(Code::Tls, "the peer has no certificate"),
        rustls::Error::InvalidCertificate(_) => Error::new(
            Code::Tls,
            "the peer does not prove that it has its certificate's key: the handshake's signature is wrong",
        ),
        rustls::Error::FailedToGetRandomBytes => {
            Error::new(Code::Other, "the system has no randomness to give")
        }
        _ => Error::new(Code::Tls, "the TLS handshake failed"),
    }
}

/// The alert's name in RFC 8446, 6.
fn name(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::UnexpectedMessage => "unexpected_message",
        AlertDescription::BadRecordMac => "bad_record_mac",
        AlertDescription::RecordOverflow => "record_overflow",
        AlertDescription::HandshakeFailure => "handshake_failure",
        AlertDescription::BadCertificate => "bad_certificate",
        AlertDescription::CertificateUnknown => "certificate_unknown",
        AlertDescription::IllegalParameter => "illegal_parameter",
        AlertDescription::AccessDenied => "access_denied",
        AlertDescription::DecodeError => "decode_error",
        AlertDescription::DecryptError => "decrypt_error",
        AlertDescription::ProtocolVersion => "protocol_version",
        AlertDescription::InsufficientSecurity => "insufficient_security",
        AlertDescription::InternalError => "internal_error",
        AlertDescription::InappropriateFallback => "inappropriate_fallback",
        AlertDescription::UserCanceled => "user_canceled",
        AlertDescription::MissingExtension => "missing_extension",
        AlertDescription::UnsupportedExtension => "unsupported_extension",
        AlertDescription::UnrecognisedName => "unrecognized_name",
        AlertDescription::CertificateRequired => "certificate_required",
        AlertDescription::NoApplicationProtocol => "no_application_protocol",
        _ => "of another kind",
    }
}

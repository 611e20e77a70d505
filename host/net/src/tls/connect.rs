//! [`connect`]: a handshake.

use super::provider::{iana_name, provider};
use super::stream::Session;
use super::verify::Verifier;
use super::{Evidence, Trust, Verify};
use crate::{Code, Error, Stream};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use core::time::Duration;
use rustls::client::Resumption;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, ProtocolVersion};

/// Makes a TLS session of a stream that is connected to `server_name`: a name (ASCII; internationalised ones encoded) or
/// an address, with or without brackets. Names are told to the server (SNI), addresses are not (RFC 6066, 3).
///
/// Sessions are not resumed, and no application protocol is negotiated. The stream that comes back tells the peer's
/// proper end (0 bytes) from a cut connection ([`Code::UnexpectedEnd`]); dropped, it sends close_notify.
///
/// # Errors
///
/// [`Code::Invalid`] for a name that TLS can't ask for; [`Code::Certificate`] with [`Verify::Require`]; [`Code::Tls`] when the peer
/// refuses, has nothing in common with us or does not prove that it has its key; [`Code::Protocol`] when it does not speak TLS;
/// [`Code::UnexpectedEnd`] when it closes in the middle; and the stream's own.
pub fn connect<'a>(
    stream: Box<dyn Stream + 'a>,
    server_name: &str,
    trust: &Trust,
    now_unix_seconds: u64,
    verify: Verify,
) -> Result<(Box<dyn Stream + 'a>, Evidence), Error> {
    let name = parse(server_name)?;
    trust.anchors()?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now_unix_seconds));
    let verifier = Arc::new(Verifier::new(trust.clone(), verify));
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(Clock(now)))
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .map_err(super::alert::error)?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    let client = ClientConnection::new(Arc::new(config), name.clone()).map_err(super::alert::error)?;
    let mut session = Session::new(client, stream);
    session.handshake().map_err(|error| verifier.failure().unwrap_or(error))?;

    let tls = session.tls();
    let version = match tls.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS 1.3",
    };
    let cipher_suite = tls.negotiated_cipher_suite().map_or("", |suite| iana_name(suite.suite()));
    let found = verifier.findings().ok_or_else(|| Error::new(Code::Tls, "the peer has no certificate"))?;
    let evidence = Evidence {
        version: version.into(),
        cipher_suite: cipher_suite.into(),
        server_name: name.to_str().to_string(),
        verified: found.verified,
        certificate: found.certificate,
        chain_length: found.chain_length,
    };
    Ok((Box::new(session), evidence))
}

/// The name that certificates have to be issued for.
fn parse(server_name: &str) -> Result<ServerName<'static>, Error> {
    let name = server_name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or_else(|| server_name.strip_suffix('.').unwrap_or(server_name));
    ServerName::try_from(name).map(|name| name.to_owned()).map_err(|_| {
        Error::new(
            Code::Invalid,
            format!(
                "`{}` is neither a DNS name nor an address: TLS can't ask for it",
                server_name.escape_debug()
            ),
        )
    })
}

/// The caller's clock, which stands still for one handshake.
#[derive(Debug)]
struct Clock(UnixTime);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}

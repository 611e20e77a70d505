//! `tcp_connect`.

use super::handshake::handshake;
use super::{Checkpoint, Gate, Operations, detail};
use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString as _};
use quoin_abi::host::{ConnectResponse, TcpRequest};
use quoin_engine::host::Destination;
use quoin_net::{Error, Stream, dns, tls};

impl Operations<'_> {
    /// Connects, and with TLS shakes hands; asks for each version of TLS on a connection of its own, to the address that
    /// the first one found.
    #[must_use]
    pub fn tcp_connect(
        &self,
        to: Destination<'_>,
        request: &TcpRequest,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        let started = self.now();
        let mut policy = Checkpoint::new(gate);
        let connected = self.network.connect(to.host, to.port, &mut policy, self.deadline);
        let mut response = ConnectResponse {
            connected: connected.is_ok(),
            address: address(to),
            response_time_ms: self.milliseconds(started),
            ..ConnectResponse::default()
        };
        let done = connected.and_then(|stream| self.look(stream, to, request, &mut response));
        response.error = done.err().map(|error| detail(&error));
        response
    }

    fn look<'a>(
        &'a self,
        stream: Box<dyn Stream + 'a>,
        to: Destination<'_>,
        request: &TcpRequest,
        response: &mut ConnectResponse,
    ) -> Result<(), Error> {
        let peer = stream.peer_addr();
        response.remote_addr = peer.to_string();
        response.local_addr = stream.local_addr().to_string();
        let name = dns::ascii_host(to.host)?;
        let shaken = request.tls.then_some(stream).map(|stream| {
            tls::connect(stream, &name, self.trust, self.unix_seconds, tls::Verify::Report)
                .map(|(_, evidence)| evidence)
        });
        // Asked even if there is no version in common; and the first connection has ended, for servers that have one at a time.
        if request.probe_tls_versions {
            let offered =
                tls::offered_versions(&mut || self.network.stack.connect(peer, self.deadline), &name);
            let offered = match (offered, &shaken) {
                (Err(_), Some(Err(error))) => return Err(error.clone()),
                (offered, _) => offered?,
            };
            if let Some(Err(error)) = &shaken {
                let message = format!("{error}; the versions that it offers: {}", offered.join(", "));
                return Err(Error::new(error.code(), message));
            }
            response.tls_versions_offered = Some(offered.into_iter().map(str::to_owned).collect());
        }
        if let Some(shaken) = shaken {
            response.handshake = handshake(shaken?);
        }
        Ok(())
    }
}

/// `host:port`, with brackets around an IPv6 address.
pub(super) fn address(to: Destination<'_>) -> String {
    let Destination { host, port } = to;
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_told_as_they_are_written() {
        for (host, text) in
            [("a", "a:22"), ("192.0.2.1", "192.0.2.1:22"), ("::1", "[::1]:22"), ("[::1]", "[::1]:22")]
        {
            assert_eq!(address(Destination { host, port: 22 }), text);
        }
    }
}

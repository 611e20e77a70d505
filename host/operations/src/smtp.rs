//! `smtp_connect`.

use super::handshake::handshake;
use super::tcp::address;
use super::{Checkpoint, Gate, Operations, detail, milliseconds};
use alloc::borrow::ToOwned as _;
use alloc::string::ToString as _;
use quoin_abi::host::{ConnectResponse, SmtpRequest};
use quoin_engine::host::Destination;
use quoin_net::smtp::{self, Greeting, Limits, Request, Security};

impl Operations<'_> {
    /// Reads a mail server's greeting and asks for its extensions, with TLS if the request says so.
    #[must_use]
    pub fn smtp_connect(
        &self,
        to: Destination<'_>,
        request: &SmtpRequest,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        let security = match (request.tls, request.starttls) {
            (true, _) => Security::Tls,
            (false, true) => Security::StartTls,
            (false, false) => Security::Plain,
        };
        let asked = Request { host: to.host.to_owned(), port: to.port, security };
        let started = self.now();
        let mut policy = Checkpoint::new(gate);
        let limits = Limits::default();
        let (network, now) = (&self.network, self.unix_seconds);
        let greeted = smtp::greet(network, &asked, self.trust, now, &mut policy, self.deadline, &limits);
        let (seen, error) = match greeted {
            Ok(greeting) => (Some(greeting), None),
            Err(failure) => (failure.seen.map(|seen| *seen), Some(detail(&failure.error))),
        };
        let response = ConnectResponse {
            connected: seen.is_some(),
            address: address(to),
            response_time_ms: self.milliseconds(started),
            error,
            ..ConnectResponse::default()
        };
        let Some(Greeting { banner, extensions, tls, remote_addr, local_addr, elapsed }) = seen else {
            return response;
        };
        ConnectResponse {
            remote_addr: remote_addr.to_string(),
            local_addr: local_addr.to_string(),
            response_time_ms: milliseconds(elapsed),
            banner,
            extensions,
            handshake: tls.map(handshake).unwrap_or_default(),
            ..response
        }
    }
}

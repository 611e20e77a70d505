//! `smtp_connect`.

use super::handshake::handshake;
use super::policy::Checkpoint;
use super::tcp::address;
use super::{Networking, detail, milliseconds, now_unix_seconds};
use quoin_abi::host::{ConnectResponse, SmtpRequest};
use quoin_engine::host::Destination;
use quoin_engine::{Deadline, Gate};
use quoin_net::smtp::{self, Greeting, Limits, Request, Security};

impl Networking {
    /// Reads a mail server's greeting and asks for its extensions, with TLS if the request says so.
    pub(crate) fn smtp_connect(
        &self,
        to: Destination<'_>,
        request: &SmtpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        let security = match (request.tls, request.starttls) {
            (true, _) => Security::Tls,
            (false, true) => Security::StartTls,
            (false, false) => Security::Plain,
        };
        let asked = Request { host: to.host.to_owned(), port: to.port, security };
        let (started, deadline) = (self.stack.now(), self.deadline(deadline));
        let mut policy = Checkpoint::new(gate);
        let now = now_unix_seconds();
        let limits = Limits::default();
        let greeted = smtp::greet(&self.network(), &asked, &self.trust, now, &mut policy, deadline, &limits);
        let (seen, error) = match greeted {
            Ok(greeting) => (Some(greeting), None),
            Err(failure) => (failure.seen.map(|seen| *seen), Some(detail(&failure.error))),
        };
        let response = ConnectResponse {
            connected: seen.is_some(),
            address: address(to),
            response_time_ms: milliseconds(self.stack.now().since(started)),
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

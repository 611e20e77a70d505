//! [`Checkpoint`]: the clients' questions, put to the engine's gate.

use alloc::string::ToString as _;
use core::net::SocketAddr;
use quoin_engine::Gate;
use quoin_engine::capability::Refusal;
use quoin_net::{Code, Error, Policy};

/// Asks the engine about every destination that a client comes upon.
pub(super) struct Checkpoint<'a, 'g> {
    gate: &'a mut Gate<'g>,
}

impl<'a, 'g> Checkpoint<'a, 'g> {
    pub(super) fn new(gate: &'a mut Gate<'g>) -> Self {
        Self { gate }
    }
}

impl Policy for Checkpoint<'_, '_> {
    fn host(&mut self, host: &str, port: u16) -> Result<(), Error> {
        self.gate.connect(host, port).map_err(refused)
    }

    fn address(&mut self, host: &str, address: SocketAddr) -> Result<(), Error> {
        self.gate.address(host, address.ip(), address.port()).map_err(refused)
    }
}

fn refused(refusal: Refusal) -> Error {
    Error::new(Code::Refused, refusal.to_string())
}

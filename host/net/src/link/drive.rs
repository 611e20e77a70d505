//! [`Drive`]: how a call gets at the node and waits for it. What stands above is written once for one thread and for many.

use super::node::{Interest, Node};
use crate::{Code, Deadline, Error, Instant};
use smoltcp::phy::Device;

pub(super) trait Drive {
    type Device: Device;

    fn now(&self) -> Instant;

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error>;

    /// Does something with the node, and sends what came of it.
    fn with<R>(&self, act: impl FnOnce(&mut Node<Self::Device>, Instant) -> R) -> R;

    /// Moves the node along until `done` answers. Until `interest` is there, `done` need not be asked a
    /// second time.
    fn wait<R>(
        &self,
        interest: Interest,
        deadline: Deadline,
        done: impl FnMut(&mut Node<Self::Device>, Instant) -> Option<R>,
    ) -> Result<R, Error>;

    /// A port of our own that nobody can predict, and that is free (RFC 6056, section 3.3.1).
    fn port(&self) -> Result<u16, Error> {
        // Half of the draws fall below the range at worst, so that a hundred in vain mean that hardly a port is free.
        for _ in 0..100 {
            let mut bytes = [0; 2];
            self.random(&mut bytes)?;
            let port = u16::from_be_bytes(bytes);
            if port >= FIRST_PORT && !self.with(|node, _| node.has_port(port)) {
                return Ok(port);
            }
        }
        Err(Code::Exhausted.into())
    }
}

/// Waits until the node has its addresses.
pub(super) fn open(stack: &impl Drive, deadline: Deadline) -> Result<(), Error> {
    stack.wait(Interest::Addresses, deadline, |node, _| node.ready()).unwrap_or_else(|error| {
        let missing = stack.with(|node, _| node.missing());
        Err(Error::new(error.code(), alloc::format!("the node has no address in time: {missing}")))
    })
}

/// Below are ports that services have, which firewalls treat in their own way.
const FIRST_PORT: u16 = 16_384;

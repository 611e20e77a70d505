//! [`Drive`]: how a call gets at the node and waits for it. What stands above is written once for one thread and for many.

use super::node::{Interest, Node};
use crate::{Code, Deadline, Error, Instant};
use core::time::Duration;
use smoltcp::phy::Device;

/// smoltcp asks to be polled at once, and then has nothing to do, now and then: not again before that has passed.
pub(super) const PAUSE: Duration = Duration::from_millis(1);

pub(super) trait Drive {
    type Device: Device;

    fn now(&self) -> Instant;

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error>;

    /// Does something with the node that moves nothing along. An error says that there is no going on.
    fn with<R>(&self, act: impl FnOnce(&mut Node<Self::Device>, Instant) -> R) -> Result<R, Error>;

    /// Gives back to the node what nobody holds any more, whether there is any going on or not. That may bring something for
    /// others who wait.
    fn release(&self, act: impl FnOnce(&mut Node<Self::Device>, Instant));

    /// Moves the node along until `done` answers. Until `interest` is there, `done` need not be asked a
    /// second time.
    fn wait<R>(
        &self,
        interest: Interest,
        deadline: Deadline,
        done: impl FnMut(&mut Node<Self::Device>, Instant) -> Option<R>,
    ) -> Result<R, Error>;

    /// A port of our own that nobody can predict, and that is free.
    fn port(&self) -> Result<u16, Error> {
        // At worst one draw in five is of use, so that a hundred in vain mean that there is hardly a port left.
        for _ in 0..100 {
            let mut bytes = [0; 2];
            self.random(&mut bytes)?;
            let port = u16::from_be_bytes(bytes);
            if self.with(|node, _| node.take_port(port))? {
                return Ok(port);
            }
        }
        Err(Code::Exhausted.into())
    }
}

/// Waits until the node has its addresses.
pub(super) fn open(stack: &impl Drive, deadline: Deadline) -> Result<(), Error> {
    stack.wait(Interest::Addresses, deadline, |node, _| node.ready()).unwrap_or_else(|error| {
        let missing = stack.with(|node, _| node.missing())?;
        Err(Error::new(error.code(), alloc::format!("the node has no address in time: {missing}")))
    })
}

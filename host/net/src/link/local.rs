//! [`LocalStack`]: a node for one thread, without `std`.

use super::drive::{Drive, PAUSE};
use super::node::{Config, Interest, Node};
use super::{tcp, udp};
use crate::{Deadline, Error, Instant, Stack, Stream};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::{IpAddr, SocketAddr};
use smoltcp::phy::Device;

/// What firmware, or a test, gives a [`LocalStack`]: time, randomness, and a way to wait.
pub trait Platform {
    /// Now, on a monotonic clock.
    fn now(&self) -> Instant;

    /// Fills `bytes` with what nobody can predict.
    ///
    /// # Errors
    ///
    /// Where there is no randomness to have.
    fn random(&self, bytes: &mut [u8]) -> Result<(), Error>;

    /// Returns when a packet may have come for the device, at `until` at the latest (`wfi` does). It may return early.
    fn idle(&self, until: Instant);
}

/// A stack on a device, for one thread.
pub struct LocalStack<D: Device, P> {
    node: RefCell<Node<D>>,
    platform: P,
}

impl<D: Device, P: Platform> LocalStack<D, P> {
    /// A node on `device`, which is ready when every address is there that it is to have.
    ///
    /// # Errors
    ///
    /// [`Code::TimedOut`](crate::Code::TimedOut) with what is missing at the deadline, [`Code::AddressNotAvailable`](crate::Code::AddressNotAvailable) where somebody else has the address,
    /// and those of [`Node::new`] and [`Platform::random`].
    pub fn open(device: D, config: &Config, platform: P, deadline: Deadline) -> Result<Self, Error> {
        let mut seed = [0; 8];
        platform.random(&mut seed)?;
        let node = Node::new(device, config, u64::from_ne_bytes(seed), platform.now())?;
        let stack = Self { node: RefCell::new(node), platform };
        super::drive::open(&stack, deadline)?;
        Ok(stack)
    }

    /// What `look` sees of the node.
    pub fn node<R>(&self, look: impl FnOnce(&Node<D>) -> R) -> R {
        look(&self.node.borrow())
    }
}

impl<D: Device, P: Platform> Drive for LocalStack<D, P> {
    type Device = D;

    fn now(&self) -> Instant {
        self.platform.now()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.platform.random(bytes)
    }

    fn with<R>(&self, act: impl FnOnce(&mut Node<D>, Instant) -> R) -> Result<R, Error> {
        Ok(act(&mut self.node.borrow_mut(), self.platform.now()))
    }

    fn release(&self, act: impl FnOnce(&mut Node<D>, Instant)) {
        act(&mut self.node.borrow_mut(), self.platform.now());
    }

    fn wait<R>(
        &self,
        interest: Interest,
        deadline: Deadline,
        mut done: impl FnMut(&mut Node<D>, Instant) -> Option<R>,
    ) -> Result<R, Error> {
        let mut first = true;
        loop {
            let now = self.platform.now();
            let mut node = self.node.borrow_mut();
            let more = node.poll(now);
            // The first time, it may begin something that it then waits for.
            if (core::mem::take(&mut first) || node.has(interest, now))
                && let Some(answer) = done(&mut node, now)
            {
                return Ok(answer);
            }
            deadline.left(now)?;
            if !more {
                // smoltcp asks to be polled at once, and has nothing to do, now and then.
                let soon = Deadline::after(now, PAUSE).at();
                let until = node.poll_at(now).map_or(deadline.at(), |at| at.max(soon).min(deadline.at()));
                drop(node);
                self.platform.idle(until);
            }
        }
    }
}

impl<D: Device, P: Platform> Stack for LocalStack<D, P> {
    fn now(&self) -> Instant {
        self.platform.now()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.platform.random(bytes)
    }

    fn connect_by(
        &self,
        to: SocketAddr,
        connected: Deadline,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + '_>, Error> {
        Ok(Box::new(tcp::connect(self, to, connected, deadline)?))
    }

    fn exchange(
        &self,
        to: SocketAddr,
        datagram: &[u8],
        deadline: Deadline,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error> {
        udp::exchange(self, to, datagram, deadline, accept)
    }

    fn name_servers(&self) -> Vec<IpAddr> {
        self.node.borrow().name_servers()
    }
}

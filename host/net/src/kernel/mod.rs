//! [`KernelStack`]: the kernel's own sockets, without waiting in them, and so with deadlines that hold.

mod errno;
mod stream;
mod udp;
mod wait;

use crate::{Cancel, Deadline, Error, Instant, Stack, Stream, random};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use rustix::fd::OwnedFd;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::time::{ClockId, clock_gettime};

/// The kernel's sockets. It needs no privilege, and reaches what this machine reaches.
///
/// ```
/// use quoin_net::{Code, Deadline, Stack, kernel::KernelStack};
/// use std::time::Duration;
///
/// let stack = KernelStack::new();
/// let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
/// let refused = stack.connect("127.0.0.1:1".parse().unwrap(), deadline).err().unwrap();
/// assert_eq!(refused.code(), Code::ConnectionRefused);
/// ```
#[derive(Debug, Clone, Default)]
pub struct KernelStack {
    cancel: Cancel,
}

impl KernelStack {
    /// One that nothing interrupts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One whose waits end when `cancel` is told to.
    #[must_use]
    pub fn with_cancel(cancel: Cancel) -> Self {
        Self { cancel }
    }

    /// What is left until the deadline, if nothing interrupts.
    fn go_on(&self, deadline: Deadline) -> Result<Duration, Error> {
        self.cancel.check()?;
        deadline.left(self.now())
    }

    fn socket(to: SocketAddr, kind: SocketType) -> Result<OwnedFd, Error> {
        let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        socket_with(family, kind, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None)
            .map_err(|errno| errno::of_socket(errno, to))
    }
}

impl Stack for KernelStack {
    /// Linux' monotonic clock (`CLOCK_MONOTONIC`).
    fn now(&self) -> Instant {
        let now = clock_gettime(ClockId::Monotonic);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        let nanos = u64::try_from(now.tv_nsec).unwrap_or_default();
        Instant::from_nanos(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        random::fill(bytes)
    }

    fn connect_by(
        &self,
        to: SocketAddr,
        connected: Deadline,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + '_>, Error> {
        Ok(Box::new(self.connect_tcp(to, connected.earlier(deadline), deadline)?))
    }

    fn exchange(
        &self,
        to: SocketAddr,
        datagram: &[u8],
        deadline: Deadline,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error> {
        self.exchange_udp(to, datagram, deadline, accept)
    }

    fn name_servers(&self) -> Vec<IpAddr> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests;

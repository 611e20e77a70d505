//! UDP: one datagram out, and the one that answers it.

use super::{KernelStack, errno};
use crate::{Deadline, Error};
use alloc::vec::Vec;
use core::net::SocketAddr;
use rustix::event::PollFlags;
use rustix::fd::AsFd;
use rustix::net::{RecvFlags, SendFlags, SocketType, connect, recv, send};

/// The longest datagram that is taken. What asks over UDP here says that it takes much less (RFC 6891, 6.2.3), and a
/// longer one was never asked for.
const LONGEST: usize = 4_096;

impl KernelStack {
    pub(super) fn exchange_udp(
        &self,
        to: SocketAddr,
        datagram: &[u8],
        deadline: Deadline,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error> {
        self.go_on(deadline)?;
        let socket = Self::socket(to, SocketType::DGRAM)?;
        // The kernel picks a random port here, lets only `to` send to it, and tells of ICMP errors.
        connect(&socket, &to).map_err(errno::error)?;
        let socket = socket.as_fd();
        self.retry(socket, PollFlags::OUT, deadline, || send(socket, datagram, SendFlags::NOSIGNAL))?;
        let mut buffer = [0; LONGEST];
        loop {
            let (taken, whole) = self
                .retry(socket, PollFlags::IN, deadline, || recv(socket, &mut buffer[..], RecvFlags::TRUNC))?;
            if taken == whole && accept(&buffer[..taken]) {
                return Ok(buffer[..taken].to_vec());
            }
        }
    }
}

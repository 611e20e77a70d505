//! TCP: connecting, and the connection.

use super::{KernelStack, errno};
use crate::{Code, Deadline, Error, Stream};
use core::net::SocketAddr;
use rustix::event::PollFlags;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::sockopt::set_tcp_nodelay;
use rustix::net::{RecvFlags, SendFlags, SocketType, connect, getpeername, getsockname, recv, send};

/// A connection of the kernel's.
pub(super) struct KernelStream<'a> {
    stack: &'a KernelStack,
    socket: OwnedFd,
    deadline: Deadline,
    local: SocketAddr,
    peer: SocketAddr,
}

impl KernelStack {
    /// Connects, without waiting in the call: what came of an attempt is learnt by calling again. Linux answers that with the
    /// attempt's error, or that there is a connection (`__inet_stream_connect` in `net/ipv4/af_inet.c`). `SO_ERROR`, the usual
    /// way, is a number inside an answer, and emulators of other processors (QEMU's before version 8) hand it on as it is:
    /// a refused connection is 111 here and 146 on MIPS.
    pub(super) fn connect_tcp(
        &self,
        to: SocketAddr,
        connected: Deadline,
        deadline: Deadline,
    ) -> Result<KernelStream<'_>, Error> {
        self.go_on(connected)?;
        let socket = Self::socket(to, SocketType::STREAM)?;
        loop {
            match connect(&socket, &to) {
                Ok(()) | Err(Errno::ISCONN) => break,
                // An interrupted attempt goes on by itself (connect(2)).
                Err(Errno::INPROGRESS | Errno::ALREADY | Errno::INTR) => {
                    self.ready(socket.as_fd(), PollFlags::OUT, connected)?;
                }
                Err(Errno::ADDRNOTAVAIL) => return Err(Self::no_address(to)),
                Err(error) => return Err(errno::error(error)),
            }
        }
        let local = getsockname(&socket).and_then(TryInto::try_into).map_err(errno::error)?;
        // One that has been reset already has no peer.
        let peer = match getpeername(&socket) {
            Ok(Some(peer)) => peer.try_into().map_err(errno::error)?,
            Ok(None) | Err(Errno::NOTCONN) => return Err(Code::ConnectionReset.into()),
            Err(error) => return Err(errno::error(error)),
        };
        if local == peer {
            // The kernel gave us the very port that we wanted to reach, and we reached ourselves (RFC 9293, 3.5, a
            // simultaneous open): nothing listens there.
            return Err(Code::ConnectionRefused.into());
        }
        // Requests are written whole; none should wait for the acknowledgement of the one before.
        set_tcp_nodelay(&socket, true).map_err(errno::error)?;
        Ok(KernelStream { stack: self, socket, deadline, local, peer })
    }

    /// What EADDRNOTAVAIL of connect(2) means: that there is no address of that family to connect from, or no port. Ports of
    /// UDP are others, and nothing is sent.
    fn no_address(to: SocketAddr) -> Error {
        match Self::socket(to, SocketType::DGRAM).map(|probe| connect(&probe, &to)) {
            Err(_) | Ok(Err(Errno::ADDRNOTAVAIL | Errno::NETUNREACH)) => Code::NetworkUnreachable.into(),
            Ok(_) => Error::new(Code::Exhausted, "no port is left to connect from"),
        }
    }
}

impl embedded_io::ErrorType for KernelStream<'_> {
    type Error = Error;
}

impl embedded_io::Read for KernelStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let socket = self.socket.as_fd();
        self.stack.retry(socket, PollFlags::IN, self.deadline, || {
            recv(socket, &mut *buffer, RecvFlags::empty()).map(|(n, _)| n)
        })
    }
}

impl embedded_io::Write for KernelStream<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let socket = self.socket.as_fd();
        // A peer that has gone is an error and no signal.
        self.stack.retry(socket, PollFlags::OUT, self.deadline, || send(socket, bytes, SendFlags::NOSIGNAL))
    }

    /// What has been written is the kernel's to send.
    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Stream for KernelStream<'_> {
    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    fn peer_addr(&self) -> SocketAddr {
        self.peer
    }
}

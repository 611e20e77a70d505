//! TCP connections (RFC 9293) on a node: made, read, written, and closed when nobody holds them any more.

use super::drive::Drive;
use super::icmp::Transport;
use super::node::{Interest, Node, moment};
use crate::{Code, Deadline, Error, Instant, Stream};
use alloc::vec;
use core::net::{IpAddr, SocketAddr};
use smoltcp::iface::SocketHandle;
use smoltcp::phy::Device;
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};

/// The address that speaks to `to`, once `to`, or the router on the way there, is known to be on the link.
fn source<S: Drive>(stack: &S, to: IpAddr, deadline: Deadline) -> Result<IpAddr, Error> {
    let mut asked = false;
    stack.wait(Interest::Path(to), deadline, |node, now| node.path(to, &mut asked, now))?
}

pub(super) fn connect<S: Drive>(
    stack: &S,
    to: SocketAddr,
    connected: Deadline,
    deadline: Deadline,
) -> Result<TcpStream<'_, S>, Error> {
    let connected = connected.earlier(deadline);
    let remote = SocketAddr::new(to.ip().to_canonical(), to.port());
    connected.left(stack.now())?;
    if remote.port() == 0 {
        return Err(Code::AddressNotAvailable.into());
    }
    if stack.with(|node, _| node.is_for_many(remote.ip()))? {
        return Err(Code::NetworkUnreachable.into());
    }
    let local = SocketAddr::new(source(stack, remote.ip(), connected)?, stack.port()?);
    let socket = stack.with(|node, now| node.connect(local, remote, now))??;
    // From here on the socket is freed with the stream.
    let stream = TcpStream { stack, socket, local, remote, deadline };
    stack.wait(Interest::Connected(socket), connected, |node, _| node.connected(socket))??;
    Ok(stream)
}

impl<D: Device> Node<D> {
    fn connect(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        now: Instant,
    ) -> Result<SocketHandle, Error> {
        self.room(now)?;
        let receive = SocketBuffer::new(vec![0; self.limits.receive]);
        let send = SocketBuffer::new(vec![0; self.limits.send]);
        let mut socket = Socket::new(receive, send);
        // What is written is complete, as far as we know, and to wait for more only costs time.
        socket.set_nagle_enabled(false);
        let answer = socket.connect(self.interface.context(), remote, local);
        answer.map_err(|_| Code::AddressNotAvailable)?;
        Ok(self.add(socket, Transport::Tcp, local, remote))
    }

    fn connected(&mut self, handle: SocketHandle) -> Option<Result<(), Error>> {
        let answer = match (self.error(handle), self.sockets.get::<Socket<'_>>(handle).state()) {
            (_, State::SynSent | State::SynReceived) if self.error(handle).is_none() => return None,
            (Some(code), State::SynSent | State::SynReceived) => Err(code.into()),
            // A reset, and nothing else, ends it here.
            (_, State::Closed) => Err(Code::ConnectionRefused.into()),
            _ => Ok(()),
        };
        self.forget(handle);
        Some(answer)
    }

    /// Whether more than a quarter of what fits waits to be read.
    fn has_plenty(&self, handle: SocketHandle) -> bool {
        let socket = self.sockets.get::<Socket<'_>>(handle);
        socket.recv_queue() > socket.recv_capacity() / 4
    }

    fn receive(&mut self, handle: SocketHandle, buffer: &mut [u8]) -> Option<Result<usize, Error>> {
        let socket = self.sockets.get_mut::<Socket<'_>>(handle);
        if socket.can_recv() {
            return Some(socket.recv_slice(buffer).map_err(|_| Code::ConnectionReset.into()));
        }
        if socket.may_recv() {
            return None;
        }
        // The error tells whether the peer has come to its end.
        Some(match socket.recv_slice(buffer) {
            Err(smoltcp::socket::tcp::RecvError::Finished) | Ok(_) => Ok(0),
            Err(smoltcp::socket::tcp::RecvError::InvalidState) => Err(Code::ConnectionReset.into()),
        })
    }

    fn send(&mut self, handle: SocketHandle, bytes: &[u8]) -> Option<Result<usize, Error>> {
        let socket = self.sockets.get_mut::<Socket<'_>>(handle);
        if !socket.may_send() {
            return Some(Err(Code::ConnectionReset.into()));
        }
        socket.can_send().then(|| socket.send_slice(bytes).map_err(|_| Code::ConnectionReset.into()))
    }

    /// Nobody holds it any more: it is closed, or reset, where the peer has sent what nobody has read (RFC 2525, section 2.17).
    fn let_go(&mut self, handle: SocketHandle, now: Instant) {
        self.forget(handle);
        let socket = self.sockets.get_mut::<Socket<'_>>(handle);
        match socket.state() {
            // smoltcp would answer a connection that was never made with a reset.
            State::SynSent => {
                self.sockets.remove(handle);
                return;
            }
            _ if socket.recv_queue() > 0 => socket.abort(),
            _ => socket.close(),
        }
        self.closing.push((handle, Deadline::after(now, self.limits.linger).at()));
        if self.closing.len() > self.limits.closing {
            let (oldest, _) = self.closing[0];
            self.sockets.get_mut::<Socket<'_>>(oldest).abort();
        }
        self.poll(now);
    }

    /// Frees connections that are closed. TIME-WAIT is not waited for: ports are drawn at random, and thousands of checks are to use no
    /// more memory than ten.
    pub(super) fn reap(&mut self, now: Instant) {
        let mut reset = false;
        for (handle, until) in &self.closing {
            let socket = self.sockets.get_mut::<Socket<'_>>(*handle);
            if *until <= now && socket.state() != State::Closed {
                socket.abort();
                reset = true;
            }
        }
        if reset {
            self.interface.poll_egress(moment(now), &mut self.device, &mut self.sockets);
        }
        let mut closing = core::mem::take(&mut self.closing);
        closing.retain(|(handle, until)| {
            let socket = self.sockets.get::<Socket<'_>>(*handle);
            // A closed one that still knows its peer has a reset to send.
            let closed = socket.state() == State::Closed && socket.remote_endpoint().is_none();
            let keep = *until > now && !closed && socket.state() != State::TimeWait;
            if !keep {
                self.sockets.remove(*handle);
            }
            keep
        });
        self.closing = closing;
    }
}

/// A connection over a node.
pub(super) struct TcpStream<'a, S: Drive> {
    stack: &'a S,
    socket: SocketHandle,
    local: SocketAddr,
    remote: SocketAddr,
    deadline: Deadline,
}

impl<S: Drive> embedded_io::ErrorType for TcpStream<'_, S> {
    type Error = Error;
}

impl<S: Drive> embedded_io::Read for TcpStream<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let socket = self.socket;
        // As long as there is plenty, nobody need look for more: the peer sends more at once when it is told at once that there is room.
        self.deadline.left(self.stack.now())?;
        let plenty = |node: &mut Node<S::Device>, _| {
            if node.has_plenty(socket) { node.receive(socket, buffer) } else { None }
        };
        if let Some(read) = self.stack.with(plenty)? {
            return read;
        }
        self.stack.wait(Interest::Readable(socket), self.deadline, |node, _| node.receive(socket, buffer))?
    }
}

impl<S: Drive> embedded_io::Write for TcpStream<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let socket = self.socket;
        self.stack.wait(Interest::Writable(socket), self.deadline, |node, now| {
            let sent = node.send(socket, bytes);
            if sent.is_some() {
                node.poll(now);
            }
            sent
        })?
    }

    /// What is written goes out as soon as the peer takes it; nothing is held back.
    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl<S: Drive> Stream for TcpStream<'_, S> {
    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    fn peer_addr(&self) -> SocketAddr {
        self.remote
    }
}

impl<S: Drive> Drop for TcpStream<'_, S> {
    fn drop(&mut self) {
        self.stack.release(|node, now| node.let_go(self.socket, now));
    }
}

//! Datagrams (RFC 768): one is sent, and one is waited for that answers it.

use super::drive::Drive;
use super::icmp::Transport;
use super::node::{Interest, Node};
use crate::{Code, Deadline, Error, Instant};
use alloc::vec;
use alloc::vec::Vec;
use core::net::SocketAddr;
use smoltcp::iface::SocketHandle;
use smoltcp::phy::Device;
use smoltcp::socket::udp::{PacketBuffer, PacketMetadata, Socket};

/// Datagrams that may wait for us to look at them, and their bytes. They come one to a packet, for fragments are not put together.
const DATAGRAMS: usize = 4;
const BYTES: usize = 4096;

pub(super) fn exchange<S: Drive>(
    stack: &S,
    to: SocketAddr,
    datagram: &[u8],
    deadline: Deadline,
    accept: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Vec<u8>, Error> {
    let remote = SocketAddr::new(to.ip().to_canonical(), to.port());
    deadline.left(stack.now())?;
    if remote.port() == 0 {
        return Err(Code::AddressNotAvailable.into());
    }
    // As Linux does without SO_BROADCAST.
    if remote.ip().is_ipv4()
        && !remote.ip().is_multicast()
        && stack.with(|node, _| node.is_for_many(remote.ip()))?
    {
        return Err(Code::PermissionDenied.into());
    }
    let mut asked = false;
    let source = stack.wait(Interest::Path(remote.ip()), deadline, |node, now| {
        let path = node.path(remote.ip(), &mut asked, now)?;
        if path.as_ref().is_err_and(|error| error.code() == Code::HostUnreachable) {
            // A datagram's sender is not told that a neighbour is silent, so it goes on being asked for.
            asked = false;
            return None;
        }
        Some(path)
    })??;
    let local = SocketAddr::new(source, stack.port()?);
    let socket = stack.with(|node, now| node.bind(local, remote, datagram, now))??;
    let freed = Bound { stack, socket };
    stack
        .wait(Interest::Datagram(socket), deadline, |node, _| {
            node.answer(socket, remote, accept).or_else(|| node.error(socket).map(|code| Err(code.into())))
        })
        .and_then(|answer| {
            drop(freed);
            answer
        })
}

struct Bound<'a, S: Drive> {
    stack: &'a S,
    socket: SocketHandle,
}

impl<S: Drive> Drop for Bound<'_, S> {
    fn drop(&mut self) {
        self.stack.release(|node, _| {
            node.forget(self.socket);
            node.sockets.remove(self.socket);
        });
    }
}

impl<D: Device> Node<D> {
    fn bind(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        datagram: &[u8],
        now: Instant,
    ) -> Result<SocketHandle, Error> {
        self.room(now)?;
        let headers = if remote.is_ipv4() { 28 } else { 48 };
        let longest = smoltcp::phy::Device::capabilities(&self.device).ip_mtu().saturating_sub(headers);
        if datagram.len() > longest {
            let message =
                alloc::format!("a datagram of {} bytes is longer than the link's {longest}", datagram.len());
            return Err(Error::new(Code::TooLarge, message));
        }
        let metadata = |count| vec![PacketMetadata::EMPTY; count];
        let receive = PacketBuffer::new(metadata(DATAGRAMS), vec![0; BYTES]);
        let send = PacketBuffer::new(metadata(1), vec![0; datagram.len().max(1)]);
        let mut socket = Socket::new(receive, send);
        socket.bind(local).map_err(|_| Code::AddressNotAvailable)?;
        socket
            .send_slice(datagram, smoltcp::wire::IpEndpoint::from(remote))
            .map_err(|_| Code::AddressNotAvailable)?;
        Ok(self.add(socket, Transport::Udp, local, remote))
    }

    fn answer(
        &mut self,
        handle: SocketHandle,
        remote: SocketAddr,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Option<Result<Vec<u8>, Error>> {
        let socket = self.sockets.get_mut::<Socket<'_>>(handle);
        while let Ok((datagram, from)) = socket.recv() {
            if from.endpoint == remote.into() && accept(datagram) {
                return Some(Ok(datagram.to_vec()));
            }
        }
        None
    }
}

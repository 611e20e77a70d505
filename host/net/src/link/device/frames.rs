//! [`LinkDevice`]: frames that go through a descriptor, each with a `virtio_net_hdr` before it.
//!
//! The header is why checksums and merged frames come out right. Between virtual interfaces of one machine the kernel leaves checksums
//! undone, and segments merged to as many as 64 KiB; it does the work only where a frame meets hardware. The header says which frames
//! those are, and which ones the hardware has verified. We verify all others, instead of smoltcp.

use smoltcp::phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::wire::{IpAddress, IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket, UdpPacket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// `struct virtio_net_hdr` of the kernel's `linux/virtio_net.h`, in the machine's byte order.
const HEADER: usize = 10;
/// Its flag for a checksum that is undone, because the frame has not left this machine, and the one for a checksum that is right.
const NEEDS_CHECKSUM: u8 = 1;
const VERIFIED: u8 = 2;

const ETHERNET: usize = 14;
/// The longest IP packet, with the headers before it, and some room for tags.
const LONGEST: usize = HEADER + 18 + 65_535;

/// A device of Linux: an AF_PACKET socket, a TAP or a TUN device.
pub struct LinkDevice {
    descriptor: OwnedFd,
    medium: Medium,
    mtu: usize,
    received: Vec<u8>,
    sent: Vec<u8>,
}

impl LinkDevice {
    /// `descriptor` reads and writes frames with a header, and does not block. `mtu` is the longest IP packet.
    pub(super) fn new(descriptor: OwnedFd, medium: Medium, mtu: usize) -> Self {
        Self { descriptor, medium, mtu, received: vec![0; LONGEST], sent: Vec::new() }
    }
}

impl AsFd for LinkDevice {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl Device for LinkDevice {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sent<'a>;

    fn receive(&mut self, _: smoltcp::time::Instant) -> Option<(Received<'_>, Sent<'_>)> {
        // No frame, or none that the kernel can describe, or the interface is down: the next call may bring one.
        let length = rustix::io::read(&self.descriptor, &mut self.received[..]).ok()?;
        let frame = match self.received.get(..length).and_then(|bytes| bytes.split_at_checked(HEADER)) {
            Some((header, frame)) if header[0] & (NEEDS_CHECKSUM | VERIFIED) != 0 => frame,
            Some((_, frame)) if is_intact(frame, self.medium) => frame,
            // smoltcp passes over frames that are empty.
            _ => &[],
        };
        Some((Received(frame), Sent { descriptor: &self.descriptor, buffer: &mut self.sent }))
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Sent<'_>> {
        Some(Sent { descriptor: &self.descriptor, buffer: &mut self.sent })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = self.medium;
        capabilities.checksum.tcp = Checksum::Tx;
        capabilities.checksum.udp = Checksum::Tx;
        capabilities.max_transmission_unit =
            self.mtu + if self.medium == Medium::Ethernet { ETHERNET } else { 0 };
        capabilities
    }
}

pub struct Received<'a>(&'a [u8]);

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(self.0)
    }
}

pub struct Sent<'a> {
    descriptor: &'a OwnedFd,
    buffer: &'a mut Vec<u8>,
}

impl TxToken for Sent<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        self.buffer.clear();
        self.buffer.resize(HEADER + length, 0);
        let result = fill(&mut self.buffer[HEADER..]);
        // A frame that the kernel has no room for is lost, as others are on the way.
        if let Err(error) = rustix::io::write(self.descriptor, self.buffer) {
            log::debug!("a frame of {length} bytes was not sent: {error}");
        }
        result
    }
}

/// Whether the checksum of a frame's TCP segment or UDP datagram is right. Of anything else it is smoltcp's matter.
fn is_intact(frame: &[u8], medium: Medium) -> bool {
    let packet = if medium == Medium::Ethernet { frame.get(ETHERNET..).unwrap_or_default() } else { frame };
    let (from, to, protocol, payload): (IpAddress, IpAddress, _, _) =
        match packet.first().map(|first| first >> 4) {
            Some(4) => match Ipv4Packet::new_checked(packet) {
                Ok(ip) => (ip.src_addr().into(), ip.dst_addr().into(), ip.next_header(), ip.payload()),
                Err(_) => return true,
            },
            Some(6) => match Ipv6Packet::new_checked(packet) {
                Ok(ip) => (ip.src_addr().into(), ip.dst_addr().into(), ip.next_header(), ip.payload()),
                Err(_) => return true,
            },
            _ => return true,
        };
    match protocol {
        IpProtocol::Tcp => TcpPacket::new_checked(payload).is_ok_and(|tcp| tcp.verify_checksum(&from, &to)),
        IpProtocol::Udp => UdpPacket::new_checked(payload).is_ok_and(|udp| udp.verify_checksum(&from, &to)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::event::{EventfdFlags, eventfd};
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{Ipv4Repr, UdpRepr};
    use std::os::unix::net::UnixDatagram;

    /// An Ethernet frame with a datagram.
    fn frame() -> Vec<u8> {
        let (from, to) = ("192.0.2.1".parse().unwrap(), "192.0.2.5".parse().unwrap());
        let mut frame = vec![0; 14 + 20 + 8 + 5];
        frame[12] = 8;
        let ip = Ipv4Repr {
            src_addr: from,
            dst_addr: to,
            next_header: IpProtocol::Udp,
            payload_len: 13,
            hop_limit: 64,
        };
        let all = ChecksumCapabilities::default();
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut frame[14..]), &all);
        let datagram = UdpRepr { src_port: 53, dst_port: 40_000 };
        let mut packet = UdpPacket::new_unchecked(&mut frame[34..]);
        datagram.emit(
            &mut packet,
            &from.into(),
            &to.into(),
            5,
            |payload| payload.copy_from_slice(b"hello"),
            &all,
        );
        frame
    }

    #[test]
    fn a_checksum_is_verified_unless_the_header_says_otherwise() {
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let mut device = LinkDevice::new(ours.into(), Medium::Ethernet, 1500);
        let mut passes = |flags: u8, frame: &[u8]| {
            let header = [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            theirs.send(&[&header, frame].concat()).unwrap();
            let (frame, _) = device.receive(smoltcp::time::Instant::ZERO).unwrap();
            frame.consume(|frame| !frame.is_empty())
        };
        let (right, mut wrong) = (frame(), frame());
        wrong[46] ^= 1;
        assert!(passes(0, &right));
        assert!(!passes(0, &wrong));
        assert!(passes(NEEDS_CHECKSUM, &wrong) && passes(VERIFIED, &wrong));
        for length in 0..right.len() {
            passes(0, &right[..length]);
        }
    }

    #[test]
    fn a_device_without_a_frame_has_none() {
        let empty = eventfd(0, EventfdFlags::NONBLOCK).unwrap();
        let mut device = LinkDevice::new(empty, Medium::Ip, 1500);
        assert!(device.receive(smoltcp::time::Instant::ZERO).is_none());
        assert_eq!(device.capabilities().max_transmission_unit, 1500);
    }
}

//! [`LinkDevice`]: frames that go through a descriptor, each with a `virtio_net_hdr` before it.
//!
//! The header is why checksums and merged frames come out right. Between virtual interfaces of one machine the kernel leaves checksums
//! undone, and segments merged to as many as 64 KiB; it does the work only where a frame meets hardware. The header says which frames
//! those are, and we do what is missing, so that all others are still verified.

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::wire::checksum;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// `struct virtio_net_hdr` of the kernel's `linux/virtio_net.h`, in the machine's byte order.
const HEADER: usize = 10;
/// Its flag for a checksum that is undone.
const NEEDS_CHECKSUM: u8 = 1;

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
        let frame = match self.received.get_mut(..length).and_then(|bytes| bytes.split_at_mut_checked(HEADER))
        {
            Some((header, frame)) => {
                complete(header, frame);
                &*frame
            }
            None => &[],
        };
        Some((Received(frame), Sent { descriptor: &self.descriptor, buffer: &mut self.sent }))
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Sent<'_>> {
        Some(Sent { descriptor: &self.descriptor, buffer: &mut self.sent })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = self.medium;
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

/// Does the checksum of a frame for which that was left to the hardware. Its field holds the sum of the pseudo-header.
fn complete(header: &[u8], frame: &mut [u8]) {
    let field = |at: usize| usize::from(u16::from_ne_bytes([header[at], header[at + 1]]));
    let (start, offset) = (field(6), field(8));
    let inside = start + offset + 2 <= frame.len();
    if header[0] & NEEDS_CHECKSUM != 0 && inside {
        let sum = match !checksum::data(&frame[start..]) {
            // In UDP, zero would say that there is none (RFC 768); in TCP it is the same number.
            0 => 0xffff,
            sum => sum,
        };
        frame[start + offset..start + offset + 2].copy_from_slice(&u16::to_be_bytes(sum));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{IpAddress, UdpPacket, UdpRepr};

    #[test]
    fn a_checksum_that_was_left_undone_is_done() {
        let (from, to) = (IpAddress::v4(192, 0, 2, 1), IpAddress::v4(192, 0, 2, 5));
        let datagram = UdpRepr { src_port: 53, dst_port: 40_000 };
        let mut frame = vec![0; 34 + 8 + 5];
        let mut packet = UdpPacket::new_unchecked(&mut frame[34..]);
        datagram.emit(
            &mut packet,
            &from,
            &to,
            5,
            |payload| payload.copy_from_slice(b"hello"),
            &ChecksumCapabilities::ignored(),
        );
        let pseudo = [192, 0, 2, 1, 192, 0, 2, 5, 0, 17, 0, 13];
        frame[40..42].copy_from_slice(&checksum::data(&pseudo).to_be_bytes());
        let mut header = [0; HEADER];
        header[0] = NEEDS_CHECKSUM;
        header[6..8].copy_from_slice(&34_u16.to_ne_bytes());
        header[8..10].copy_from_slice(&6_u16.to_ne_bytes());
        assert!(!UdpPacket::new_unchecked(&frame[34..]).verify_checksum(&from, &to));
        complete(&header, &mut frame);
        assert!(UdpPacket::new_unchecked(&frame[34..]).verify_checksum(&from, &to));
    }

    #[test]
    fn a_header_that_points_elsewhere_changes_nothing() {
        for (start, offset) in [(0, 40), (39, 0), (0xffff, 0xffff)] {
            let mut frame = vec![7; 40];
            let mut header = [0; HEADER];
            header[0] = NEEDS_CHECKSUM;
            header[6..8].copy_from_slice(&u16::to_ne_bytes(start));
            header[8..10].copy_from_slice(&u16::to_ne_bytes(offset));
            complete(&header, &mut frame);
            assert_eq!(frame, [7; 40]);
        }
    }
}

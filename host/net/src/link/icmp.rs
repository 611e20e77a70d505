//! ICMP errors: which of our packets they are about, and what they mean.
//!
//! smoltcp leaves them aside. A firewall's `reject` is one, so they are half of what a check wants to know. Their codes become
//! the errors that Linux makes of them (`icmp_err_convert` in `net/ipv4/icmp.c`, `icmpv6_err_convert` in `net/ipv6/icmp.c`).

use crate::Code;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What carries a flow, by its number in the IP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Tcp,
    Udp,
}

impl Transport {
    fn numbered(number: u8) -> Option<Self> {
        match number {
            6 => Some(Self::Tcp),
            17 => Some(Self::Udp),
            _ => None,
        }
    }
}

/// An error that came, about a packet that carried this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreachable {
    pub(super) transport: Transport,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// The packet's TCP sequence number. Who has not seen the packet would have to guess it.
    pub(super) sequence: u32,
    pub(super) code: Code,
    /// Linux tells UDP sockets only of these; of the others they hear nothing, as routes may come back.
    pub(super) fatal: bool,
}

/// Reads an ICMP message (RFC 792), whose checksum has been verified.
pub(super) fn v4(message: &[u8]) -> Option<Unreachable> {
    let (code, fatal) = meaning_v4(*message.first()?, *message.get(1)?)?;
    let packet = message.get(8..)?;
    let header = usize::from(packet.first()? & 0x0f) * 4;
    let fragment = u16::from_be_bytes(array(packet, 6)?) & 0x1fff;
    if packet[0] >> 4 != 4 || header < 20 || fragment != 0 {
        return None;
    }
    let local = Ipv4Addr::from(array(packet, 12)?);
    let remote = Ipv4Addr::from(array(packet, 16)?);
    about(*packet.get(9)?, local.into(), remote.into(), packet.get(header..)?, code, fatal)
}

/// Reads an ICMPv6 message (RFC 4443), whose checksum has been verified. We send no extension headers, so that none come back.
pub(super) fn v6(message: &[u8]) -> Option<Unreachable> {
    let (code, fatal) = meaning_v6(*message.first()?, *message.get(1)?)?;
    let packet = message.get(8..)?;
    if packet.first()? >> 4 != 6 {
        return None;
    }
    let local = Ipv6Addr::from(array::<16>(packet, 8)?);
    let remote = Ipv6Addr::from(array::<16>(packet, 24)?);
    about(*packet.get(6)?, local.into(), remote.into(), packet.get(40..)?, code, fatal)
}

fn about(
    protocol: u8,
    local: IpAddr,
    remote: IpAddr,
    segment: &[u8],
    code: Code,
    fatal: bool,
) -> Option<Unreachable> {
    Some(Unreachable {
        transport: Transport::numbered(protocol)?,
        local: SocketAddr::new(local, u16::from_be_bytes(array(segment, 0)?)),
        remote: SocketAddr::new(remote, u16::from_be_bytes(array(segment, 2)?)),
        sequence: u32::from_be_bytes(array(segment, 4)?),
        code,
        fatal,
    })
}

fn meaning_v4(kind: u8, code: u8) -> Option<(Code, bool)> {
    Some(match (kind, code) {
        (3, 0 | 11) => (Code::NetworkUnreachable, false),
        (3, 6 | 9) => (Code::NetworkUnreachable, true),
        (3, 1 | 12) => (Code::HostUnreachable, false),
        (3, 10 | 13..=15) => (Code::HostUnreachable, true),
        (3, 3) => (Code::ConnectionRefused, true),
        // ENOPROTOOPT, EHOSTDOWN and ENONET, for which there are no words of their own.
        (3, 2 | 7 | 8) => (Code::Other, true),
        (3, 5) => (Code::Unsupported, false),
        (11, _) => (Code::HostUnreachable, false),
        (12, _) => (Code::Protocol, true),
        _ => return None,
    })
}

fn meaning_v6(kind: u8, code: u8) -> Option<(Code, bool)> {
    Some(match (kind, code) {
        (1, 0) => (Code::NetworkUnreachable, false),
        (1, 1 | 5 | 6) => (Code::PermissionDenied, true),
        (1, 2 | 3) => (Code::HostUnreachable, false),
        (1, 4) => (Code::ConnectionRefused, true),
        (3, _) => (Code::HostUnreachable, false),
        (4, _) => (Code::Protocol, true),
        _ => return None,
    })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn rejected(code: u8) -> Vec<u8> {
        let mut message = alloc::vec![3, code, 0, 0, 0, 0, 0, 0];
        message.extend([0x45, 0, 0, 44, 0, 0, 0x40, 0, 63, 6, 0, 0, 192, 0, 2, 5, 198, 51, 100, 1]);
        message.extend([0xc0, 0x00, 0x00, 0x16, 1, 2, 3, 4]);
        message
    }

    #[test]
    fn a_rejected_connection_is_recognised() {
        let found = v4(&rejected(13)).unwrap();
        assert_eq!(found.transport, Transport::Tcp);
        assert_eq!(found.local, "192.0.2.5:49152".parse().unwrap());
        assert_eq!(found.remote, "198.51.100.1:22".parse().unwrap());
        assert_eq!((found.sequence, found.code), (0x0102_0304, Code::HostUnreachable));
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_nothing() {
        let whole = rejected(3);
        for length in 0..whole.len() {
            assert_eq!(v4(&whole[..length]), None, "{length} bytes");
        }
        let mut fragment = whole.clone();
        fragment[15] = 1;
        assert_eq!(v4(&fragment), None, "a later fragment has no ports");
        let mut ping = whole;
        ping[17] = 1;
        assert_eq!(v4(&ping), None);
        assert_eq!(v4(&rejected(4)), None, "fragmentation needed is no error of a connection");
        for length in 0..60 {
            assert_eq!(v6(&[1; 60][..length]), None);
        }
    }

    #[test]
    fn codes_mean_what_linux_takes_them_for() {
        let codes =
            |codes: &[u8]| codes.iter().map(|code| v4(&rejected(*code)).unwrap().code).collect::<Vec<_>>();
        assert_eq!(codes(&[0, 9, 11]), [Code::NetworkUnreachable; 3]);
        assert_eq!(codes(&[1, 10, 12, 13]), [Code::HostUnreachable; 4]);
        assert_eq!(codes(&[3]), [Code::ConnectionRefused]);
        assert_eq!(meaning_v6(1, 1), Some((Code::PermissionDenied, true)));
    }
}

//! The questions that we put to the link ourselves: who has an address, and which routers there are.

use super::name::Mac;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use smoltcp::phy::{ChecksumCapabilities, Device, TxToken as _};
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, Icmpv6Packet,
    Icmpv6Repr, IpProtocol, Ipv6Packet, Ipv6Repr, NdiscRepr,
};

const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);

/// Asks who has `target`, as `source`. As nobody, it is a probe, whether it is free (RFC 5227, RFC 4862, section 5.4.2).
pub(super) fn neighbour(
    device: &mut impl Device,
    at: smoltcp::time::Instant,
    mac: Mac,
    source: IpAddr,
    target: IpAddr,
) {
    match (source, target) {
        (IpAddr::V4(source), IpAddr::V4(target)) => arp(device, at, mac, source, target),
        (IpAddr::V6(source), IpAddr::V6(target)) => {
            let lladdr = (!source.is_unspecified()).then(|| EthernetAddress(mac.bytes()).into());
            let [.., a, b, c] = target.octets();
            let group =
                Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | u16::from(a), u16::from_be_bytes([b, c]));
            let question = NdiscRepr::NeighborSolicit { target_addr: target, lladdr };
            discovery(device, at, mac, source, group, question);
        }
        _ => {}
    }
}

/// Asks for routers (RFC 4861, section 4.1).
pub(super) fn routers(device: &mut impl Device, at: smoltcp::time::Instant, mac: Mac, source: Ipv6Addr) {
    let lladdr = (!source.is_unspecified()).then(|| EthernetAddress(mac.bytes()).into());
    discovery(device, at, mac, source, ALL_ROUTERS, NdiscRepr::RouterSolicit { lladdr });
}

fn arp(device: &mut impl Device, at: smoltcp::time::Instant, mac: Mac, source: Ipv4Addr, target: Ipv4Addr) {
    let question = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: EthernetAddress(mac.bytes()),
        source_protocol_addr: source,
        target_hardware_addr: EthernetAddress([0; 6]),
        target_protocol_addr: target,
    };
    let length = question.buffer_len();
    ethernet(device, at, mac, EthernetAddress::BROADCAST, EthernetProtocol::Arp, length, |payload| {
        question.emit(&mut ArpPacket::new_unchecked(payload));
    });
}

fn discovery(
    device: &mut impl Device,
    at: smoltcp::time::Instant,
    mac: Mac,
    source: Ipv6Addr,
    group: Ipv6Addr,
    question: NdiscRepr<'_>,
) {
    let question = Icmpv6Repr::Ndisc(question);
    let header = Ipv6Repr {
        src_addr: source,
        dst_addr: group,
        next_header: IpProtocol::Icmpv6,
        payload_len: question.buffer_len(),
        hop_limit: 255,
    };
    let [.., a, b, c, d] = group.octets();
    let to = EthernetAddress([0x33, 0x33, a, b, c, d]);
    let length = header.buffer_len() + question.buffer_len();
    ethernet(device, at, mac, to, EthernetProtocol::Ipv6, length, |payload| {
        header.emit(&mut Ipv6Packet::new_unchecked(&mut *payload));
        let message = &mut payload[header.buffer_len()..];
        question.emit(
            &source,
            &group,
            &mut Icmpv6Packet::new_unchecked(message),
            &ChecksumCapabilities::default(),
        );
    });
}

/// A frame that the device doesn't take is lost, as others are.
fn ethernet(
    device: &mut impl Device,
    at: smoltcp::time::Instant,
    mac: Mac,
    to: EthernetAddress,
    protocol: EthernetProtocol,
    length: usize,
    fill: impl FnOnce(&mut [u8]),
) {
    let Some(token) = device.transmit(at) else { return };
    token.consume(EthernetFrame::<&[u8]>::buffer_len(length), |buffer| {
        let mut frame = EthernetFrame::new_unchecked(buffer);
        frame.set_src_addr(EthernetAddress(mac.bytes()));
        frame.set_dst_addr(to);
        frame.set_ethertype(protocol);
        fill(frame.payload_mut());
    });
}

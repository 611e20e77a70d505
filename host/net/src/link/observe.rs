//! What goes past on its way between the device and smoltcp: ICMP errors, neighbours that answer, advertisements, and frames that
//! smoltcp had better not see.

use super::icmp::{self, Transport, Unreachable};
use super::name::{Cidr, Mac, unicast};
use super::neighbours::Neighbours;
use super::slaac::Slaac;
use crate::{Code, Instant};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use smoltcp::iface::SocketHandle;
use smoltcp::phy::{Device, DeviceCapabilities, Medium, PacketMeta, RxToken, TxToken};
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetFrame, EthernetProtocol, Icmpv4Packet, Icmpv6Packet,
    IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket,
};

/// A flow of ours, which an ICMP error may be about.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) socket: SocketHandle,
    pub(super) transport: Transport,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// That of the SYN, once it has been sent.
    pub(super) sequence: Option<u32>,
    /// The error that came.
    pub(super) code: Option<Code>,
}

/// What has been seen.
#[derive(Debug)]
pub(super) struct Observer {
    medium: Medium,
    pub(super) mac: Option<Mac>,
    now: Instant,
    pub(super) own: Vec<Cidr>,
    pub(super) flows: Vec<Flow>,
    pub(super) neighbours: Neighbours,
    pub(super) slaac: Option<Slaac>,
    /// Addresses that we would like to have.
    pub(super) wanted: Vec<IpAddr>,
    /// Those of them that somebody else has.
    pub(super) taken: Vec<(IpAddr, Option<Mac>)>,
}

impl Observer {
    fn answers(&mut self, address: IpAddr, station: Option<Mac>, to_us: bool) {
        if self.wanted.contains(&address) && self.taken.iter().all(|(taken, _)| *taken != address) {
            self.taken.push((address, station));
        }
        // smoltcp takes the answer to its cache only if the neighbour is one.
        if to_us && self.own.iter().any(|cidr| cidr.contains(address)) {
            self.neighbours.answered(address, self.now);
        }
    }

    fn failed(&mut self, error: Unreachable) {
        for flow in &mut self.flows {
            let same =
                flow.transport == error.transport && flow.local == error.local && flow.remote == error.remote;
            // Of connections only the first packet counts: once there is one, an ICMP error doesn't end it (RFC 5927).
            let counts = match flow.transport {
                Transport::Tcp => flow.sequence == Some(error.sequence),
                Transport::Udp => error.fatal,
            };
            if same && counts && flow.code.is_none() {
                flow.code = Some(error.code);
            }
        }
    }

    /// Whether smoltcp may see it.
    fn received(&mut self, frame: &[u8]) -> bool {
        if self.medium == Medium::Ip {
            return self.packet(frame, None).is_some();
        }
        self.ethernet(frame).is_some()
    }

    fn ethernet(&mut self, frame: &[u8]) -> Option<()> {
        let frame = EthernetFrame::new_checked(frame).ok()?;
        let station = Mac::unicast(frame.src_addr().0)?;
        if Some(station) == self.mac {
            return None;
        }
        match frame.ethertype() {
            EthernetProtocol::Arp => self.arp(frame.payload(), station),
            EthernetProtocol::Ipv4 | EthernetProtocol::Ipv6 => self.packet(frame.payload(), Some(station)),
            EthernetProtocol::Unknown(_) => None,
        }
    }

    fn arp(&mut self, packet: &[u8], station: Mac) -> Option<()> {
        let packet = ArpPacket::new_checked(packet).ok()?;
        let ArpRepr::EthernetIpv4 { operation, source_protocol_addr, target_protocol_addr, .. } =
            ArpRepr::parse(&packet).ok()?
        else {
            return None;
        };
        if !matches!(operation, ArpOperation::Request | ArpOperation::Reply) {
            return None;
        }
        let target = IpAddr::from(target_protocol_addr);
        let to_us = self.own.iter().any(|cidr| cidr.address() == target);
        self.answers(
            source_protocol_addr.into(),
            Some(station),
            to_us && unicast(source_protocol_addr.into()),
        );
        Some(())
    }

    fn packet(&mut self, packet: &[u8], station: Option<Mac>) -> Option<()> {
        match packet.first()? >> 4 {
            4 => self.ipv4(packet),
            6 => self.ipv6(packet, station),
            _ => None,
        }
    }

    fn ipv4(&mut self, packet: &[u8]) -> Option<()> {
        let packet = Ipv4Packet::new_checked(packet).ok()?;
        let (from, to) = (packet.src_addr(), packet.dst_addr());
        // RFC 1122, section 3.2.1.3. A lease from 0.0.0.0 would make smoltcp (0.14) panic when it renews it.
        if !unicast(from.into()) || from.is_loopback() || to.is_loopback() || to.is_unspecified() {
            return None;
        }
        if packet.next_header() == IpProtocol::Icmp && packet.verify_checksum() {
            let message = Icmpv4Packet::new_checked(packet.payload()).ok()?;
            if message.verify_checksum()
                && let Some(error) = icmp::v4(packet.payload())
            {
                self.failed(error);
            }
        }
        Some(())
    }

    fn ipv6(&mut self, packet: &[u8], station: Option<Mac>) -> Option<()> {
        let packet = Ipv6Packet::new_checked(packet).ok()?;
        let (from, to) = (packet.src_addr(), packet.dst_addr());
        if from.is_multicast() || from.is_loopback() || to.is_loopback() || to.is_unspecified() {
            return None;
        }
        if packet.next_header() != IpProtocol::Icmpv6 {
            return Some(());
        }
        let message = packet.payload();
        if !Icmpv6Packet::new_checked(message).ok()?.verify_checksum(&from, &to) {
            return None;
        }
        if let Some(error) = icmp::v6(message) {
            self.failed(error);
        }
        // Neighbour discovery comes from the link itself, or not at all (RFC 4861, sections 6.1 and 7.1).
        if packet.hop_limit() == 255 {
            match message.first()? {
                134 => {
                    if let (Some(slaac), Some(mac)) = (&mut self.slaac, self.mac) {
                        slaac.advertised(from, message, mac, self.now);
                    }
                }
                136 => {
                    let target: [u8; 16] = message.get(8..24)?.try_into().ok()?;
                    let has_address = message.len() >= 32;
                    self.answers(target.into(), station, has_address && target == from.octets());
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Remembers the sequence number of a connection's first packet.
    fn sent(&mut self, frame: &[u8]) {
        if self.flows.iter().any(|flow| flow.transport == Transport::Tcp && flow.sequence.is_none()) {
            let packet = if self.medium == Medium::Ip { Some(frame) } else { frame.get(14..) };
            let _ = packet.and_then(|packet| self.segment(packet));
        }
    }

    fn segment(&mut self, packet: &[u8]) -> Option<()> {
        let (from, to, protocol, payload): (IpAddr, IpAddr, _, _) = match packet.first()? >> 4 {
            4 => {
                let packet = Ipv4Packet::new_checked(packet).ok()?;
                (packet.src_addr().into(), packet.dst_addr().into(), packet.next_header(), packet.payload())
            }
            6 => {
                let packet = Ipv6Packet::new_checked(packet).ok()?;
                (packet.src_addr().into(), packet.dst_addr().into(), packet.next_header(), packet.payload())
            }
            _ => return None,
        };
        if protocol != IpProtocol::Tcp {
            return None;
        }
        let segment = TcpPacket::new_checked(payload).ok().filter(|segment| segment.syn())?;
        let local = SocketAddr::new(from, segment.src_port());
        let remote = SocketAddr::new(to, segment.dst_port());
        let flow = self.flows.iter_mut().find(|flow| flow.local == local && flow.remote == remote)?;
        // smoltcp's type for it is a signed number.
        flow.sequence = Some(u32::from_ne_bytes(segment.seq_number().0.to_ne_bytes()));
        Some(())
    }
}

/// A device whose frames are looked at.
pub(super) struct Observed<D> {
    pub(super) device: D,
    pub(super) observer: Observer,
}

impl<D: Device> Observed<D> {
    pub(super) fn new(device: D, mac: Option<Mac>) -> Self {
        let medium = device.capabilities().medium;
        let observer = Observer {
            medium,
            mac,
            now: Instant::from_nanos(0),
            own: Vec::new(),
            flows: Vec::new(),
            neighbours: Neighbours::default(),
            slaac: None,
            wanted: Vec::new(),
            taken: Vec::new(),
        };
        Self { device, observer }
    }

    /// Tells what time it is.
    pub(super) fn at(&mut self, now: Instant) -> &mut Self {
        self.observer.now = now;
        self
    }
}

impl<D: Device> Device for Observed<D> {
    type RxToken<'a>
        = Received<'a, D::RxToken<'a>>
    where
        D: 'a;
    type TxToken<'a>
        = Sent<'a, D::TxToken<'a>>
    where
        D: 'a;

    fn receive(&mut self, at: smoltcp::time::Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        let (frame, reply) = self.device.receive(at)?;
        // A reply to a frame is never the first packet of a connection of ours.
        Some((Received { frame, observer: &mut self.observer }, Sent { frame: reply, observer: None }))
    }

    fn transmit(&mut self, at: smoltcp::time::Instant) -> Option<Self::TxToken<'_>> {
        let frame = self.device.transmit(at)?;
        Some(Sent { frame, observer: Some(&mut self.observer) })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        self.device.capabilities()
    }
}

pub(super) struct Received<'a, T> {
    frame: T,
    observer: &'a mut Observer,
}

impl<T: RxToken> RxToken for Received<'_, T> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        // smoltcp passes over frames that are empty.
        self.frame.consume(|frame| if self.observer.received(frame) { take(frame) } else { take(&[]) })
    }

    fn meta(&self) -> PacketMeta {
        self.frame.meta()
    }
}

pub(super) struct Sent<'a, T> {
    frame: T,
    observer: Option<&'a mut Observer>,
}

impl<T: TxToken> TxToken for Sent<'_, T> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        self.frame.consume(length, |frame| {
            let result = fill(frame);
            if let Some(observer) = self.observer {
                observer.sent(frame);
            }
            result
        })
    }

    fn set_meta(&mut self, meta: PacketMeta) {
        self.frame.set_meta(meta);
    }
}

/// Whether it is an address that everything on the link hears.
pub(super) fn is_broadcast(own: &[Cidr], address: IpAddr) -> bool {
    address == IpAddr::V4(Ipv4Addr::BROADCAST) || own.iter().any(|cidr| cidr.is_broadcast(address))
}

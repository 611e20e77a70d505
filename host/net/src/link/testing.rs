//! A link in memory with a peer on it, and a clock that moves only when someone waits.

use super::node::RouterAdvertisements;
use super::{Config, Limits, LocalStack, Platform};
use crate::{Code, Deadline, Error, Instant, Stack as _};
use smoltcp::iface::{Interface, SocketHandle, SocketSet};
use smoltcp::phy::{ChecksumCapabilities, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::{tcp, udp};
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, HardwareAddress,
    Icmpv4DstUnreachable, Icmpv4Packet, Icmpv4Repr, IpProtocol, Ipv4Packet, Ipv4Repr,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

pub(super) const PEER_V4: &str = "192.0.2.1";
pub(super) const PEER_V6: &str = "2001:db8::1";
/// Ports of the peer. All others refuse.
pub(super) const ECHO: u16 = 7;
/// It sends five bytes and resets the connection.
pub(super) const RESETS: u16 = 8;
/// It sends [`MUCH`] bytes and closes.
pub(super) const SOURCE: u16 = 19;
pub(super) const MUCH: usize = 300_000;
/// A firewall drops what goes there.
pub(super) const DROPPED: u16 = 9;
/// A firewall rejects what goes there, with this code of ICMP destination unreachable.
pub(super) const REJECTED: u16 = 10;

type Queue = Rc<RefCell<VecDeque<Vec<u8>>>>;

/// One end of a link.
pub(super) struct End {
    incoming: Queue,
    outgoing: Queue,
    medium: Medium,
    /// One of so many frames is lost; 0 is none.
    loss: Rc<Cell<u32>>,
    count: u32,
}

pub(super) struct Frame(Vec<u8>);

impl RxToken for Frame {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

pub(super) struct Room<'a>(&'a mut End);

impl TxToken for Room<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut frame = vec![0; length];
        let result = fill(&mut frame);
        self.0.count = self.0.count.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if self.0.loss.get() == 0 || !(self.0.count >> 16).is_multiple_of(self.0.loss.get()) {
            self.0.outgoing.borrow_mut().push_back(frame);
        }
        result
    }
}

impl Device for End {
    type RxToken<'a> = Frame;
    type TxToken<'a> = Room<'a>;

    fn receive(&mut self, _: smoltcp::time::Instant) -> Option<(Frame, Room<'_>)> {
        let frame = self.incoming.borrow_mut().pop_front()?;
        Some((Frame(frame), Room(self)))
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Room<'_>> {
        Some(Room(self))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = self.medium;
        capabilities.max_transmission_unit = 1514;
        capabilities
    }
}

/// The peer: smoltcp as well, behind a firewall.
struct Peer {
    end: End,
    interface: Interface,
    sockets: SocketSet<'static>,
    listening: Vec<(SocketHandle, u16, usize)>,
    udp: SocketHandle,
}

impl Peer {
    fn new(mut end: End) -> Self {
        let hardware = match end.medium {
            Medium::Ethernet => HardwareAddress::Ethernet(EthernetAddress([2, 0, 0, 0, 0, 1])),
            Medium::Ip => HardwareAddress::Ip,
        };
        let mut interface =
            Interface::new(smoltcp::iface::Config::new(hardware), &mut end, smoltcp::time::Instant::ZERO);
        interface.update_ip_addrs(|own| {
            for address in ["192.0.2.1/24", "2001:db8::1/64", "fe80::1/64"] {
                own.push(address.parse::<super::Cidr>().unwrap().into()).unwrap();
            }
        });
        let mut sockets = SocketSet::new(Vec::new());
        let packets = || udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; 8], vec![0; 8192]);
        let mut echo = udp::Socket::new(packets(), packets());
        echo.bind(ECHO).unwrap();
        let udp = sockets.add(echo);
        let mut peer = Self { end, interface, sockets, listening: Vec::new(), udp };
        for port in [ECHO, RESETS, SOURCE, ECHO, ECHO, ECHO, ECHO] {
            let buffer = || tcp::SocketBuffer::new(vec![0; 20_000]);
            let socket = peer.sockets.add(tcp::Socket::new(buffer(), buffer()));
            peer.listening.push((socket, port, 0));
        }
        peer.poll(smoltcp::time::Instant::ZERO);
        peer
    }

    /// Drops or rejects what the firewall does not let in.
    fn firewall(&mut self) {
        let frames: Vec<_> = self.end.incoming.borrow_mut().drain(..).collect();
        for frame in frames {
            let packet = frame.get(14..).and_then(|packet| Ipv4Packet::new_checked(packet).ok());
            let packet = packet.filter(|packet| {
                self.end.medium == Medium::Ethernet && packet.next_header() == IpProtocol::Tcp
            });
            let port =
                packet.as_ref().map(|packet| u16::from_be_bytes([packet.payload()[2], packet.payload()[3]]));
            if let Some(defence) = defended(&frame) {
                self.end.outgoing.borrow_mut().push_back(defence);
                continue;
            }
            match (port, packet) {
                (Some(DROPPED), _) => {}
                (Some(port), Some(packet)) if (REJECTED..REJECTED + 6).contains(&port) => {
                    let code = [0, 1, 3, 9, 10, 13][usize::from(port - REJECTED)];
                    let reject = rejection(&frame, &packet, Icmpv4DstUnreachable::from(code));
                    self.end.outgoing.borrow_mut().push_back(reject);
                }
                _ => self.end.incoming.borrow_mut().push_back(frame),
            }
        }
    }

    fn poll(&mut self, at: smoltcp::time::Instant) {
        self.firewall();
        self.interface.poll(at, &mut self.end, &mut self.sockets);
        for (handle, port, sent) in &mut self.listening {
            let socket = self.sockets.get_mut::<tcp::Socket<'_>>(*handle);
            if socket.state() == tcp::State::TimeWait {
                socket.abort();
            }
            if !socket.is_open() {
                *sent = 0;
                let _ = socket.listen(*port);
            }
            match *port {
                RESETS if socket.may_send() => {
                    if *sent == 0 {
                        *sent = socket.send_slice(b"hello").unwrap();
                    } else if socket.send_queue() == 0 {
                        socket.abort();
                    }
                }
                SOURCE if socket.may_send() => {
                    while *sent < MUCH && socket.can_send() {
                        *sent += socket.send_slice(&vec![7; (MUCH - *sent).min(1000)]).unwrap();
                    }
                    if *sent == MUCH {
                        socket.close();
                    }
                }
                ECHO => {
                    while socket.can_recv() && socket.can_send() {
                        let bytes = socket
                            .recv(|bytes| (bytes.len().min(500), bytes[..bytes.len().min(500)].to_vec()));
                        socket.send_slice(&bytes.unwrap()).unwrap();
                    }
                    if !socket.may_recv() && socket.may_send() {
                        socket.close();
                    }
                }
                _ => {}
            }
        }
        let echo = self.sockets.get_mut::<udp::Socket<'_>>(self.udp);
        while let Ok((datagram, from)) = echo.recv() {
            let datagram = datagram.to_vec();
            echo.send_slice(&datagram, from).unwrap();
        }
        self.interface.poll(at, &mut self.end, &mut self.sockets);
    }
}

/// The answer to a probe of the peer's address, which smoltcp itself leaves aside.
fn defended(frame: &[u8]) -> Option<Vec<u8>> {
    let asked =
        EthernetFrame::new_checked(frame).ok().filter(|frame| frame.ethertype() == EthernetProtocol::Arp)?;
    let ArpRepr::EthernetIpv4 { source_hardware_addr, source_protocol_addr, target_protocol_addr, .. } =
        ArpRepr::parse(&ArpPacket::new_checked(asked.payload()).ok()?).ok()?
    else {
        return None;
    };
    if !source_protocol_addr.is_unspecified() || target_protocol_addr.to_string() != PEER_V4 {
        return None;
    }
    let peer = EthernetAddress([2, 0, 0, 0, 0, 1]);
    let defence = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Reply,
        source_hardware_addr: peer,
        source_protocol_addr: target_protocol_addr,
        target_hardware_addr: source_hardware_addr,
        target_protocol_addr: source_protocol_addr,
    };
    let mut answer = vec![0; 14 + defence.buffer_len()];
    let mut ethernet = EthernetFrame::new_unchecked(&mut answer);
    ethernet.set_dst_addr(source_hardware_addr);
    ethernet.set_src_addr(peer);
    ethernet.set_ethertype(EthernetProtocol::Arp);
    defence.emit(&mut ArpPacket::new_unchecked(ethernet.payload_mut()));
    Some(answer)
}

/// An ICMP error about `packet`, which came in `frame`.
fn rejection(frame: &[u8], packet: &Ipv4Packet<&[u8]>, reason: Icmpv4DstUnreachable) -> Vec<u8> {
    let ignored = ChecksumCapabilities::default();
    let about = Ipv4Repr::parse(packet, &ignored).unwrap();
    let message = Icmpv4Repr::DstUnreachable { reason, header: about, data: &packet.payload()[..8] };
    let header = Ipv4Repr {
        src_addr: PEER_V4.parse().unwrap(),
        dst_addr: packet.src_addr(),
        next_header: IpProtocol::Icmp,
        payload_len: message.buffer_len(),
        hop_limit: 64,
    };
    let mut answer = vec![0; 14 + header.buffer_len() + message.buffer_len()];
    let asked = EthernetFrame::new_unchecked(frame);
    let mut ethernet = EthernetFrame::new_unchecked(&mut answer);
    ethernet.set_dst_addr(asked.src_addr());
    ethernet.set_src_addr(asked.dst_addr());
    ethernet.set_ethertype(asked.ethertype());
    header.emit(&mut Ipv4Packet::new_unchecked(ethernet.payload_mut()), &ignored);
    message
        .emit(&mut Icmpv4Packet::new_unchecked(&mut ethernet.payload_mut()[header.buffer_len()..]), &ignored);
    answer
}

/// What there is besides the node.
pub(super) struct World {
    clock: Cell<u64>,
    random: Cell<u64>,
    peer: RefCell<Peer>,
    pub(super) loss: Rc<Cell<u32>>,
    pub(super) idled: Cell<u32>,
}

impl Platform for Rc<World> {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.clock.get())
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        for byte in bytes {
            let next = self
                .random
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.random.set(next);
            *byte = next.to_be_bytes()[0];
        }
        Ok(())
    }

    fn idle(&self, until: Instant) {
        self.idled.set(self.idled.get() + 1);
        let at = super::node::moment(self.now());
        let mut peer = self.peer.borrow_mut();
        peer.poll(at);
        if peer.end.outgoing.borrow().is_empty() {
            // Half of a second is long enough to be rare, and short enough for the peer's own timers.
            let step = until.since(self.now()).clamp(Duration::from_millis(1), Duration::from_millis(500));
            self.clock.set(self.clock.get() + u64::try_from(step.as_nanos()).unwrap());
            peer.poll(super::node::moment(self.now()));
        } else {
            self.clock.set(self.clock.get() + 50_000);
        }
    }
}

pub(super) type Local = LocalStack<End, Rc<World>>;

pub(super) fn config() -> Config {
    Config {
        mac: Some("02:00:00:00:00:05".parse().unwrap()),
        dhcp: false,
        router_advertisements: RouterAdvertisements::Ignored,
        addresses: vec!["192.0.2.5/24".parse().unwrap(), "2001:db8::5/64".parse().unwrap()],
        routers: (None, None),
        name_servers: Vec::new(),
        limits: Limits::default(),
    }
}

/// A node, and a peer that it can talk to.
pub(super) fn pair(config: &Config) -> Result<(Local, Rc<World>), Error> {
    let medium = if config.mac.is_some() { Medium::Ethernet } else { Medium::Ip };
    let (left, right) = (Queue::default(), Queue::default());
    let loss = Rc::new(Cell::new(0));
    let end = |incoming: &Queue, outgoing: &Queue| End {
        incoming: incoming.clone(),
        outgoing: outgoing.clone(),
        medium,
        loss: loss.clone(),
        count: 3,
    };
    let world = Rc::new(World {
        clock: Cell::new(0),
        random: Cell::new(1),
        peer: RefCell::new(Peer::new(end(&left, &right))),
        loss: loss.clone(),
        idled: Cell::new(0),
    });
    let deadline = Deadline::after(world.now(), Duration::from_secs(10));
    let stack = LocalStack::open(end(&right, &left), config, world.clone(), deadline)?;
    Ok((stack, world))
}

pub(super) fn within(stack: &Local, seconds: u64) -> Deadline {
    Deadline::after(stack.now(), Duration::from_secs(seconds))
}

pub(super) fn code_of<T>(answer: Result<T, Error>) -> Code {
    answer.map(drop).expect_err("an error").code()
}

//! [`Node`]: the host that we are on the link. It is moved along by whoever waits for it, and itself neither waits nor knows a clock.

use super::addresses::Addresses;
use super::icmp::Transport;
use super::name::{Cidr, Mac, unicast};
use super::neighbours::Resolution;
use super::observe::{Flow, Observed, is_broadcast};
use super::options::Options;
use super::ports::Ports;
use super::resolve;
use crate::{Code, Error, Instant};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use smoltcp::iface::{Interface, PollIngressSingleResult, PollResult, SocketHandle, SocketSet};
use smoltcp::phy::{Device, Medium};
use smoltcp::socket::{tcp, udp};
use smoltcp::wire::{EthernetAddress, HardwareAddress};

/// What may be done with router advertisements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouterAdvertisements {
    /// No IPv6 address is made from them.
    Ignored,
    /// One is made, if there are any.
    Used,
    /// The node is not ready without.
    Required,
}

/// What the node is to be.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its MAC address. None on a device without Ethernet, and then there is neither DHCP nor SLAAC.
    pub mac: Option<Mac>,
    /// Whether it gets an IPv4 address by DHCP.
    pub dhcp: bool,
    /// Whether it gets IPv6 addresses by SLAAC.
    pub router_advertisements: RouterAdvertisements,
    /// Addresses of its own. Those after the fourth are left out.
    pub addresses: Vec<Cidr>,
    /// The routers, where neither DHCP nor advertisements tell of them.
    pub routers: (Option<Ipv4Addr>, Option<Ipv6Addr>),
    /// Name servers, instead of those that DHCP and advertisements tell of.
    pub name_servers: Vec<IpAddr>,
    /// What it may use.
    pub limits: Limits,
}

impl Config {
    /// What `options` say, for a device with Ethernet if there is a MAC address.
    #[must_use]
    pub fn new(options: &Options, mac: Option<Mac>, limits: Limits) -> Self {
        let v6 = options.addresses.iter().any(|cidr| cidr.address().is_ipv6());
        let carried = options.mtu.is_none_or(super::Mtu::carries_ipv6);
        Self {
            mac,
            dhcp: options.dhcp,
            router_advertisements: match (options.slaac, options.dhcp && !v6 && carried) {
                (true, _) => RouterAdvertisements::Required,
                (false, true) => RouterAdvertisements::Used,
                (false, false) => RouterAdvertisements::Ignored,
            },
            addresses: options.addresses.clone(),
            routers: (options.router_v4, options.router_v6),
            name_servers: options.name_servers.clone(),
            limits,
        }
    }
}

/// What a node may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sockets at once, those included that are being closed. One more is [`Code::Exhausted`].
    pub sockets: usize,
    /// Bytes that a connection's peer may send before we read them: its receive window.
    pub receive: usize,
    /// Bytes that a connection holds until its peer has acknowledged them.
    pub send: usize,
    /// Connections that are being closed; one more, and the oldest is reset.
    pub closing: usize,
    /// How long a peer has to close a connection with us before it is reset.
    pub linger: Duration,
}

impl Default for Limits {
    /// 1,024 sockets; 48 KiB to receive and 8 KiB to send; 16 connections that are being closed, for two seconds.
    fn default() -> Self {
        Self {
            sockets: 1024,
            receive: 48 * 1024,
            send: 8 * 1024,
            closing: 16,
            linger: Duration::from_secs(2),
        }
    }
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interest {
    /// That the node has its addresses.
    Addresses,
    /// That the node has its addresses, and the neighbour answers that leads there; or is known not to.
    Path(IpAddr),
    /// That a connection is made, or is known not to be.
    Connected(SocketHandle),
    /// That something can be read, or never more.
    Readable(SocketHandle),
    /// That something can be written, or never more.
    Writable(SocketHandle),
    /// That a datagram has come, or an error about ours.
    Datagram(SocketHandle),
}

/// A host of its own on a link.
pub struct Node<D: Device> {
    pub(super) device: Observed<D>,
    pub(super) interface: Interface,
    pub(super) sockets: SocketSet<'static>,
    pub(super) limits: Limits,
    /// Connections that nobody holds any more, and when their time is over.
    pub(super) closing: Vec<(SocketHandle, Instant)>,
    addresses: Addresses,
    ports: Ports,
}

/// Frames that are taken in at once, so that a flood keeps nobody from his deadline.
const BATCH: usize = 64;

impl<D: Device> Node<D> {
    /// A node on `device`. `seed` is 64 bits that nobody can predict.
    ///
    /// # Errors
    ///
    /// [`Code::Invalid`] where an Ethernet device has no MAC address, or one without Ethernet has.
    pub fn new(device: D, config: &Config, seed: u64, now: Instant) -> Result<Self, Error> {
        let hardware = match (device.capabilities().medium, config.mac) {
            (Medium::Ethernet, Some(mac)) => HardwareAddress::Ethernet(EthernetAddress(mac.bytes())),
            (Medium::Ip, None) => HardwareAddress::Ip,
            (Medium::Ethernet, None) => {
                return Err(Error::new(Code::Invalid, "Ethernet needs a MAC address"));
            }
            (Medium::Ip, Some(_)) => {
                return Err(Error::new(Code::Invalid, "without Ethernet there is no MAC address"));
            }
        };
        let mut device = Observed::new(device, config.mac);
        let mut settings = smoltcp::iface::Config::new(hardware);
        settings.random_seed = seed;
        let interface = Interface::new(settings, &mut device, moment(now));
        let mut sockets = SocketSet::new(Vec::new());
        let config =
            Config { addresses: config.addresses.iter().take(4).copied().collect(), ..config.clone() };
        let addresses = Addresses::new(&config, &mut device, &mut sockets);
        Ok(Self {
            device,
            interface,
            sockets,
            limits: config.limits,
            closing: Vec::new(),
            addresses,
            ports: Ports::new(),
        })
    }

    /// Takes in what has come, does what is due and sends what there is to send. Answers whether there is more to take in.
    pub fn poll(&mut self, now: Instant) -> bool {
        let at = moment(now);
        self.device.at(now);
        self.interface.poll_maintenance(at);
        // What is sent may be answered before we have come to look (a TAP device's peers answer within the call).
        self.send_all(at);
        let mut taken = 0;
        while taken < BATCH {
            match self.interface.poll_ingress_single(at, &mut self.device, &mut self.sockets) {
                PollIngressSingleResult::None => break,
                PollIngressSingleResult::PacketProcessed | PollIngressSingleResult::SocketStateChanged => {
                    taken += 1
                }
            }
        }
        self.addresses.step(&mut self.device, &mut self.interface, &mut self.sockets, now);
        self.ask_neighbours(now);
        self.send_all(at);
        self.reap(now);
        taken == BATCH
    }

    fn send_all(&mut self, at: smoltcp::time::Instant) {
        for _ in 0..BATCH {
            if self.interface.poll_egress(at, &mut self.device, &mut self.sockets) == PollResult::None {
                return;
            }
        }
    }

    /// When [`Self::poll`] has something to do next, if no packet comes first.
    pub fn poll_at(&mut self, now: Instant) -> Option<Instant> {
        let stack = self.interface.poll_at(moment(now), &self.sockets).map(|at| {
            let micros = u64::try_from(at.total_micros()).unwrap_or(0);
            Instant::from_nanos(micros.saturating_mul(1000))
        });
        let observer = &self.device.observer;
        let closing = self.closing.iter().map(|(_, until)| *until);
        closing
            .chain(stack)
            .chain(self.addresses.poll_at(observer.slaac.as_ref()))
            .chain(observer.neighbours.poll_at())
            .min()
    }

    /// Whether the node has every address that it is to have; an error if it can't. None as long as one may still come.
    #[must_use]
    pub fn ready(&self) -> Option<Result<(), Error>> {
        self.addresses.ready()
    }

    /// What is missing while it isn't, in words.
    #[must_use]
    pub fn missing(&self) -> &'static str {
        self.addresses.missing()
    }

    /// Its addresses.
    #[must_use]
    pub fn addresses(&self) -> &[Cidr] {
        &self.device.observer.own
    }

    /// The name servers that it was told of.
    #[must_use]
    pub fn name_servers(&self) -> Vec<IpAddr> {
        self.addresses.name_servers(self.device.observer.slaac.as_ref())
    }

    /// Sockets that there are, those included that are being closed.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.sockets.iter().count()
    }

    fn ask_neighbours(&mut self, now: Instant) {
        let Some(mac) = self.device.observer.mac else { return };
        while let Some(neighbour) = self.device.observer.neighbours.due(now) {
            if let Some(source) = self.source(neighbour) {
                resolve::neighbour(&mut self.device.device, moment(now), mac, source, neighbour);
            }
        }
    }

    /// The address that speaks to `to`: of the same scope, and of those the one that has most in common with it
    /// (RFC 6724, section 5, rules 2 and 8).
    fn source(&self, to: IpAddr) -> Option<IpAddr> {
        let link_local = |address: IpAddr| matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
        let own = self.addresses().iter().map(|cidr| cidr.address());
        own.filter(|own| own.is_ipv4() == to.is_ipv4() && link_local(*own) == link_local(to)).max_by_key(
            |own| match (own, to) {
                (IpAddr::V4(own), IpAddr::V4(to)) => (own.to_bits() ^ to.to_bits()).leading_zeros(),
                (IpAddr::V6(own), IpAddr::V6(to)) => (own.to_bits() ^ to.to_bits()).leading_zeros(),
                _ => 0,
            },
        )
    }

    /// Where a packet for `to` comes from, and which neighbour it is handed to; none where there are no neighbours.
    fn route(&self, to: IpAddr) -> Result<(IpAddr, Option<IpAddr>), Error> {
        if to.is_loopback() || to.is_unspecified() {
            let message = alloc::format!(
                "{to} means the host itself, and on this link that is a node without services"
            );
            return Err(Error::new(Code::AddressNotAvailable, message));
        }
        let own = self.addresses();
        if own.iter().any(|cidr| cidr.address() == to) {
            return Err(Code::ConnectionRefused.into());
        }
        let source = self.source(to).ok_or(Code::NetworkUnreachable)?;
        if self.device.capabilities().medium == Medium::Ip || !unicast(to) || is_broadcast(own, to) {
            return Ok((source, None));
        }
        if own.iter().any(|cidr| cidr.contains(to)) {
            return Ok((source, Some(to)));
        }
        let router = self.addresses.router(to).ok_or(Code::NetworkUnreachable)?;
        Ok((source, Some(router)))
    }

    /// Whether it is an address that a connection can't be made to.
    pub(super) fn is_for_many(&self, to: IpAddr) -> bool {
        !to.is_unspecified() && (!unicast(to) || is_broadcast(self.addresses(), to))
    }

    /// The address that speaks to `to`, once the neighbour is known that leads there. None as long as it may still answer.
    pub(super) fn path(
        &mut self,
        to: IpAddr,
        asked: &mut bool,
        now: Instant,
    ) -> Option<Result<IpAddr, Error>> {
        if let Err(error) = self.ready()? {
            return Some(Err(error));
        }
        let (source, neighbour) = match self.route(to) {
            Ok((source, Some(neighbour))) => (source, neighbour),
            Ok((source, None)) => return Some(Ok(source)),
            Err(error) => return Some(Err(error)),
        };
        let neighbours = &mut self.device.observer.neighbours;
        if !core::mem::replace(asked, true) {
            neighbours.ask(neighbour, now);
        }
        match neighbours.resolution(neighbour, now) {
            Resolution::Known => Some(Ok(source)),
            Resolution::Pending => None,
            Resolution::Silent => Some(Err(Code::HostUnreachable.into())),
        }
    }

    /// Adds a socket, unless there are too many.
    pub(super) fn add<T: smoltcp::socket::AnySocket<'static>>(
        &mut self,
        socket: T,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> SocketHandle {
        let socket = self.sockets.add(socket);
        self.device.observer.flows.push(Flow {
            socket,
            transport,
            local,
            remote,
            sequence: None,
            code: None,
        });
        socket
    }

    /// Makes room for one more socket, at the expense of a connection that is being closed if there is one.
    pub(super) fn room(&mut self, now: Instant) -> Result<(), Error> {
        if self.sockets() >= self.limits.sockets && !self.closing.is_empty() {
            let (oldest, _) = self.closing.remove(0);
            self.sockets.get_mut::<tcp::Socket<'_>>(oldest).abort();
            self.send_all(moment(now));
            self.sockets.remove(oldest);
        }
        if self.sockets() < self.limits.sockets { Ok(()) } else { Err(Code::Exhausted.into()) }
    }

    /// The ICMP error that a flow has met.
    pub(super) fn error(&self, socket: SocketHandle) -> Option<Code> {
        self.device.observer.flows.iter().find(|flow| flow.socket == socket).and_then(|flow| flow.code)
    }

    /// From now on, ICMP errors are no matter for it.
    pub(super) fn forget(&mut self, socket: SocketHandle) {
        self.device.observer.flows.retain(|flow| flow.socket != socket);
    }

    /// Takes a port that no socket has, and that has not been used for long: its last peer may still remember.
    pub(super) fn take_port(&mut self, port: u16) -> bool {
        !self.has_port(port) && self.ports.take(port)
    }

    fn has_port(&self, port: u16) -> bool {
        self.sockets.iter().any(|(_, socket)| match socket {
            smoltcp::socket::Socket::Tcp(socket) => {
                socket.local_endpoint().is_some_and(|own| own.port == port)
            }
            smoltcp::socket::Socket::Udp(socket) => socket.endpoint().port == port,
            smoltcp::socket::Socket::Dhcpv4(_) => port == 68,
        })
    }

    /// Whether what somebody waits for is there.
    pub(super) fn has(&mut self, interest: Interest, now: Instant) -> bool {
        match interest {
            Interest::Addresses => self.ready().is_some(),
            Interest::Path(to) => self.path(to, &mut true, now).is_some(),
            Interest::Connected(socket) => {
                self.error(socket).is_some()
                    || self.sockets.get::<tcp::Socket<'_>>(socket).state() != tcp::State::SynSent
            }
            Interest::Readable(socket) => {
                let socket = self.sockets.get::<tcp::Socket<'_>>(socket);
                socket.can_recv() || !socket.may_recv()
            }
            Interest::Writable(socket) => {
                let socket = self.sockets.get::<tcp::Socket<'_>>(socket);
                socket.can_send() || !socket.may_send()
            }
            Interest::Datagram(socket) => {
                self.error(socket).is_some() || self.sockets.get::<udp::Socket<'_>>(socket).can_recv()
            }
        }
    }
}

/// smoltcp's time.
pub(super) fn moment(at: Instant) -> smoltcp::time::Instant {
    smoltcp::time::Instant::from_micros(i64::try_from(at.as_nanos() / 1000).unwrap_or(i64::MAX))
}

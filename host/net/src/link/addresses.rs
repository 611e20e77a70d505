//! The node's addresses: given, leased by DHCP (RFC 2131), made from advertised prefixes (RFC 4862). All but leases are probed before
//! they are used, because two hosts with one address are no check but an outage.

use super::name::{Cidr, Mac, unicast};
use super::node::{Config, RouterAdvertisements, moment};
use super::observe::Observed;
use super::resolve;
use super::slaac::Slaac;
use crate::{Code, Deadline, Error, Instant};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::time::Duration;
use smoltcp::iface::{Interface, SocketHandle, SocketSet};
use smoltcp::phy::Device;
use smoltcp::socket::dhcpv4;

/// Probes of an address, and the time from one to the next, or to the address's first use. A second in all, as RFC 4862 asks for
/// (section 5.1, RetransTimer); RFC 5227 would take five for IPv4, which Linux does not do at all.
const PROBES: u8 = 3;
const INTERVAL: Duration = Duration::from_millis(334);

/// The time until the first DISCOVER is repeated (RFC 2131, section 4.1, which begins with four seconds, too).
const DISCOVER: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(4);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Given,
    LinkLocal,
    Leased,
    Advertised,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Tentative { probed: u8, next: Instant },
    Ours,
    Taken(Option<Mac>),
}

#[derive(Debug)]
struct Entry {
    cidr: Cidr,
    origin: Origin,
    state: State,
}

#[derive(Debug)]
struct Lease {
    cidr: Cidr,
    router: Option<Ipv4Addr>,
    name_servers: Vec<IpAddr>,
}

#[derive(Debug)]
pub(super) struct Addresses {
    mac: Option<Mac>,
    given: Vec<Cidr>,
    routers: (Option<Ipv4Addr>, Option<Ipv6Addr>),
    name_servers: Vec<IpAddr>,
    dhcp: Option<SocketHandle>,
    advertisements_required: bool,
    lease: Option<Lease>,
    entries: Vec<Entry>,
    told: (Option<Ipv4Addr>, Option<Ipv6Addr>),
}

impl Addresses {
    pub(super) fn new<D: Device>(
        config: &Config,
        device: &mut Observed<D>,
        sockets: &mut SocketSet<'static>,
    ) -> Self {
        let mac = config.mac;
        if mac.is_some() && config.router_advertisements != RouterAdvertisements::Ignored {
            device.observer.slaac = Some(Slaac::default());
        }
        let dhcp = (config.dhcp && mac.is_some()).then(|| {
            let mut client = dhcpv4::Socket::new();
            let mut retries = client.get_retry_config();
            retries.discover_timeout = DISCOVER;
            retries.initial_request_timeout = DISCOVER;
            client.set_retry_config(retries);
            sockets.add(client)
        });
        Self {
            mac,
            given: config.addresses.clone(),
            routers: config.routers,
            name_servers: config.name_servers.clone(),
            dhcp,
            advertisements_required: config.router_advertisements == RouterAdvertisements::Required,
            lease: None,
            entries: Vec::new(),
            told: (None, None),
        }
    }

    /// Does what is due: leases, probes, solicitations.
    pub(super) fn step<D: Device>(
        &mut self,
        device: &mut Observed<D>,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
        now: Instant,
    ) {
        let mut changed = self.leased(sockets);
        if let Some(slaac) = &mut device.observer.slaac {
            slaac.expire(now);
        }
        for (address, station) in core::mem::take(&mut device.observer.taken) {
            let entry = self.entries.iter_mut().find(|entry| entry.cidr.address() == address);
            if let Some(entry) = entry.filter(|entry| matches!(entry.state, State::Tentative { .. })) {
                entry.state = State::Taken(station);
            }
        }
        changed |= self.renew(device, now);
        changed |= self.probe(device, now);
        if let (Some(mac), Some(slaac)) = (self.mac, &mut device.observer.slaac)
            && slaac.solicit(now)
        {
            let source = self.ours().find_map(link_local).unwrap_or(Ipv6Addr::UNSPECIFIED);
            resolve::routers(&mut device.device, moment(now), mac, source);
        }
        let routers = self.current_routers(device);
        if changed || routers != self.told {
            self.told = routers;
            self.apply(device, interface);
        }
    }

    /// Takes over what the DHCP client has to say.
    fn leased(&mut self, sockets: &mut SocketSet<'static>) -> bool {
        let Some(client) = self.dhcp else { return false };
        match sockets.get_mut::<dhcpv4::Socket<'_>>(client).poll() {
            None => false,
            Some(dhcpv4::Event::Deconfigured) => self.lease.take().is_some(),
            Some(dhcpv4::Event::Configured(lease)) => {
                let cidr = Cidr::new(lease.address.address().into(), lease.address.prefix_len());
                let servers = lease.dns_servers.iter().map(|server| IpAddr::from(*server));
                self.lease = cidr.map(|cidr| Lease {
                    cidr,
                    router: lease.router.filter(|router| {
                        let router = IpAddr::from(*router);
                        unicast(router)
                            && cidr.contains(router)
                            && !cidr.is_broadcast(router)
                            && router != cidr.address()
                    }),
                    name_servers: servers.filter(|server| unicast(*server)).collect(),
                });
                true
            }
        }
    }

    /// Brings the entries into line with what there is to have.
    fn renew<D: Device>(&mut self, device: &mut Observed<D>, now: Instant) -> bool {
        let slaac = device.observer.slaac.as_ref();
        let mut wanted: Vec<(Cidr, Origin)> = self.given.iter().map(|cidr| (*cidr, Origin::Given)).collect();
        if let Some(mac) = self.mac
            && (slaac.is_some() || self.given.iter().any(|cidr| cidr.address().is_ipv6()))
        {
            wanted.extend(Cidr::new(mac.link_local().into(), 64).map(|cidr| (cidr, Origin::LinkLocal)));
        }
        wanted.extend(self.lease.iter().map(|lease| (lease.cidr, Origin::Leased)));
        wanted.extend(slaac.into_iter().flat_map(Slaac::addresses).map(|cidr| (cidr, Origin::Advertised)));

        let before = self.entries.len();
        let lost = |entry: &Entry| !wanted.iter().any(|(cidr, _)| *cidr == entry.cidr);
        let mut changed = self.entries.iter().any(|entry| lost(entry) && entry.state == State::Ours);
        self.entries.retain(|entry| !lost(entry));
        for (cidr, origin) in wanted {
            if self.entries.iter().all(|entry| entry.cidr.address() != cidr.address()) {
                // The server has made sure of what it leases (RFC 2131, section 2.2), and without Ethernet there is nobody to ask.
                let sure = origin == Origin::Leased || self.mac.is_none();
                let state = if sure { State::Ours } else { State::Tentative { probed: 0, next: now } };
                changed |= sure;
                self.entries.push(Entry { cidr, origin, state });
            }
        }
        if before != self.entries.len() || changed {
            let tentative =
                self.entries.iter().filter(|entry| matches!(entry.state, State::Tentative { .. }));
            device.observer.wanted = tentative.map(|entry| entry.cidr.address()).collect();
        }
        changed
    }

    fn probe<D: Device>(&mut self, device: &mut Observed<D>, now: Instant) -> bool {
        let Some(mac) = self.mac else { return false };
        let mut changed = false;
        for entry in &mut self.entries {
            let State::Tentative { probed, next } = entry.state else { continue };
            if next > now {
                continue;
            }
            let address = entry.cidr.address();
            if probed == PROBES {
                entry.state = State::Ours;
                device.observer.wanted.retain(|wanted| *wanted != address);
                changed = true;
                continue;
            }
            entry.state = State::Tentative { probed: probed + 1, next: Deadline::after(now, INTERVAL).at() };
            let nobody =
                if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
            resolve::neighbour(&mut device.device, moment(now), mac, nobody, address);
        }
        changed
    }

    fn current_routers<D: Device>(&self, device: &Observed<D>) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
        let leased = self.lease.as_ref().and_then(|lease| lease.router);
        let advertised = device.observer.slaac.as_ref().and_then(Slaac::router);
        (self.routers.0.or(leased), self.routers.1.or(advertised))
    }

    fn apply<D: Device>(&mut self, device: &mut Observed<D>, interface: &mut Interface) {
        let own: Vec<Cidr> = self.ours().collect();
        interface.update_ip_addrs(|addresses| {
            addresses.clear();
            // There is room for as many as `given` (4), a lease, a link-local address and two prefixes make.
            addresses.extend(own.iter().take(addresses.capacity()).map(|cidr| (*cidr).into()));
        });
        let routes = interface.routes_mut();
        routes.remove_default_ipv4_route();
        routes.remove_default_ipv6_route();
        // There is room for these two.
        let _ = self.told.0.map(|router| routes.add_default_ipv4_route(router));
        let _ = self.told.1.map(|router| routes.add_default_ipv6_route(router));
        device.observer.own = own;
        // smoltcp forgets them, too.
        device.observer.neighbours.forget();
    }

    fn ours(&self) -> impl Iterator<Item = Cidr> + '_ {
        self.entries.iter().filter(|entry| entry.state == State::Ours).map(|entry| entry.cidr)
    }

    /// The router for addresses that are no neighbours'.
    pub(super) fn router(&self, to: IpAddr) -> Option<IpAddr> {
        if to.is_ipv4() { self.told.0.map(IpAddr::V4) } else { self.told.1.map(IpAddr::V6) }
    }

    /// Those that were given, else those that DHCP and routers have told of.
    pub(super) fn name_servers(&self, slaac: Option<&Slaac>) -> Vec<IpAddr> {
        if !self.name_servers.is_empty() {
            return self.name_servers.clone();
        }
        let leased = self.lease.iter().flat_map(|lease| lease.name_servers.iter().copied());
        leased.chain(slaac.into_iter().flat_map(Slaac::name_servers)).collect()
    }

    /// Whether everything is there that was asked for. None as long as it may still come.
    pub(super) fn ready(&self) -> Option<Result<(), Error>> {
        for entry in &self.entries {
            let required = match entry.origin {
                Origin::Given => true,
                Origin::LinkLocal | Origin::Advertised => self.advertisements_required,
                Origin::Leased => false,
            };
            match entry.state {
                State::Taken(station) if required => return Some(Err(taken(entry.cidr.address(), station))),
                State::Tentative { .. } => return None,
                State::Taken(_) | State::Ours => {}
            }
        }
        let started = !self.entries.is_empty() || self.dhcp.is_some();
        let advertised = self.entries.iter().any(|entry| entry.origin == Origin::Advertised);
        let leased = self.dhcp.is_none() || self.lease.is_some();
        (started && leased && (advertised || !self.advertisements_required)).then_some(Ok(()))
    }

    /// What is missing where it isn't.
    pub(super) fn missing(&self) -> &'static str {
        if self.dhcp.is_some() && self.lease.is_none() {
            "no DHCP server has offered a lease; where there is none on this link, say `addr=`, `gw=` and `dns=`"
        } else if self.advertisements_required
            && self.entries.iter().all(|entry| entry.origin != Origin::Advertised)
        {
            "no router has advertised a prefix; where there is none on this link, say `addr=`, `gw=` and `dns=`"
        } else {
            "its addresses are still being probed"
        }
    }

    /// When something has to be done next.
    pub(super) fn poll_at(&self, slaac: Option<&Slaac>) -> Option<Instant> {
        let probes = self.entries.iter().filter_map(|entry| match entry.state {
            State::Tentative { next, .. } => Some(next),
            State::Ours | State::Taken(_) => None,
        });
        probes.chain(slaac.and_then(Slaac::poll_at)).min()
    }
}

fn link_local(cidr: Cidr) -> Option<Ipv6Addr> {
    match cidr.address() {
        IpAddr::V6(address) if address.is_unicast_link_local() => Some(address),
        _ => None,
    }
}

fn taken(address: IpAddr, station: Option<Mac>) -> Error {
    let by: String = station.map_or_else(String::new, |station| format!(" by {station}"));
    Error::new(
        Code::AddressNotAvailable,
        format!("{address} is in use already{by}; give the node another address"),
    )
}

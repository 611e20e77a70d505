//! Router advertisements (RFC 4861, section 4.2): prefixes for addresses of our own (RFC 4862), a router, name servers (RFC 8106).
//!
//! smoltcp has SLAAC, but no duplicate address detection and no name servers with it, and once nobody has answered its
//! solicitations it asks to be polled again at once, forever (0.14).

use super::name::{Cidr, Mac, unicast};
use crate::Instant;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv6Addr};
use core::time::Duration;

/// No more prefixes than that, and name servers: anybody on the link can send advertisements.
const MOST: usize = 2;

/// Solicitations, and the time between them (RFC 4861, section 10).
const SOLICITATIONS: u8 = 3;
const INTERVAL: Duration = Duration::from_secs(4);

/// Something advertised, and until when it holds. None is forever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held<T> {
    what: T,
    until: Option<Instant>,
}

/// What routers have told.
#[derive(Debug, Default)]
pub(super) struct Slaac {
    prefixes: Vec<Held<Cidr>>,
    router: Option<Held<Ipv6Addr>>,
    name_servers: Vec<Held<Ipv6Addr>>,
    sent: u8,
    next: Option<Instant>,
    heard: bool,
}

impl Slaac {
    /// Whether a solicitation is due now.
    pub(super) fn solicit(&mut self, now: Instant) -> bool {
        let due = !self.heard && self.sent < SOLICITATIONS && self.next.is_none_or(|next| next <= now);
        if due {
            self.sent += 1;
            self.next = Some(after(now, INTERVAL));
        }
        due
    }

    /// When something has to be done next.
    pub(super) fn poll_at(&self) -> Option<Instant> {
        let solicitation = if self.heard || self.sent == SOLICITATIONS { None } else { self.next };
        let prefixes = self.prefixes.iter().filter_map(|held| held.until);
        let servers = self.name_servers.iter().filter_map(|held| held.until);
        prefixes.chain(servers).chain(self.router.and_then(|held| held.until)).chain(solicitation).min()
    }

    /// Forgets what has expired.
    pub(super) fn expire(&mut self, now: Instant) {
        let holds = |until: Option<Instant>| until.is_none_or(|until| until > now);
        self.prefixes.retain(|held| holds(held.until));
        self.name_servers.retain(|held| holds(held.until));
        self.router = self.router.filter(|held| holds(held.until));
    }

    /// The addresses that the prefixes make for us.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Cidr> + '_ {
        self.prefixes.iter().map(|held| held.what)
    }

    pub(super) fn router(&self) -> Option<Ipv6Addr> {
        self.router.map(|held| held.what)
    }

    pub(super) fn name_servers(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.name_servers.iter().map(|held| held.what.into())
    }

    /// Takes an advertisement: an ICMPv6 message of type 134, whose checksum and hop limit have been verified.
    pub(super) fn advertised(&mut self, router: Ipv6Addr, message: &[u8], mac: Mac, now: Instant) {
        let Some(lifetime) = message.get(6..8) else { return };
        let Some(mut options) = message.get(16..) else { return };
        if !router.is_unicast_link_local() {
            return;
        }
        self.heard = true;
        let lifetime = u32::from(u16::from_be_bytes([lifetime[0], lifetime[1]]));
        match self.router {
            Some(held) if held.what != router => {}
            _ if lifetime == 0 => self.router = None,
            _ => self.router = Some(Held { what: router, until: until(now, lifetime) }),
        }
        // Type, length in units of eight bytes, and the rest.
        while let [kind, units, ..] = *options {
            let length = usize::from(units) * 8;
            let Some(option) = options.get(..length).filter(|_| length > 0) else { return };
            options = &options[length..];
            match kind {
                3 if length == 32 => self.prefix(option, mac, now),
                25 => self.servers(option, now),
                _ => {}
            }
        }
    }

    /// Prefix information (RFC 4861, section 4.6.2). Only prefixes of 64 bits leave room for an interface identifier.
    fn prefix(&mut self, option: &[u8], mac: Mac, now: Instant) {
        let (on_link, autonomous) = (option[3] & 0x80 != 0, option[3] & 0x40 != 0);
        let Some(prefix) = address(option, 16) else { return };
        let reserved = prefix.is_unicast_link_local() || prefix.is_loopback() || !unicast(prefix.into());
        let valid = number(option, 4);
        if !autonomous || reserved || option[2] != 64 {
            return;
        }
        // What is not on the link is reached by the router, our neighbours under that prefix too.
        let Some(cidr) = Cidr::new(mac.within(prefix).into(), if on_link { 64 } else { 128 }) else { return };
        self.prefixes.retain(|held| held.what != cidr);
        if valid > 0 && self.prefixes.len() < MOST {
            self.prefixes.push(Held { what: cidr, until: until(now, valid) });
        }
    }

    /// Recursive DNS servers (RFC 8106, section 5.1).
    fn servers(&mut self, option: &[u8], now: Instant) {
        let lifetime = number(option, 4);
        for at in (8..option.len()).step_by(16) {
            let Some(server) = address(option, at).filter(|server| unicast((*server).into())) else {
                continue;
            };
            self.name_servers.retain(|held| held.what != server);
            if lifetime > 0 && self.name_servers.len() < MOST {
                self.name_servers.push(Held { what: server, until: until(now, lifetime) });
            }
        }
    }
}

fn number(option: &[u8], at: usize) -> u32 {
    let bytes = option.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_be_bytes)
}

fn address(option: &[u8], at: usize) -> Option<Ipv6Addr> {
    let bytes: [u8; 16] = option.get(at..at + 16)?.try_into().ok()?;
    Some(bytes.into())
}

fn until(now: Instant, seconds: u32) -> Option<Instant> {
    (seconds != u32::MAX).then(|| after(now, Duration::from_secs(seconds.into())))
}

fn after(now: Instant, time: Duration) -> Instant {
    crate::Deadline::after(now, time).at()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const START: Instant = Instant::from_nanos(0);

    fn router() -> Ipv6Addr {
        "fe80::1".parse().unwrap()
    }

    fn advertisement(lifetime: u16, valid: u32, flags: u8) -> Vec<u8> {
        let mut message = vec![134, 0, 0, 0, 64, 0];
        message.extend(lifetime.to_be_bytes());
        message.extend([0; 8]);
        message.extend([1, 1, 2, 0, 0, 0, 0, 1]);
        message.extend([3, 4, 64, flags]);
        message.extend(valid.to_be_bytes());
        message.extend([0; 8]);
        message.extend("2001:db8::".parse::<Ipv6Addr>().unwrap().octets());
        message.extend([25, 3, 0, 0]);
        message.extend(valid.to_be_bytes());
        message.extend("2001:db8::53".parse::<Ipv6Addr>().unwrap().octets());
        message
    }

    #[test]
    fn an_advertisement_holds_until_it_expires() {
        let mac: Mac = "02:00:00:00:00:01".parse().unwrap();
        let mut slaac = Slaac::default();
        assert!(slaac.solicit(START) && !slaac.solicit(START));
        slaac.advertised(router(), &advertisement(60, 100, 0xc0), mac, START);
        assert_eq!(slaac.addresses().collect::<Vec<_>>(), ["2001:db8::ff:fe00:1/64".parse().unwrap()]);
        assert_eq!(slaac.router(), Some(router()));
        assert_eq!(slaac.name_servers().next(), Some("2001:db8::53".parse().unwrap()));
        assert_eq!(slaac.poll_at(), Some(Instant::from_nanos(60_000_000_000)));
        slaac.expire(Instant::from_nanos(60_000_000_000));
        assert_eq!(slaac.router(), None);
        assert_eq!(slaac.addresses().count(), 1);
        slaac.advertised(router(), &advertisement(60, 0, 0xc0), mac, START);
        assert_eq!((slaac.addresses().count(), slaac.name_servers().count()), (0, 0), "taken back");
    }

    #[test]
    fn a_prefix_that_is_not_on_the_link_makes_no_neighbours() {
        let mac: Mac = "02:00:00:00:00:01".parse().unwrap();
        let mut slaac = Slaac::default();
        slaac.advertised(router(), &advertisement(60, 100, 0x40), mac, START);
        assert_eq!(slaac.addresses().next().map(Cidr::length), Some(128));
        slaac = Slaac::default();
        slaac.advertised(router(), &advertisement(60, 100, 0x80), mac, START);
        assert_eq!(slaac.addresses().count(), 0, "not for autoconfiguration");
    }

    #[test]
    fn nobody_fills_memory_or_ends_the_loop() {
        let mac: Mac = "02:00:00:00:00:01".parse().unwrap();
        let mut slaac = Slaac::default();
        for i in 0..100 {
            let mut message = advertisement(60, u32::MAX, 0xc0);
            message[46] = i;
            slaac.advertised(router(), &message, mac, START);
        }
        assert!(slaac.addresses().count() <= MOST);
        let whole = advertisement(60, 100, 0xc0);
        for length in 0..whole.len() {
            Slaac::default().advertised(router(), &whole[..length], mac, START);
        }
        let mut endless = whole;
        endless[17] = 0;
        Slaac::default().advertised(router(), &endless, mac, START);
        let mut silent = Slaac::default();
        let mut now = START;
        for _ in 0..10 {
            silent.solicit(now);
            now = after(now, INTERVAL);
        }
        assert_eq!(
            (silent.sent, silent.poll_at()),
            (SOLICITATIONS, None),
            "it sleeps once nobody has answered"
        );
    }
}

//! What options name: [`InterfaceName`], [`Mac`], [`Mtu`], [`Cidr`]. Each can only hold what is right.

use alloc::string::{String, ToString as _};
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// The name of a network interface, as Linux takes it: 1 to 15 bytes, no `/`, no white space, not `.` or `..`
/// (`dev_valid_name` in the kernel's `net/core/dev.c`). Neither `,`, which ends it in an option's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InterfaceName(String);

impl InterfaceName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InterfaceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |c: char| !c.is_ascii_graphic() || matches!(c, '/' | ':' | ',' | '%');
        if text.is_empty() || text.len() > 15 || text == "." || text == ".." || text.contains(wrong) {
            return Err("the name of an interface, 1 to 15 letters long, such as `br-lan`".into());
        }
        Ok(Self(text.to_string()))
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An Ethernet address that one station has: not a multicast address, and not all zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mac([u8; 6]);

impl Mac {
    /// A locally administered address made of `random` bytes (IEEE 802c, section 8.4).
    #[must_use]
    pub const fn local(random: [u8; 6]) -> Self {
        let [first, rest @ ..] = random;
        let [b, c, d, e, f] = rest;
        Self([(first & !0b01) | 0b10, b, c, d, e, f])
    }

    /// These bytes, if they are the address of one station.
    #[must_use]
    pub fn unicast(bytes: [u8; 6]) -> Option<Self> {
        (bytes[0] & 1 == 0 && bytes != [0; 6]).then_some(Self(bytes))
    }

    /// The six bytes, as they go over the wire.
    #[must_use]
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }

    /// The link-local address with the interface identifier made of this address (RFC 4291, appendix A).
    #[must_use]
    pub fn link_local(self) -> Ipv6Addr {
        self.within(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0))
    }

    /// The address of this station under a prefix of 64 bits (RFC 4862, section 5.5.3).
    #[must_use]
    pub fn within(self, prefix: Ipv6Addr) -> Ipv6Addr {
        let [a, b, c, d, e, f] = self.0;
        let identifier = u64::from_be_bytes([a ^ 0b10, b, c, 0xff, 0xfe, d, e, f]);
        Ipv6Addr::from_bits((prefix.to_bits() & !u128::from(u64::MAX)) | u128::from(identifier))
    }
}

impl FromStr for Mac {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "an address of one station, such as 02:00:5e:10:20:30";
        let mut bytes = [0; 6];
        let mut parts = text.split(':');
        for byte in &mut bytes {
            let part = parts.next().filter(|part| part.len() == 2 && !part.starts_with('+'));
            *byte = part.and_then(|part| u8::from_str_radix(part, 16).ok()).ok_or(EXPECTED)?;
        }
        let end = parts.next().is_none();
        Self::unicast(bytes).filter(|_| end).ok_or_else(|| EXPECTED.into())
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

/// The longest IP packet, in bytes: 576 (what every IPv4 host takes, RFC 1122, section 3.3.2) to 9216.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mtu(u16);

impl Mtu {
    /// The nearest that there is.
    #[must_use]
    pub fn clamped(bytes: usize) -> Self {
        Self(u16::try_from(bytes.clamp(576, 9216)).unwrap_or(1500))
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0 as usize
    }

    /// Whether IPv6 can be spoken with it (RFC 8200, section 5).
    #[must_use]
    pub const fn carries_ipv6(self) -> bool {
        self.0 >= 1280
    }
}

impl FromStr for Mtu {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(bytes @ 576..=9216) if !text.starts_with('+') => Ok(Self(bytes)),
            _ => Err("a number of bytes, 576 to 9216".into()),
        }
    }
}

impl fmt::Display for Mtu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An address that a host can have, and the length of its network's prefix: `192.0.2.5/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    address: IpAddr,
    length: u8,
}

impl Cidr {
    /// `address` in its network, if a host can have that address.
    #[must_use]
    pub fn new(address: IpAddr, length: u8) -> Option<Self> {
        let cidr = Self { address, length };
        let fits = match address {
            IpAddr::V4(v4) => {
                let host = !cidr.mask() & u128::from(v4.to_bits());
                // Neither the network itself nor its broadcast address (RFC 1122); in /31 and /32 there is none (RFC 3021).
                let all = !cidr.mask() & u128::from(u32::MAX);
                length <= 32 && v4.octets()[0] != 0 && (length >= 31 || (host != 0 && host != all))
            }
            IpAddr::V6(v6) => length <= 128 && v6.to_ipv4_mapped().is_none(),
        };
        (fits && unicast(address) && !address.is_loopback()).then_some(cidr)
    }

    /// The address.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        self.address
    }

    /// The bits that the network's addresses share.
    #[must_use]
    pub const fn length(self) -> u8 {
        self.length
    }

    /// Whether `other` is an address of the same network.
    #[must_use]
    pub fn contains(self, other: IpAddr) -> bool {
        self.address.is_ipv4() == other.is_ipv4() && (bits(self.address) ^ bits(other)) & self.mask() == 0
    }

    /// Whether it is the address to which a datagram for everybody in the network goes.
    #[must_use]
    pub fn is_broadcast(self, other: IpAddr) -> bool {
        let all = !self.mask() & u128::from(u32::MAX);
        other.is_ipv4() && self.contains(other) && self.length < 31 && bits(other) & all == all
    }

    fn mask(self) -> u128 {
        let width = if self.address.is_ipv4() { 32 } else { 128 };
        u128::MAX.checked_shl(width - u32::from(self.length).min(width)).unwrap_or(0)
    }
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (address, length) = text.split_once('/')?;
            let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            Self::new(address.parse().ok()?, digits.then_some(length)?.parse().ok()?)
        };
        parse().ok_or_else(|| {
            "a host's address and the length of its network's prefix, such as 192.0.2.5/24 or 2001:db8::5/64".into()
        })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

impl From<Cidr> for smoltcp::wire::IpCidr {
    fn from(cidr: Cidr) -> Self {
        Self::new(cidr.address.into(), cidr.length)
    }
}

/// Whether it is the address of one host.
pub(super) fn unicast(address: IpAddr) -> bool {
    let broadcast = address == IpAddr::V4(Ipv4Addr::BROADCAST);
    !address.is_unspecified() && !address.is_multicast() && !broadcast
}

/// IPv4 addresses in the lowest 32 bits.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_knows_its_own() {
        let cidr: Cidr = "192.0.2.5/24".parse().unwrap();
        assert!(
            cidr.contains("192.0.2.250".parse().unwrap()) && !cidr.contains("192.0.3.5".parse().unwrap())
        );
        assert!(cidr.is_broadcast("192.0.2.255".parse().unwrap()));
        assert!(!cidr.contains("::c000:205".parse().unwrap()), "another family");
        let cidr: Cidr = "2001:db8::5/64".parse().unwrap();
        assert!(cidr.contains("2001:db8::ffff:1".parse().unwrap()));
        assert!(!cidr.contains("2001:db8:0:1::5".parse().unwrap()));
        let all: Cidr = "10.0.0.1/0".parse().unwrap();
        assert!(all.contains("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn what_no_host_can_have_is_no_cidr() {
        for text in [
            "192.0.2.0/24",
            "192.0.2.255/24",
            "192.0.2.5/33",
            "192.0.2.5",
            "192.0.2.5/",
            "192.0.2.5/+24",
            "0.0.0.0/8",
            "224.0.0.1/24",
            "127.0.0.1/8",
            "255.255.255.255/32",
            "::/64",
            "ff02::1/64",
            "::1/128",
            "::ffff:192.0.2.1/64",
            "2001:db8::1/129",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
        assert!("192.0.2.0/31".parse::<Cidr>().is_ok(), "RFC 3021");
    }

    #[test]
    fn a_station_has_its_link_local_address() {
        let mac: Mac = "02:00:5E:10:20:30".parse().unwrap();
        assert_eq!(mac.to_string(), "02:00:5e:10:20:30");
        assert_eq!(mac.link_local(), "fe80::5eff:fe10:2030".parse::<Ipv6Addr>().unwrap());
        let drawn = Mac::local([0xff; 6]);
        assert_eq!(drawn.to_string().parse(), Ok(drawn), "unicast");
        assert_eq!(drawn.bytes()[0] & 0b11, 0b10, "locally administered");
    }

    #[test]
    fn malformed_names_are_refused() {
        for text in ["", "a name", "1234567890123456", "..", "a/b", "a,b", "a:b"] {
            assert!(text.parse::<InterfaceName>().is_err(), "{text}");
        }
        for text in [
            "",
            "02:00:5e:10:20",
            "02:00:5e:10:20:30:40",
            "01:00:5e:00:00:01",
            "0:0:0:0:0:0",
            "02:00:5e:10:20:+3",
        ] {
            assert!(text.parse::<Mac>().is_err(), "{text}");
        }
        for text in ["", "575", "9217", "+1500", "1500.0"] {
            assert!(text.parse::<Mtu>().is_err(), "{text}");
        }
    }
}

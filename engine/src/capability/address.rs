//! [`Block`]: a block of addresses, and which addresses are not part of the public internet.

use super::error::Problem;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A CIDR block, masked; one address is a block whose prefix is the whole address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block {
    address: IpAddr,
    prefix: u8,
}

impl Block {
    /// The block of one address. An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is that IPv4 address.
    #[must_use]
    pub fn one(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { address, prefix: bits(address) }
    }

    /// Reads `192.0.2.1`, `10.0.0.0/8`, `::1` or `2001:db8::/32`, without brackets.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse().map(Self::one).map_err(|_| Problem::Host);
        };
        let address: IpAddr = address.parse().map_err(|_| Problem::Prefix)?;
        if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::Prefix);
        }
        let prefix: u8 = prefix.parse().map_err(|_| Problem::Prefix)?;
        if prefix > bits(address) {
            return Err(Problem::Prefix);
        }
        Ok(Self::masked(address, prefix))
    }

    fn masked(address: IpAddr, prefix: u8) -> Self {
        match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                Self { address: Ipv4Addr::from_bits(v4.to_bits() & mask).into(), prefix }
            }
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) if prefix >= 96 => Self::masked(v4.into(), prefix - 96),
                _ => {
                    let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                    Self { address: Ipv6Addr::from_bits(v6.to_bits() & mask).into(), prefix }
                }
            },
        }
    }

    /// Whether the address lies in this block.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        bits(address) == bits(self.address) && Self::masked(address, self.prefix) == self
    }

    /// Whether no address in this block is public, so that naming the block names private addresses on purpose.
    /// `0.0.0.0/0` does not.
    #[must_use]
    pub fn is_private(self) -> bool {
        let within = |address, prefix| {
            let range = Self { address, prefix };
            self.prefix >= prefix && range.contains(self.address)
        };
        match self.address {
            IpAddr::V4(_) => {
                RESERVED_V4.iter().any(|(address, prefix)| within(Ipv4Addr::from(*address).into(), *prefix))
            }
            IpAddr::V6(v6) => match embedded(v6, self.prefix) {
                Some(v4) => v4.is_private(),
                None if self.contains(NAT64.into()) => false,
                None => RESERVED_V6.iter().any(|(address, prefix)| within((*address).into(), *prefix)),
            },
        }
    }
}

/// Without brackets around an IPv6 address.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        if self.prefix == bits(self.address) { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

impl Block {
    /// Its first address.
    pub(super) const fn address(self) -> IpAddr {
        self.address
    }

    /// Whether it is written with brackets in front of ports.
    pub(super) const fn is_v6(self) -> bool {
        self.address.is_ipv6()
    }
}

const fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Whether an address is loopback, private, link-local, unique-local, carrier NAT, multicast or otherwise reserved
/// (the IANA special-purpose registries, RFC 6890, without what is globally reachable), also as the IPv4 address
/// inside an IPv6 one.
///
/// ```
/// use quoin_engine::capability::is_private;
/// assert!(is_private("192.168.1.1".parse()?));
/// assert!(is_private("64:ff9b::10.0.0.1".parse()?));
/// assert!(!is_private("9.9.9.9".parse()?));
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    Block::one(address).is_private()
}

const RESERVED_V4: [([u8; 4], u8); 15] = [
    ([0, 0, 0, 0], 8),       // this network, and unspecified (RFC 791)
    ([10, 0, 0, 0], 8),      // private (RFC 1918)
    ([100, 64, 0, 0], 10),   // carrier NAT (RFC 6598)
    ([127, 0, 0, 0], 8),     // loopback (RFC 1122)
    ([169, 254, 0, 0], 16),  // link-local (RFC 3927)
    ([172, 16, 0, 0], 12),   // private (RFC 1918)
    ([192, 0, 0, 0], 24),    // protocol assignments (RFC 6890)
    ([192, 0, 2, 0], 24),    // documentation (RFC 5737)
    ([192, 88, 99, 0], 24),  // 6to4 relays, deprecated (RFC 7526)
    ([192, 168, 0, 0], 16),  // private (RFC 1918)
    ([198, 18, 0, 0], 15),   // benchmarking (RFC 2544)
    ([198, 51, 100, 0], 24), // documentation (RFC 5737)
    ([203, 0, 113, 0], 24),  // documentation (RFC 5737)
    ([224, 0, 0, 0], 4),     // multicast (RFC 5771)
    ([240, 0, 0, 0], 4),     // reserved, and broadcast (RFC 1112, RFC 919)
];

/// Global unicast is `2000::/3` (RFC 4291), so that everything else is reserved as a whole: unspecified, loopback,
/// IPv4-compatible, discard-only, segment routing, unique-local, link-local, site-local, multicast.
const RESERVED_V6: [(Ipv6Addr, u8); 7] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 0), 3),
    (Ipv6Addr::new(0x4000, 0, 0, 0, 0, 0, 0, 0), 2),
    (Ipv6Addr::new(0x8000, 0, 0, 0, 0, 0, 0, 0), 1),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo among them (RFC 2928, 4380)
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation (RFC 3849)
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation (RFC 9637)
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16), // 6bone, returned (RFC 3701)
];

/// `64:ff9b::/96`, behind which lies all of IPv4 (RFC 6052).
const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

/// The IPv4 addresses that a translator or a tunnel would send to: NAT64 and 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr, prefix: u8) -> Option<Block> {
    let octets = address.octets();
    let at = |i: usize| Ipv4Addr::new(octets[i], octets[i + 1], octets[i + 2], octets[i + 3]).into();
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] if prefix >= 96 => Some(Block::masked(at(12), prefix - 96)),
        [0x2002, ..] if prefix >= 16 => Some(Block::masked(at(2), (prefix - 16).min(32))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn private(text: &str) -> bool {
        is_private(text.parse().unwrap())
    }

    #[test]
    fn private_addresses() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::9.9.9.9",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(private(text), "{text}");
        }
    }

    #[test]
    fn public_addresses() {
        for text in [
            "1.1.1.1",
            "9.9.9.9",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:9.9.9.9",
            "64:ff9b::9.9.9.9",
            "2001:4860:4860::8888",
            "2002:909:909::1",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(!private(text), "{text}");
        }
    }

    #[test]
    fn blocks_are_masked() {
        for (text, canonical) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("192.0.2.1/32", "192.0.2.1"),
            ("2001:DB8:1::/32", "2001:db8::/32"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(Block::parse(text).unwrap().to_string(), canonical);
        }
        for text in
            ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::/129", "10.0.0/8", "fe80::1%eth0", "010.0.0.1"]
        {
            assert!(Block::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn blocks_contain() {
        let block = Block::parse("10.0.0.0/8").unwrap();
        assert!(block.contains("10.255.0.1".parse().unwrap()));
        assert!(block.contains("::ffff:10.0.0.1".parse().unwrap()));
        assert!(!block.contains("11.0.0.1".parse().unwrap()));
        assert!(!block.contains("::10.0.0.1".parse().unwrap()));
        assert!(!Block::parse("::/0").unwrap().contains("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn only_wholly_private_blocks_are_private() {
        assert!(Block::parse("10.20.0.0/16").unwrap().is_private());
        assert!(Block::parse("fd00::/8").unwrap().is_private());
        assert!(!Block::parse("0.0.0.0/0").unwrap().is_private());
        assert!(!Block::parse("8.0.0.0/6").unwrap().is_private());
        assert!(!Block::parse("::/0").unwrap().is_private());
        assert!(!Block::parse("2002::/16").unwrap().is_private());
        assert!(Block::parse("2002:a00::/24").unwrap().is_private());
        assert!(Block::parse("64:ff9b::a00:0/104").unwrap().is_private());
        assert!(!Block::parse("64:ff9b::/96").unwrap().is_private());
        assert!(!Block::parse("64:ff9b::/64").unwrap().is_private());
        assert!(!Block::parse("::/3").unwrap().is_private());
    }
}

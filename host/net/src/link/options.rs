//! [`Options`]: the text of `--net`.
//!
//! ```
//! use quoin_net::link::{Form, Options};
//!
//! let options: Options = "bridge:br-guest,dhcp".parse().unwrap();
//! assert_eq!((options.form(), options.name().as_str()), (Form::Bridge, "br-guest"));
//! let wrong = "bridge:br-guest,adr=192.0.2.5/24".parse::<Options>().unwrap_err();
//! assert!(wrong.to_string().contains("did you mean `addr`?"));
//! ```

use super::name::{Cidr, InterfaceName, Mac, Mtu, unicast};
use crate::{Code, Error};
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// How the node comes to the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// By a TAP device of its own, one more port of a bridge.
    Bridge,
    /// By an AF_PACKET socket on an interface.
    Raw,
    /// By a TAP device that exists.
    Tap,
    /// By a TUN device that exists: IP packets without Ethernet.
    Tun,
}

impl Form {
    const ALL: [Self; 4] = [Self::Bridge, Self::Raw, Self::Tap, Self::Tun];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bridge => "bridge",
            Self::Raw => "raw",
            Self::Tap => "tap",
            Self::Tun => "tun",
        }
    }
}

/// What a `--net` text says: `FORM:NAME[,OPTION…]`.
///
/// | option | meaning |
/// |---|---|
/// | `dhcp` | IPv4 address, router and name servers by DHCP; opening fails without a lease. IPv6 by router advertisements, if there are any |
/// | `slaac` | IPv6 address, router and name servers by router advertisements; opening fails without |
/// | `addr=192.0.2.5/24` | an address of its own; repeatable, IPv4 and IPv6, at most four |
/// | `gw=192.0.2.1` | the router, one for IPv4 and one for IPv6 |
/// | `dns=192.0.2.1` | a name server, instead of those that DHCP and routers tell of; repeatable, at most four |
/// | `mac=02:00:5e:10:20:30` | its MAC address, else a random one that is locally administered |
/// | `mtu=1400` | the longest IP packet in bytes, else that of the device |
///
/// Without any of `dhcp`, `slaac` and `addr` it is `dhcp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    form: Form,
    name: InterfaceName,
    pub(super) dhcp: bool,
    pub(super) slaac: bool,
    pub(super) addresses: Vec<Cidr>,
    pub(super) router_v4: Option<Ipv4Addr>,
    pub(super) router_v6: Option<Ipv6Addr>,
    pub(super) name_servers: Vec<IpAddr>,
    pub(super) mac: Option<Mac>,
    pub(super) mtu: Option<Mtu>,
}

const MOST: usize = 4;
const WORDS: [&str; 7] = ["dhcp", "slaac", "addr", "gw", "dns", "mac", "mtu"];

impl Options {
    /// How the node comes to the link.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Its MAC address, where it is said.
    #[must_use]
    pub const fn mac(&self) -> Option<Mac> {
        self.mac
    }

    /// The most that it sends in a packet, where it is said.
    #[must_use]
    pub const fn mtu(&self) -> Option<Mtu> {
        self.mtu
    }

    /// The interface that it comes to it by.
    #[must_use]
    pub const fn name(&self) -> &InterfaceName {
        &self.name
    }

    fn set(&mut self, option: &str) -> Result<(), Error> {
        let (word, value) = match option.split_once('=') {
            Some((word, value)) => (word, Some(value)),
            None => (option, None),
        };
        if !WORDS.contains(&word) {
            return Err(unknown("option", word, &WORDS));
        }
        let once = |new: bool| if new { Ok(()) } else { Err(wrong(format!("`{word}` is said twice"))) };
        if let "dhcp" | "slaac" = word {
            let flag = if word == "dhcp" { &mut self.dhcp } else { &mut self.slaac };
            if value.is_some() {
                return Err(wrong(format!("`{word}` takes no value: write `,{word}`")));
            }
            return once(!core::mem::replace(flag, true));
        }
        let value = value.unwrap_or_default();
        let expected = |what: String| wrong(format!("`{word}={value}`: expected {what}"));
        match word {
            "addr" => {
                let cidr: Cidr = value.parse().map_err(expected)?;
                once(self.addresses.iter().all(|other| other.address() != cidr.address()))?;
                self.addresses.push(cidr);
            }
            "gw" => match host(value).map_err(expected)? {
                IpAddr::V4(router) => once(self.router_v4.replace(router).is_none())?,
                IpAddr::V6(router) => once(self.router_v6.replace(router).is_none())?,
            },
            "dns" => {
                let server = host(value).map_err(expected)?;
                once(!self.name_servers.contains(&server))?;
                self.name_servers.push(server);
            }
            "mac" => once(self.mac.replace(value.parse().map_err(expected)?).is_none())?,
            _ => once(self.mtu.replace(value.parse().map_err(expected)?).is_none())?,
        }
        Ok(())
    }

    /// What the options have to do with each other.
    fn check(&self) -> Result<(), Error> {
        let v4 = self.addresses.iter().any(|cidr| cidr.address().is_ipv4());
        let v6 = self.addresses.iter().any(|cidr| cidr.address().is_ipv6());
        if self.form == Form::Tun {
            let word = [("dhcp", self.dhcp), ("slaac", self.slaac), ("mac", self.mac.is_some())];
            if let Some((word, _)) = word.iter().find(|(_, said)| *said) {
                return Err(wrong(format!(
                    "`{word}`: a TUN device has no Ethernet; use `addr=`, or a `tap:` device"
                )));
            }
        }
        if self.addresses.len() > MOST || self.name_servers.len() > MOST {
            return Err(wrong(format!("at most {MOST} `addr=` and {MOST} `dns=`")));
        }
        if v4 && self.dhcp {
            return Err(wrong(
                "`dhcp` and an IPv4 `addr=` exclude each other: the lease is an address".into(),
            ));
        }
        if v6 && self.slaac {
            return Err(wrong("`slaac` and an IPv6 `addr=` exclude each other".into()));
        }
        if (v6 || self.slaac) && self.mtu.is_some_and(|mtu| !mtu.carries_ipv6()) {
            return Err(wrong("`mtu`: IPv6 takes at least 1280 bytes (RFC 8200)".into()));
        }
        for router in [self.router_v4.map(IpAddr::V4), self.router_v6.map(IpAddr::V6)].into_iter().flatten() {
            let own = |cidr: &&Cidr| cidr.address().is_ipv4() == router.is_ipv4();
            let told = if router.is_ipv4() { "dhcp" } else { "slaac" };
            let link_local = matches!(router, IpAddr::V6(router) if router.is_unicast_link_local());
            match self.addresses.iter().find(own) {
                None => {
                    return Err(wrong(format!(
                        "`gw={router}` needs an `addr=` of the same family; with `{told}`, the router is told"
                    )));
                }
                Some(_) if self.addresses.iter().any(|cidr| cidr.address() == router) => {
                    return Err(wrong(format!("`gw={router}` is the node's own address")));
                }
                Some(_) if link_local || self.addresses.iter().any(|cidr| cidr.contains(router)) => {}
                Some(_) => {
                    return Err(wrong(format!(
                        "`gw={router}` is in the network of no `addr=`, so it is no neighbour"
                    )));
                }
            }
        }
        Ok(())
    }
}

fn host(text: &str) -> Result<IpAddr, String> {
    let address: Option<IpAddr> = text.parse().ok();
    address
        .filter(|address| unicast(*address) && !address.is_loopback() && *address == address.to_canonical())
        .ok_or_else(|| "the IPv4 or IPv6 address of a host".into())
}

fn wrong(message: String) -> Error {
    Error::new(Code::Invalid, message)
}

impl FromStr for Options {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let mut parts = text.split(',');
            let device = parts.next().unwrap_or_default();
            let Some((form, name)) = device.split_once(':') else {
                return Err(wrong(
                    "expected a device first: bridge:NAME, raw:IFACE, tap:NAME or tun:NAME".into(),
                ));
            };
            let known = Form::ALL.into_iter().find(|known| known.as_str() == form);
            let form = known.ok_or_else(|| unknown("kind of device", form, &Form::ALL.map(Form::as_str)))?;
            let name = name.parse().map_err(|what| wrong(format!("`{device}`: expected {what}")))?;
            let mut options = Self {
                form,
                name,
                dhcp: false,
                slaac: false,
                addresses: vec![],
                router_v4: None,
                router_v6: None,
                name_servers: vec![],
                mac: None,
                mtu: None,
            };
            for part in parts {
                options.set(part)?;
            }
            if !options.dhcp && !options.slaac && options.addresses.is_empty() {
                if form == Form::Tun {
                    return Err(wrong("a TUN device needs an `addr=`, such as `addr=192.0.2.5/24`".into()));
                }
                options.dhcp = true;
            }
            options.check()?;
            Ok(options)
        };
        // What someone typed is quoted no further than a line goes, and without what a terminal would act upon.
        read().map_err(|error: Error| {
            let shown: String = text.chars().take(200).flat_map(char::escape_debug).collect();
            let message: String =
                error.message().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
            wrong(format!("{shown}: {message}"))
        })
    }
}

/// Canonical text, which reads back as the same.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.form.as_str(), self.name)?;
        for (word, _) in [("dhcp", self.dhcp), ("slaac", self.slaac)].iter().filter(|(_, said)| *said) {
            write!(f, ",{word}")?;
        }
        self.addresses.iter().try_for_each(|cidr| write!(f, ",addr={cidr}"))?;
        self.router_v4.iter().try_for_each(|router| write!(f, ",gw={router}"))?;
        self.router_v6.iter().try_for_each(|router| write!(f, ",gw={router}"))?;
        self.name_servers.iter().try_for_each(|server| write!(f, ",dns={server}"))?;
        self.mac.iter().try_for_each(|mac| write!(f, ",mac={mac}"))?;
        self.mtu.iter().try_for_each(|mtu| write!(f, ",mtu={mtu}"))
    }
}

fn unknown(what: &str, word: &str, known: &[&str]) -> Error {
    let shown: String = word.chars().take(40).collect();
    let advice = match known.iter().min_by_key(|known| distance(&shown, known)) {
        Some(near) if distance(&shown, near) <= 2.min(near.len() - 1) => format!("did you mean `{near}`?"),
        _ => format!("there are {}", known.join(", ")),
    };
    wrong(format!("unknown {what} `{shown}`; {advice}"))
}

/// How many letters have to be changed, put in or left out.
fn distance(word: &str, known: &str) -> usize {
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (i, letter) in word.chars().enumerate() {
        let mut diagonal = core::mem::replace(&mut row[0], i + 1);
        for (j, other) in known.chars().enumerate() {
            let changed = diagonal + usize::from(!letter.eq_ignore_ascii_case(&other));
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[known.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use proptest::prelude::*;

    fn error(text: &str) -> String {
        text.parse::<Options>().expect_err(text).message().into()
    }

    #[test]
    fn what_is_printed_is_canonical() {
        for (text, canonical) in [
            ("bridge:br-guest", "bridge:br-guest,dhcp"),
            ("raw:eth0,slaac", "raw:eth0,slaac"),
            (
                "tap:t0,mtu=1400,dns=192.0.2.1,gw=192.0.2.1,addr=192.0.2.5/24,MAC".trim_end_matches(",MAC"),
                "tap:t0,addr=192.0.2.5/24,gw=192.0.2.1,dns=192.0.2.1,mtu=1400",
            ),
            (
                "bridge:b,dhcp,mac=02:00:5E:00:00:01,addr=2001:DB8:0::5/64,gw=fe80::1",
                "bridge:b,dhcp,addr=2001:db8::5/64,gw=fe80::1,mac=02:00:5e:00:00:01",
            ),
            ("tun:wg,addr=192.0.2.5/32", "tun:wg,addr=192.0.2.5/32"),
        ] {
            let options: Options = text.parse().expect(text);
            assert_eq!(options.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(options));
        }
    }

    #[test]
    fn errors_name_the_option_and_what_was_expected() {
        for (text, says) in [
            ("", "bridge:NAME"),
            ("br-guest,dhcp", "bridge:NAME"),
            ("brigde:br0", "unknown kind of device `brigde`; did you mean `bridge`?"),
            ("veth:br0", "there are bridge, raw, tap, tun"),
            ("bridge:,dhcp", "the name of an interface"),
            ("raw:eth0,dchp", "unknown option `dchp`; did you mean `dhcp`?"),
            ("raw:eth0,adr=1", "did you mean `addr`?"),
            ("raw:eth0,", "there are dhcp, slaac"),
            ("raw:eth0,dhcp=yes", "`dhcp` takes no value"),
            ("raw:eth0,dhcp,dhcp", "`dhcp` is said twice"),
            ("raw:eth0,addr=192.0.2.5", "`addr=192.0.2.5`: expected a host's address and the length"),
            ("raw:eth0,addr", "`addr=`: expected a host's address"),
            ("raw:eth0,addr=192.0.2.5/24,gw=192.0.3.1", "in the network of no `addr=`"),
            ("raw:eth0,addr=192.0.2.5/24,gw=192.0.2.5", "own address"),
            ("raw:eth0,dhcp,gw=192.0.2.1", "needs an `addr=` of the same family; with `dhcp`"),
            ("raw:eth0,dhcp,addr=192.0.2.5/24", "exclude each other"),
            ("raw:eth0,slaac,addr=2001:db8::5/64", "exclude each other"),
            ("raw:eth0,addr=192.0.2.5/24,dns=localhost", "`dns=localhost`: expected the IPv4 or IPv6"),
            ("raw:eth0,mac=01:00:5e:00:00:01", "an address of one station"),
            ("raw:eth0,mtu=100", "576 to 9216"),
            ("raw:eth0,slaac,mtu=1000", "at least 1280"),
            ("tun:t0", "needs an `addr=`"),
            ("tun:t0,dhcp", "has no Ethernet"),
            ("tun:t0,addr=192.0.2.5/24,mac=02:00:5e:00:00:01", "has no Ethernet"),
            ("raw:eth0,\u{1b}[31m", "\\u{1b}[31m: unknown option `?[31m`"),
        ] {
            let error = error(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(
            text in "(bridge|raw|tap|tun):[a-z]{1,8}(,(dhcp|slaac|addr=(192\\.0\\.2|10\\.0\\.1)\\.[0-9]{1,2}/(8|24|30)|addr=2001:db8::[0-9a-f]{1,4}/(32|64)|gw=192\\.0\\.2\\.[0-9]|gw=(fe80|2001:db8)::[0-9]|dns=[0-9]\\.8\\.8\\.8|mac=0[0-9a-f]:00:00:00:00:01|mtu=1[0-9]{3})){0,4}",
        ) {
            if let Ok(options) = text.parse::<Options>() {
                let printed = options.to_string();
                prop_assert_eq!(printed.parse::<Options>().expect("what is printed reads back"), options);
            }
        }

        #[test]
        fn any_text_is_answered_in_words(text in ".{0,60}") {
            if let Err(error) = text.parse::<Options>() {
                prop_assert!(!error.message().contains(char::is_control));
            }
        }
    }
}

//! The text of `/etc/resolv.conf`: resolv.conf(5), as the C libraries read it.
//!
//! `nameserver`, `search`, `domain`, and of the `options` `ndots`, `timeout` and `attempts`. `rotate` and all the others are
//! passed over: servers are asked in their order, so that a check is the same each time. Without `search` or `domain`, there is
//! none; the name of this machine is not looked at (glibc does, musl does not).

use super::Config;
use super::name::Written;
use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use core::time::Duration;

/// `MAXNS` of both glibc and musl.
const MOST_SERVERS: usize = 3;
/// `RES_MAXNDOTS` of glibc.
const MOST_NDOTS: usize = 15;
/// `RES_MAXRETRANS` of glibc, in seconds.
const LONGEST_TIMEOUT: u64 = 30;
/// `RES_MAXRETRY` of glibc.
const MOST_ATTEMPTS: usize = 5;
/// More search domains than anyone has; each may cost a question.
const MOST_DOMAINS: usize = 32;

/// Reads the text. `zone` answers the number of the interface that a link-local server is reached through.
pub(super) fn parse(text: &str, zone: &dyn Fn(&str) -> Option<u32>) -> Config {
    let mut config = Config::default();
    for line in text.lines() {
        if line.starts_with(['#', ';']) {
            continue;
        }
        // A keyword begins its line, and a space ends it.
        let Some((keyword, rest)) = line.split_once([' ', '\t']) else { continue };
        let mut words = rest.split_ascii_whitespace();
        match keyword {
            "nameserver" if config.servers.len() < MOST_SERVERS => {
                let word = words.next().unwrap_or_default();
                match server(word, zone) {
                    Some(server) => config.servers.push(server),
                    None => {
                        log::warn!("resolv.conf: the name server `{}` is no address", word.escape_debug())
                    }
                }
            }
            "nameserver" => {
                log::debug!("resolv.conf: more than {MOST_SERVERS} name servers; the rest is not used")
            }
            // The last of them is the one that counts.
            "domain" => config.search = words.take(1).filter_map(domain).collect(),
            "search" => config.search = words.take(MOST_DOMAINS).filter_map(domain).collect(),
            "options" => words.for_each(|word| option(&mut config, word)),
            _ => {}
        }
    }
    if config.servers.is_empty() {
        config.servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53));
    }
    config
}

fn server(word: &str, zone: &dyn Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    match word.split_once('%') {
        None => word.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, 53)),
        Some((address, name)) => {
            let address: Ipv6Addr = address.parse().ok()?;
            let number = name.parse().ok().or_else(|| zone(name))?;
            Some(SocketAddrV6::new(address, 53, 0, number).into())
        }
    }
}

/// A domain, without its last dot. The root adds nothing.
fn domain(word: &str) -> Option<String> {
    match Written::parse(word) {
        Ok(name) => Some(String::from(name.text())).filter(|text| !text.is_empty()),
        Err(error) => {
            log::warn!("resolv.conf: search domain: {error}");
            None
        }
    }
}

fn option(config: &mut Config, word: &str) {
    let Some((name, Ok(number))) = word.split_once(':').map(|(name, number)| (name, number.parse::<u64>()))
    else {
        return;
    };
    let count = usize::try_from(number).unwrap_or(usize::MAX);
    match name {
        "ndots" => config.ndots = count.min(MOST_NDOTS),
        "timeout" => config.timeout = Duration::from_secs(number.clamp(1, LONGEST_TIMEOUT)),
        "attempts" => config.attempts = count.clamp(1, MOST_ATTEMPTS),
        _ => {}
    }
}

impl Config {
    /// Reads the text of a resolv.conf(5). What is malformed is passed over, as the C library does; without any name server there is
    /// the one of this machine, 127.0.0.1. A server on a link (`fe80::1%2`) has its interface by number.
    ///
    /// ```
    /// let config = quoin_net::dns::Config::from_resolv_conf("nameserver 192.0.2.53\noptions ndots:2 attempts:3");
    /// assert_eq!(config.servers, ["192.0.2.53:53".parse().unwrap()]);
    /// assert_eq!((config.ndots, config.attempts), (2, 3));
    /// ```
    #[must_use]
    pub fn from_resolv_conf(text: &str) -> Self {
        parse(text, &|_| None)
    }

    /// Reads the text of a hosts(5), and knows these names without asking.
    #[must_use]
    pub fn with_hosts(mut self, text: &str) -> Self {
        self.hosts = super::hosts::parse(text);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(config: &Config) -> Vec<String> {
        config.servers.iter().map(alloc::string::ToString::to_string).collect()
    }

    #[test]
    fn an_ordinary_one() {
        let config = Config::from_resolv_conf(
            "# made by dhcp\n; old\ndomain lan\nnameserver 192.0.2.1 # first\r\nnameserver\t2001:db8::1\n\
             search example.org. sub.example.org\noptions ndots:3 timeout:2 rotate attempts:4 edns0\n",
        );
        assert_eq!(servers(&config), ["192.0.2.1:53", "[2001:db8::1]:53"]);
        assert_eq!(config.search, ["example.org", "sub.example.org"]);
        assert_eq!((config.ndots, config.attempts, config.timeout.as_secs()), (3, 4, 2));
    }

    #[test]
    fn without_anything_useful_this_machine_is_asked() {
        for text in
            ["", "\n\n", "nameserver", "nameserver nowhere", " nameserver 192.0.2.1", "nameservers 192.0.2.1"]
        {
            let config = Config::from_resolv_conf(text);
            assert_eq!(servers(&config), ["127.0.0.1:53"], "{text}");
            assert_eq!((config.ndots, config.attempts, config.timeout.as_secs()), (1, 2, 5));
            assert!(config.search.is_empty());
        }
    }

    #[test]
    fn limits_and_malformed_parts() {
        let config = Config::from_resolv_conf(
            "nameserver 192.0.2.1\nnameserver x\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n\
             search a..b ok . x/y\noptions ndots:99 timeout:0 attempts:99 ndots timeout:-1 attempts:\n",
        );
        assert_eq!(servers(&config), ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"]);
        assert_eq!(config.search, ["ok"]);
        assert_eq!((config.ndots, config.attempts, config.timeout.as_secs()), (15, 5, 1));
        // `domain` takes one, and the last line counts.
        assert_eq!(Config::from_resolv_conf("search a b\ndomain c d").search, ["c"]);
        let many = ["search"; 100].join(" a");
        assert_eq!(Config::from_resolv_conf(&many).search.len(), MOST_DOMAINS);
    }

    #[test]
    fn servers_on_a_link_have_an_interface() {
        let config =
            parse("nameserver fe80::1%eth0\nnameserver fe80::2%7\nnameserver fe80::3%gone", &|name| {
                (name == "eth0").then_some(3)
            });
        let [SocketAddr::V6(one), SocketAddr::V6(two)] = config.servers[..] else { panic!("{config:?}") };
        assert_eq!((one.scope_id(), two.scope_id()), (3, 7));
    }
}

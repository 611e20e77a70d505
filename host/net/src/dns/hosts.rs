//! The text of `/etc/hosts`: hosts(5).

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

/// The names and their addresses, in the order of the text. A line that does not begin with an address is passed over, as the C
/// library does.
pub(super) fn parse(text: &str) -> Vec<(String, IpAddr)> {
    let mut hosts = Vec::new();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
        let Some(Ok(address)) = words.next().map(str::parse) else { continue };
        hosts.extend(words.map(|name| (String::from(name.strip_suffix('.').unwrap_or(name)), address)));
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_addresses() {
        let text = "127.0.0.1\tlocalhost  # us\n\n#192.0.2.9 off\n::1 localhost ip6-localhost\r\n\
                    192.0.2.1 A.example. a # b\nfe80::1%eth0 zone\nnonsense here\n192.0.2.2";
        let found = parse(text);
        let expected = [
            ("localhost", "127.0.0.1"),
            ("localhost", "::1"),
            ("ip6-localhost", "::1"),
            ("A.example", "192.0.2.1"),
            ("a", "192.0.2.1"),
        ];
        assert_eq!(found, expected.map(|(name, address)| (String::from(name), address.parse().unwrap())));
        assert_eq!(parse(""), []);
    }
}

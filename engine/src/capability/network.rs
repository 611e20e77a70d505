//! `network`: [`NetworkRule`], who may be talked to.

use super::address::Block;
use super::error::Problem;
use super::port::{PortSet, number};
use alloc::string::String;
use core::fmt;
use core::net::IpAddr;

/// What one `network` capability grants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NetworkRule {
    /// `outbound:private`: addresses outside the public internet. It adds to other rules and opens no port itself.
    Private,
    /// A host on ports.
    To(HostPattern, PortSet),
}

/// Which hosts a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HostPattern {
    /// Any host.
    Any,
    /// This name, in lower case.
    Name(String),
    /// Every name below this one at any depth, and not the name itself: `*.example.com` without its `*.`.
    Below(String),
    /// An address or a block of them. Names that lead there don't match.
    Block(Block),
}

impl NetworkRule {
    /// Reads the pattern behind `network:`.
    pub(super) fn parse(pattern: &str) -> Result<Self, Problem> {
        let text = pattern.strip_prefix("outbound:").ok_or(Problem::NoOutbound)?;
        if text == "private" {
            return Ok(Self::Private);
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            let (host, port) = url(scheme, rest)?;
            let ports = port.map_or_else(|port| Ok(PortSet::one(port)), PortSet::parse)?;
            return Ok(Self::To(HostPattern::parse(host)?, ports));
        }
        if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'-' | b'*' | b' ')) {
            return Ok(Self::To(HostPattern::Any, PortSet::parse(text)?));
        }
        let (host, ports) = split(text)?;
        Ok(Self::To(HostPattern::parse(host)?, PortSet::parse(ports.ok_or(Problem::NoPorts)?)?))
    }

    /// Whether a guest may address `host` (as it wrote it) on `port` under this rule.
    pub(super) fn connects(&self, host: &str, port: u16) -> bool {
        match self {
            Self::Private => false,
            Self::To(pattern, ports) => ports.contains(port) && pattern.matches(host),
        }
    }

    /// Whether this rule names that very address with that port, or a block of nothing but private ones around it.
    pub(super) fn names(&self, address: IpAddr, port: u16) -> bool {
        self.has_port(port)
            && matches!(self, Self::To(HostPattern::Block(block), _)
                if block.contains(address) && (*block == Block::one(address) || block.is_private()))
    }

    /// Whether this rule is about that port.
    pub(super) fn has_port(&self, port: u16) -> bool {
        matches!(self, Self::To(_, ports) if ports.contains(port))
    }
}

impl fmt::Display for NetworkRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private => f.write_str("outbound:private"),
            Self::To(HostPattern::Any, ports) => write!(f, "outbound:{ports}"),
            Self::To(host, ports) => write!(f, "outbound:{host}:{ports}"),
        }
    }
}

impl HostPattern {
    /// Reads `example.com`, `*.example.com`, `192.0.2.1`, `10.0.0.0/8`, `[::1]` or `*`.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Some(inside) = text.strip_prefix('[') {
            let inside = inside.strip_suffix(']').ok_or(Problem::HostBrackets)?;
            return Block::parse(inside).map(Self::Block);
        }
        if text.contains(':') || text.contains('/') {
            return Block::parse(text).map(Self::Block);
        }
        if let Some(parent) = text.strip_prefix("*.") {
            return name(parent).map(Self::Below);
        }
        Self::literal(text)
    }

    /// Reads one host, an address or a name, with no wildcard and no block.
    ///
    /// # Errors
    ///
    /// Where it is neither.
    pub(super) fn literal(text: &str) -> Result<Self, Problem> {
        let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Ok(address) = inside.unwrap_or(text).parse::<IpAddr>() {
            return Ok(Self::Block(Block::one(address)));
        }
        name(text).map(Self::Name)
    }

    /// Whether a host is written as an address, with or without brackets.
    pub(super) fn is_address(host: &str) -> bool {
        matches!(Self::literal(host), Ok(Self::Block(_)))
    }

    fn matches(&self, host: &str) -> bool {
        match (self, Self::literal(host)) {
            (Self::Any, _) => true,
            (Self::Name(name), Ok(Self::Name(host))) => *name == host,
            (Self::Below(parent), Ok(Self::Name(host))) => host
                .strip_suffix(parent.as_str())
                .is_some_and(|front| front.len() > 1 && front.ends_with('.')),
            (Self::Block(block), Ok(Self::Block(host))) => block.contains(host.address()),
            _ => false,
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Name(name) => f.write_str(name),
            Self::Below(parent) => write!(f, "*.{parent}"),
            Self::Block(block) if block.is_v6() => write!(f, "[{block}]"),
            Self::Block(block) => block.fmt(f),
        }
    }
}

/// Splits a host from the ports behind it. `2001:db8::/32:443` is clear without brackets, `::1:80` is not.
pub(super) fn split(text: &str) -> Result<(&str, Option<&str>), Problem> {
    let ports_from = match text.rfind([']', '/']) {
        Some(end) if text.starts_with('[') || text.as_bytes()[end] == b'/' => end,
        _ if text.matches(':').count() > 1 => return Err(Problem::HostBrackets),
        _ => 0,
    };
    match text[ports_from..].find(':') {
        Some(colon) => {
            let (host, ports) = text.split_at(ports_from + colon);
            Ok((host, Some(&ports[1..])))
        }
        None => Ok((text, None)),
    }
}

/// A host name in lower case, without the dot that ends a fully qualified one (RFC 1123, with `_` as services have
/// it, and with letters of any script, which are compared as they are written).
fn name(text: &str) -> Result<String, Problem> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| {
                matches!(c, '-' | '_') || c.is_ascii_alphanumeric() || !c.is_ascii() && c.is_alphanumeric()
            })
    };
    if text.len() > 253 || !text.split('.').all(label) {
        return Err(Problem::Host);
    }
    // Resolvers take `127.1` and `0x7f.0.0.1` for addresses, so they are no names.
    let last = text.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let digits = last.strip_prefix("0x").unwrap_or(&last);
    if last.bytes().all(|b| b.is_ascii_digit())
        || digits != last && digits.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Err(Problem::HostNumber);
    }
    Ok(text.to_ascii_lowercase())
}

/// The port that a URL without one means.
fn default_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "smtp" => 25,
        "smtps" => 465,
        _ => return None,
    })
}

/// The host of a URL and its port: what is written, else what the scheme means. Its path is left out: a grant is
/// about who is talked to.
fn url<'a>(scheme: &str, rest: &'a str) -> Result<(&'a str, Result<&'a str, u16>), Problem> {
    let scheme = scheme.to_ascii_lowercase();
    if scheme.is_empty()
        || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    {
        return Err(Problem::Url("a URL starts with a scheme, as in `https://example.com`"));
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Problem::Url("a URL in a capability has no user name or password"));
    }
    let (host, port) = split(authority)?;
    let port = match port {
        Some(port) => Ok(port),
        None => Err(default_port(&scheme)
            .ok_or(Problem::Url("the port of this scheme is not known; write it behind the host"))?),
    };
    Ok((host, port))
}

/// One destination: `https://example.com/x`, `example.com:443` or `[::1]:80`, with one host and one port and no
/// wildcard.
pub(super) fn destination(text: &str) -> Result<NetworkRule, Problem> {
    let (host, port) = match text.split_once("://") {
        Some((scheme, rest)) => url(scheme, rest)?,
        None => {
            let (host, port) = split(text)?;
            (host, Ok(port.ok_or(Problem::NoPorts)?))
        }
    };
    let port = port.map_or_else(Ok, number)?;
    Ok(NetworkRule::To(HostPattern::literal(host)?, PortSet::one(port)))
}

/// The host and the port of an `http://` or `https://` URL that a guest wants to fetch, as the decision about it reads
/// them.
///
/// ```
/// use quoin_engine::capability::http_target;
/// assert_eq!(http_target("https://example.com/x"), Some(("example.com", 443)));
/// assert_eq!(http_target("ftp://example.com/"), None);
/// ```
#[must_use]
pub fn http_target(text: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = text.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let (host, port) = url(scheme, rest).ok()?;
    let port = port.map_or_else(Ok, number).ok()?;
    (!host.is_empty()).then_some((host, port))
}

/// Whether a text is a name or an address that anything can be granted for.
pub(crate) fn is_host(text: &str) -> bool {
    HostPattern::literal(text).is_ok()
}

/// The host and the port of a name server: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:53`,
/// `ns.example`. Without a port it is `default`.
pub(crate) fn name_server(text: &str, default: u16) -> Option<(&str, u16)> {
    if text.parse::<IpAddr>().is_ok() {
        return Some((text, default));
    }
    let (host, port) = split(text).ok()?;
    let port = port.map_or(Ok(default), number).ok()?;
    is_host(host).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn parse(text: &str) -> Result<NetworkRule, Problem> {
        NetworkRule::parse(text)
    }

    fn connects(rule: &str, host: &str, port: u16) -> bool {
        parse(rule).unwrap().connects(host, port)
    }

    #[test]
    fn rules_are_normalised() {
        for (text, canonical) in [
            ("outbound:443,80", "outbound:80,443"),
            ("outbound:*", "outbound:*"),
            ("outbound:*:443", "outbound:443"),
            ("outbound:*:*", "outbound:*"),
            ("outbound:Example.COM.:443", "outbound:example.com:443"),
            ("outbound:*.Example.com:1-9", "outbound:*.example.com:1-9"),
            ("outbound:10.1.2.3/8:22", "outbound:10.0.0.0/8:22"),
            ("outbound:[::0001]:80", "outbound:[::1]:80"),
            ("outbound:[2001:db8:ffff::/32]:53", "outbound:[2001:db8::/32]:53"),
            ("outbound:2001:db8::/32:53", "outbound:[2001:db8::/32]:53"),
            ("outbound:[::ffff:10.0.0.1]:80", "outbound:10.0.0.1:80"),
            ("outbound:https://example.com", "outbound:example.com:443"),
            ("outbound:HTTP://example.com:8080/path?q#f", "outbound:example.com:8080"),
            ("outbound:http://[::1]/x:y", "outbound:[::1]:80"),
            ("outbound:ssh://example.com:22", "outbound:example.com:22"),
            ("outbound:private", "outbound:private"),
            ("outbound:private:80", "outbound:private:80"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn malformed_rules() {
        for (text, problem) in [
            ("443", Problem::NoOutbound),
            ("inbound:443", Problem::NoOutbound),
            ("outbound:", Problem::Ports),
            ("outbound:99999", Problem::Ports),
            ("outbound:example.com", Problem::NoPorts),
            ("outbound:example.com:", Problem::Ports),
            ("outbound:example.com:http", Problem::Ports),
            ("outbound:a,b:80", Problem::Host),
            ("outbound:a*.example.com:80", Problem::Host),
            ("outbound:*.*.example.com:80", Problem::Host),
            ("outbound:a..b:80", Problem::Host),
            ("outbound::80", Problem::Host),
            ("outbound:a b:80", Problem::Host),
            ("outbound:127.1:80", Problem::HostNumber),
            ("outbound:1.2.3.256:80", Problem::HostNumber),
            ("outbound:0x7f.0x1:80", Problem::HostNumber),
            ("outbound:::1:80", Problem::HostBrackets),
            ("outbound:[::1:80", Problem::HostBrackets),
            ("outbound:[example.com]:80", Problem::Host),
            ("outbound:10.0.0.0/33:80", Problem::Prefix),
            ("outbound:example.com/8:80", Problem::Prefix),
        ] {
            assert_eq!(parse(text), Err(problem), "{text}");
        }
        for text in ["outbound:://x", "outbound:gopher://x", "outbound:http://u:p@x/", "outbound:h ttp://x"] {
            assert!(matches!(parse(text), Err(Problem::Url(_))), "{text}");
        }
        assert!(parse("outbound:http:///x").is_err());
    }

    #[test]
    fn hosts_match_as_they_are_written() {
        assert!(connects("outbound:443", "anything.example", 443));
        assert!(connects("outbound:443", "::1", 443));
        assert!(!connects("outbound:443", "anything.example", 80));
        assert!(connects("outbound:example.com:443", "EXAMPLE.com.", 443));
        assert!(!connects("outbound:example.com:443", "www.example.com", 443));
        assert!(!connects("outbound:example.com:443", "example.com.evil.net", 443));
        assert!(connects("outbound:*.example.com:443", "www.example.com", 443));
        assert!(connects("outbound:*.example.com:443", "a.b.example.com", 443));
        for host in [
            "example.com",
            ".example.com",
            "evilexample.com",
            "evil.net/.example.com",
            "evil.net\0.example.com",
        ] {
            assert!(!connects("outbound:*.example.com:443", host, 443), "{host}");
        }
        assert!(connects("outbound:10.0.0.0/8:22", "10.9.8.7", 22));
        assert!(connects("outbound:10.0.0.0/8:22", "::ffff:10.9.8.7", 22));
        assert!(!connects("outbound:10.0.0.0/8:22", "11.0.0.1", 22));
        assert!(!connects("outbound:10.0.0.0/8:22", "10.example.com", 22));
        assert!(connects("outbound:[::1]:80", "::1", 80));
        assert!(connects("outbound:[::1]:80", "[0:0::1]", 80));
        assert!(!connects("outbound:[::1]:80", "::2", 80));
        assert!(!connects("outbound:private", "10.0.0.1", 80));
    }

    #[test]
    fn name_servers() {
        for (text, expected) in [
            ("192.0.2.1", Some(("192.0.2.1", 53))),
            ("ns.example:5353", Some(("ns.example", 5353))),
            ("2001:db8::1", Some(("2001:db8::1", 53))),
            ("[2001:db8::1]", Some(("[2001:db8::1]", 53))),
            ("[2001:db8::1]:54", Some(("[2001:db8::1]", 54))),
            ("[2001:db8::1]x", None),
            ("[2001:db8::1", None),
            ("a:b", None),
            ("192.0.2.1:0", None),
            ("192.0.2.1:+53", None),
            ("a b", None),
            ("", None),
        ] {
            assert_eq!(name_server(text, 53), expected, "{text}");
        }
    }

    #[test]
    fn destinations_are_one_host_and_one_port() {
        for (text, rule) in [
            ("https://Example.com/a?b", "outbound:example.com:443"),
            ("http://192.168.1.1:8080", "outbound:192.168.1.1:8080"),
            ("example.com:25", "outbound:example.com:25"),
            ("[::1]:80", "outbound:[::1]:80"),
        ] {
            assert_eq!(destination(text).unwrap().to_string(), rule);
        }
        for text in [
            "",
            "*",
            "*:80",
            "private",
            "80",
            "443,80",
            "example.com",
            "example.com:*",
            "example.com:1-9",
            "*.com:80",
            "10.0.0.0/8:80",
            "[10.0.0.0/8]:80",
            "http://*/",
            "http://*.com/",
            "http://a:80,443/",
            "http://a,b/",
            "http://10.0.0.0/8",
            "http://a:*/",
            "::1:80",
            "a:b:80",
        ] {
            let parsed = destination(text);
            // The `/8` is a path in a URL.
            assert!(parsed.is_err() || text == "http://10.0.0.0/8", "{text}: {parsed:?}");
        }
    }
}

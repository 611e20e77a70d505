//! [`Url`]: where an HTTP request goes.

use crate::{Code, Error, dns};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// How a URL's server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP over TCP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// An `http` or `https` URL (RFC 3986, RFC 9110 section 4.2) without its fragment.
///
/// Whoever decides whether a URL may be fetched reads it too (`quoin-engine`'s capability check does), and perhaps not with
/// this code. Two readers that find different hosts in one text are a hole, so this one takes only what leaves no
/// room for a second opinion, and refuses the rest instead of repairing it:
///
/// - there is a scheme, `http` or `https` in any case, then `://`;
/// - nowhere a control character, a space or a backslash, which some readers drop and others take for a `/`;
/// - the authority ends at the first `/`, `?` or `#`; an `@` in it is refused;
/// - the host is an IPv4 address of four decimal numbers, an IPv6 address in brackets, or a name: labels of 1 to 63 letters,
///   digits, `-` and `_`, with single dots between them and perhaps one at the end. Nothing is percent-decoded, and
///   there is no other dot than `.`. Letters outside ASCII become A-labels (UTS 46), of which there are as many as before;
/// - a name whose last label is a number in any notation (`127.1`, `0x7f.1`, `2130706433`), before or after that, is refused:
///   resolvers take it for an address;
/// - the port is 1 to 65535, in digits without zeros in front; `http://host:/` is refused.
///
/// What is taken means the same by RFC 3986, by the WHATWG's URL standard and by the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    scheme: Scheme,
    host: String,
    port: u16,
    target: String,
}

impl Url {
    /// Reads a URL.
    ///
    /// In the path and in the query, letters outside ASCII and the characters `` "<>^`{|} `` are percent-encoded; a `%`
    /// without two hexadecimal digits behind it is refused.
    ///
    /// # Errors
    ///
    /// [`Code::Invalid`], saying what to write instead. The text itself is not in the message: it may hold a secret.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Some(c) = text.chars().find(|c| c.is_ascii_control() || matches!(c, ' ' | '\\')) {
            let shown = c.escape_default();
            return Err(invalid(format!(
                "the URL has the character `{shown}`; write `%{:02X}`",
                u32::from(c)
            )));
        }
        let (scheme, rest) =
            text.split_once("://").ok_or_else(|| invalid("a URL starts with `http://` or `https://`"))?;
        let scheme = [Scheme::Http, Scheme::Https]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known.as_str()))
            .ok_or_else(|| invalid("the URL's scheme is neither `http` nor `https`"))?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(invalid(
                "the URL has a user name or a password in front of its host; credentials go into the header `Authorization`",
            ));
        }
        let (host, port) = split(authority)?;
        let port = port.map_or(Ok(scheme.default_port()), read_port)?;
        Ok(Self { scheme, host, port, target: target(rest)? })
    }

    /// `http` or `https`.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// A name in lower case and in ASCII (A-labels), or an address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What the URL says, else what its scheme means.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The path, which is not empty, and the query with its `?` (RFC 9112 section 3.2.1, origin-form).
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The host, and the port if it is not what the scheme means: the value of the header `Host`.
    #[must_use]
    pub fn authority(&self) -> String {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        let mut authority = format!("{open}{}{close}", self.host);
        if self.port != self.scheme.default_port() {
            authority.push_str(&format!(":{}", self.port));
        }
        authority
    }

    /// `https://example.com:8443`: who is asked, without what for.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme.as_str(), self.authority())
    }

    /// Whether both are of the same scheme, host and port (RFC 9110 section 4.3.1).
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        (self.scheme, &self.host, self.port) == (other.scheme, &other.host, other.port)
    }

    /// The same place with another target, which was read already.
    pub(super) fn with_target(&self, target: String) -> Self {
        Self { target, ..self.clone() }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())?;
        f.write_str(&self.target)
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::Invalid, message)
}

/// The host, and the text of the port behind it.
fn split(authority: &str) -> Result<(String, Option<&str>), Error> {
    if let Some(rest) = authority.strip_prefix('[') {
        let malformed = || {
            invalid("the URL's IPv6 address is malformed; it is written as in `http://[2001:db8::1]:8080/`")
        };
        let (address, rest) = rest.split_once(']').ok_or_else(malformed)?;
        let address: Ipv6Addr = address.parse().map_err(|_| malformed())?;
        let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or_else(malformed)?) };
        return Ok((address.to_string(), port));
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    if port.is_some_and(|port| port.contains(':')) {
        return Err(invalid("the URL has more than one `:` in its host; an IPv6 address goes into brackets"));
    }
    Ok((read_host(host)?, port))
}

fn read_port(text: &str) -> Result<u16, Error> {
    let digits = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| {
        invalid("the URL's port is not a number from 1 to 65535; leave out its `:` for the scheme's own")
    })
}

fn read_host(text: &str) -> Result<String, Error> {
    if text.is_empty() {
        return Err(invalid("the URL has no host"));
    }
    if text.parse::<Ipv4Addr>().is_ok() {
        return Ok(text.into());
    }
    let (name, dot) = text.strip_suffix('.').map_or((text, ""), |name| (name, "."));
    let letter = |c: char| matches!(c, '-' | '_') || c.is_alphanumeric();
    let label = |label: &str| (1..=63).contains(&label.len()) && label.chars().all(letter);
    let labels = |name: &str| name.len() <= 253 && name.split('.').all(label);
    let neither = || invalid("the URL's host is neither a name nor an address");
    if !labels(name) {
        return Err(neither());
    }
    // What IDNA makes of a name is another one, perhaps a number. It has as many labels, or readers would not agree on what
    // is below what.
    let name = if name.is_ascii() { name.to_ascii_lowercase() } else { dns::ascii_host(name)? };
    if !name.is_ascii() || !labels(&name) || name.split('.').count() != text.split('.').count() - dot.len() {
        return Err(neither());
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|b| b.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    if number {
        return Err(invalid(
            "the URL's host ends in a number; an IPv4 address is four decimal numbers from 0 to 255",
        ));
    }
    Ok(name + dot)
}

/// The path and the query, as they are sent. The fragment is for who reads the answer (RFC 9110 section 4.2.5).
fn target(text: &str) -> Result<String, Error> {
    use core::fmt::Write as _;
    let text = text.split('#').next().unwrap_or_default();
    let mut target = String::with_capacity(text.len() + 1);
    if !text.starts_with('/') {
        target.push('/');
    }
    for (at, byte) in text.bytes().enumerate() {
        let followed_by_two =
            || text.as_bytes().get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if !followed_by_two() => {
                return Err(invalid("the URL has a `%` that encodes nothing; write `%25`"));
            }
            b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                write!(target, "%{byte:02X}").map_err(|_| Error::from(Code::Exhausted))?;
            }
            byte => target.push(char::from(byte)),
        }
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_they_are_sent() {
        for (text, host, port, target, again) in [
            ("http://a", "a", 80, "/", "http://a/"),
            ("HTTPS://Example.COM/", "example.com", 443, "/", "https://example.com/"),
            ("http://a:8080/b", "a", 8080, "/b", "http://a:8080/b"),
            ("https://a:443?q", "a", 443, "/?q", "https://a/?q"),
            ("http://a:443/", "a", 443, "/", "http://a:443/"),
            ("http://a/b?c=/d?e#f?g", "a", 80, "/b?c=/d?e", "http://a/b?c=/d?e"),
            ("http://a#@b", "a", 80, "/", "http://a/"),
            ("http://a?@b", "a", 80, "/?@b", "http://a/?@b"),
            ("http://a/@b:1", "a", 80, "/@b:1", "http://a/@b:1"),
            ("http://a//b/../c", "a", 80, "//b/../c", "http://a//b/../c"),
            ("http://a/%2e%2E/%41", "a", 80, "/%2e%2E/%41", "http://a/%2e%2E/%41"),
            ("http://a/é?ü#ß", "a", 80, "/%C3%A9?%C3%BC", "http://a/%C3%A9?%C3%BC"),
            (
                "http://a/{x}|\"<y>`^[]'",
                "a",
                80,
                "/%7Bx%7D%7C%22%3Cy%3E%60%5E[]'",
                "http://a/%7Bx%7D%7C%22%3Cy%3E%60%5E[]'",
            ),
            ("http://192.0.2.1", "192.0.2.1", 80, "/", "http://192.0.2.1/"),
            ("http://[2001:DB8:0::1]:8080/", "2001:db8::1", 8080, "/", "http://[2001:db8::1]:8080/"),
            ("http://[::ffff:10.0.0.1]", "::ffff:10.0.0.1", 80, "/", "http://[::ffff:10.0.0.1]/"),
            ("http://a_b.c-d.example.:1/", "a_b.c-d.example.", 1, "/", "http://a_b.c-d.example.:1/"),
            (
                "http://Bücher.Example:8080/ü",
                "xn--bcher-kva.example",
                8080,
                "/%C3%BC",
                "http://xn--bcher-kva.example:8080/%C3%BC",
            ),
            ("http://ｅxample.com./", "example.com.", 80, "/", "http://example.com./"),
            ("http://1.example/", "1.example", 80, "/", "http://1.example/"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!((url.host(), url.port(), url.target()), (host, port, target), "{text}");
            assert_eq!(url.to_string(), again);
            assert_eq!(Url::parse(again).unwrap(), url, "{text}");
        }
    }

    /// Texts of which readers of URLs are known to make different things.
    #[test]
    fn what_could_mean_two_hosts_is_refused() {
        for text in [
            "",
            "a",
            "a.example/x",
            "//a/",
            "http:a",
            "http:/a",
            "http:///x",
            "http://",
            "http://http://a/",
            "http://?x",
            "http://#x",
            "http://:80/",
            " http://a/",
            "http://a/ ",
            "ht\ttp://a/",
            "http://a\t.b/",
            "http://a\n/",
            "http://a\0/",
            "http://a b/",
            "http:\\\\a\\",
            "http://a\\@b/",
            "http://a\\.b/",
            "http://a/\\b",
            "ftp://a/",
            "http+unix://a/",
            "javascript://a/%0aalert(1)",
            "http://u@a/",
            "http://u:p@a/",
            "http://@a/",
            "http://a@b@c/",
            "http://a:80@b/",
            "http://a:80:81/",
            "http://a:/",
            "http://a:0/",
            "http://a:080/",
            "http://a:+80/",
            "http://a:-1/",
            "http://a:65536/",
            "http://a:4294967376/",
            "http://a:８０/",
            "http://a:80x/",
            "http://a:http/",
            "http://::1/",
            "http://[::1/",
            "http://::1]/",
            "http://[::1]x/",
            "http://[::1]80/",
            "http://[::1]:/",
            "http://[]/",
            "http://[a]/",
            "http://[192.0.2.1]/",
            "http://[fe80::1%eth0]/",
            "http://[fe80::1%25eth0]/",
            "http://[v1.x]/",
            "http://a.[::1]/",
            "http://a%2eb/",
            "http://a%2fb/",
            "http://%61/",
            "http://a%00.b/",
            "http://a..b/",
            "http://.a/",
            "http://a../",
            "http://./",
            "http://*/",
            "http://*.a/",
            "http://a,b/",
            "http://a;b/",
            "http://a&b/",
            "http://a!b/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://127.0.0.01/",
            "http://1.2.3.256/",
            "http://1.2.3.4.5/",
            "http://0x7f.0.0.1/",
            "http://0x7f000001/",
            "http://a.0x1F/",
            "http://a.0x/",
            "http://2130706433/",
            "http://a.1/",
            "http://127。0。0。1/",
            "http://127．0．0．1/",
            "http://a．b/",
            "http://a。b/",
            "http://a｡b/",
            "http://１２７.0.0.1/",
            "http://127.0.0.１/",
            "http://①②⑦.0.0.①/",
            "http://a\u{200b}b/",
            "http://a\u{ad}b/",
            "http://a\u{2024}b/",
            "http://a／b/",
            "http://a＠b/",
            "http://a：80/",
            "http://℀.example/",
            "http://a/%",
            "http://a/%2",
            "http://a/%2g",
            "http://a/?100%",
        ] {
            let error = Url::parse(text).map(|url| url.to_string()).unwrap_err();
            assert_eq!(error.code(), Code::Invalid, "{text:?}");
        }
        for long in ["a".repeat(64), "a.".repeat(127) + "b"] {
            assert!(Url::parse(&format!("http://{long}/")).is_err(), "{long}");
        }
    }

    #[test]
    fn origins() {
        let same = |a: &str, b: &str| Url::parse(a).unwrap().same_origin(&Url::parse(b).unwrap());
        assert!(same("http://a/x", "HTTP://A:80/y?z"));
        assert!(!same("http://a/", "https://a/"));
        assert!(!same("http://a/", "http://a:81/"));
        assert!(!same("https://a/", "http://a:443/"));
        assert!(!same("http://a/", "http://b.a/"));
    }
}

//! [`Name`] and [`Written`]: names as messages have them, and as people write them.

use super::{Config, idna};
use crate::{Code, Error};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};
use core::net::IpAddr;
use domain::base::name::{Label, Name as Wire, ToLabelIter};

/// The longest label, in bytes (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;
/// The longest name as text without its last dot, in bytes: 255 in a message (RFC 1035, 2.3.4).
const LONGEST_NAME: usize = 253;

/// An absolute name, as messages have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(Wire<Vec<u8>>);

impl Name {
    /// Of the labels of a name in a message.
    pub(super) fn of(labels: &impl ToLabelIter) -> Result<Self, Error> {
        Self::from_labels(labels.iter_labels().filter(|label| !label.is_root()).map(Label::as_slice))
    }

    /// Of text that [`Written`] has accepted, with or without its last dot.
    fn from_text(text: &str) -> Result<Self, Error> {
        let text = text.strip_suffix('.').unwrap_or(text);
        Self::from_labels(text.split('.').filter(|label| !label.is_empty()).map(str::as_bytes))
    }

    fn from_labels<'l>(labels: impl Iterator<Item = &'l [u8]>) -> Result<Self, Error> {
        let mut wire = Vec::new();
        for label in labels {
            wire.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
            wire.extend_from_slice(label);
        }
        wire.push(0);
        match Wire::from_octets(wire) {
            Ok(name) => Ok(Self(name)),
            Err(error) => Err(Error::new(Code::Invalid, format!("a name that can't be one: {error}"))),
        }
    }

    /// As the message codec has it.
    pub(super) fn wire(&self) -> &Wire<Vec<u8>> {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&presentation(&self.0))
    }
}

/// A name as zone files have it: absolute, with its last dot, and with what is no plain character escaped (RFC 1035, 5.1).
pub(super) fn presentation(name: &impl ToLabelIter) -> String {
    let mut text = String::new();
    for label in name.iter_labels().filter(|label| !label.is_root()) {
        for byte in label.iter() {
            let written = match byte {
                b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => {
                    write!(text, "\\{}", char::from(byte))
                }
                b'!'..=b'~' => write!(text, "{}", char::from(byte)),
                _ => write!(text, "\\{byte:03}"),
            };
            // A string takes whatever it is given.
            debug_assert!(written.is_ok());
        }
        text.push('.');
    }
    if text.is_empty() { String::from(".") } else { text }
}

/// A name as someone wrote it, in its ASCII form, and proven to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// Without its last dot.
    text: String,
    /// Whether it had that dot, and so is not to be searched for in other domains.
    absolute: bool,
}

impl Written {
    /// Reads a name. Letters, digits, hyphens and underscores are taken, besides `*` as a label of its own, `/` below `arpa`
    /// (RFC 2317), and what has an internationalised form.
    ///
    /// # Errors
    ///
    /// [`Code::Invalid`], saying what is wrong with it.
    pub(super) fn parse(name: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::new(Code::Invalid, format!("`{}` {what}", shown(name)));
        if name.is_empty() {
            return Err(Error::new(Code::Invalid, "the name is empty"));
        }
        // Four bytes of UTF-8 are the most that can become one byte of ASCII.
        if name.len() > 4 * (LONGEST_NAME + 1) {
            return Err(wrong("is too long: a name has at most 253 characters"));
        }
        if name.contains('%') && name.contains(':') {
            return Err(wrong("is an address with a zone, which can't be used here"));
        }
        let ascii = if name.is_ascii() { String::from(name) } else { idna::to_ascii(name)? };
        let (text, absolute) = match ascii.strip_suffix('.') {
            Some(text) => (text, true),
            None => (ascii.as_str(), false),
        };
        if text.len() > LONGEST_NAME {
            return Err(wrong("is too long: a name has at most 253 characters"));
        }
        let reverse = text.len() >= 5 && text.as_bytes()[text.len() - 5..].eq_ignore_ascii_case(b".arpa");
        // The root, which is asked for its name servers.
        let labels = if ascii == "." { Vec::new() } else { text.split('.').collect() };
        for label in &labels {
            if label.is_empty() {
                return Err(wrong("has an empty label: two dots with nothing between them, or one in front"));
            }
            if label.len() > LONGEST_LABEL {
                return Err(wrong("has a label of more than 63 characters"));
            }
            let plain =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (reverse && c == '/');
            if let Some(other) = label.chars().find(|c| !plain(*c))
                && *label != "*"
            {
                return Err(wrong(&format!("has a `{}`, which no name has", other.escape_debug())));
            }
        }
        // There is no top-level domain of digits (RFC 3696, 2): this was meant to be an address.
        if labels.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return Err(wrong("is neither an address nor a name"));
        }
        Ok(Self { text: String::from(text), absolute })
    }

    /// The name of an address (RFC 1035, 3.5, and RFC 3596, 2.5).
    pub(super) fn reverse(address: IpAddr) -> Self {
        let mut text = String::new();
        match address {
            IpAddr::V4(v4) => {
                for byte in v4.octets().iter().rev() {
                    text.push_str(&format!("{byte}."));
                }
                text.push_str("in-addr.arpa");
            }
            IpAddr::V6(v6) => {
                for byte in v6.octets().iter().rev() {
                    text.push_str(&format!("{:x}.{:x}.", byte & 15, byte >> 4));
                }
                text.push_str("ip6.arpa");
            }
        }
        Self { text, absolute: true }
    }

    /// In ASCII, without a last dot.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The names that it may mean, in the order in which they are tried (resolv.conf(5): `search`, `ndots`).
    pub(super) fn candidates(&self, config: &Config) -> Result<Vec<Name>, Error> {
        let itself = Name::from_text(&self.text)?;
        if self.absolute || self.text.is_empty() {
            return Ok(Vec::from([itself]));
        }
        let mut names: Vec<Name> = config
            .search
            .iter()
            .map(|domain| format!("{}.{domain}", self.text))
            // One that gets too long with it can't exist.
            .filter_map(|name| Name::from_text(&name).ok())
            .collect();
        let first = self.text.matches('.').count() >= config.ndots;
        names.insert(if first { 0 } else { names.len() }, itself);
        Ok(names)
    }
}

/// What is wrong with it is shown within a message; a page of it would not help.
fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(100).flat_map(char::escape_debug).collect();
    if name.chars().nth(100).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn written(name: &str) -> Written {
        Written::parse(name).unwrap()
    }

    #[test]
    fn malformed_names_are_told_by_what_is_wrong() {
        let long = "a".repeat(64);
        let longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
        assert!(Written::parse(&longest).is_ok());
        assert!(Written::parse(&format!("{longest}.")).is_ok());
        for (name, what) in [
            ("", "empty"),
            ("a..b", "empty label"),
            (".a", "empty label"),
            ("..", "empty label"),
            ("a b", "has a ` `"),
            ("http://a", "has a `:`"),
            ("a/b", "has a `/`"),
            ("a\0b", "has a `\\0`"),
            ("a*.b", "has a `*`"),
            (long.as_str(), "63"),
            (&format!("{longest}e"), "253"),
            (&"é".repeat(5_000), "253"),
            ("192.0.2.256", "neither an address nor a name"),
            ("192.0.2", "neither an address nor a name"),
            ("fe80::1%eth0", "zone"),
            ("1:2", "has a `:`"),
        ] {
            let error = Written::parse(name).unwrap_err();
            assert_eq!(error.code(), Code::Invalid, "{name}");
            assert!(error.message().contains(what), "{error}");
            assert!(error.message().len() < 700, "{error}");
        }
        for name in
            ["a", "_sip._tcp.a-b.example.", "*.example.org", "0/25.2.0.192.in-addr.ARPA", ".", "3com.com"]
        {
            assert!(Written::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_of_addresses() {
        let v4 = Written::reverse("192.0.2.5".parse().unwrap());
        assert_eq!(v4.text(), "5.2.0.192.in-addr.arpa");
        let v6 = Written::reverse("2001:db8::abc".parse().unwrap());
        assert_eq!(v6.text(), "c.b.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }

    #[test]
    fn what_a_name_may_mean_depends_on_its_dots() {
        let config = Config {
            search: Vec::from(["lan".to_string(), "example.org".to_string(), "x".repeat(63)]),
            ndots: 2,
            ..Config::default()
        };
        let tried = |name: &str| {
            let names = written(name).candidates(&config).unwrap();
            names.iter().map(ToString::to_string).take(3).collect::<Vec<_>>()
        };
        assert_eq!(tried("a.b"), ["a.b.lan.", "a.b.example.org.", &format!("a.b.{}.", "x".repeat(63))]);
        assert_eq!(tried("a.b.c"), ["a.b.c.", "a.b.c.lan.", "a.b.c.example.org."]);
        assert_eq!(tried("a.b."), ["a.b."]);
        assert_eq!(tried("."), ["."]);
        let long = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(55)].join(".");
        assert_eq!(tried(&long).len(), 2, "{long}");
    }

    #[test]
    fn what_is_no_plain_character_is_escaped() {
        let name = Name::from_labels([&b"a.b"[..], b"\\", b"\x07 z"].into_iter()).unwrap();
        assert_eq!(name.to_string(), "a\\.b.\\\\.\\007\\032z.");
        assert_eq!(Name::from_labels([].into_iter()).unwrap().to_string(), ".");
        assert!(Name::from_labels([&[b'a'; 64][..]].into_iter()).is_err());
    }
}

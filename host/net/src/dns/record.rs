//! [`RecordType`] and [`Record`]: what can be asked for, and what is answered.

use crate::{Code, Error};
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordType {
    /// IPv4 addresses (RFC 1035).
    A,
    /// IPv6 addresses (RFC 3596).
    Aaaa,
    /// The name that this one stands for (RFC 1035).
    Cname,
    /// Where mail goes (RFC 1035).
    Mx,
    /// Text (RFC 1035).
    Txt,
    /// The zone's name servers (RFC 1035).
    Ns,
    /// Where a service is (RFC 2782).
    Srv,
    /// The name of an address (RFC 1035).
    Ptr,
    /// The zone's start of authority (RFC 1035).
    Soa,
    /// Who may issue certificates (RFC 8659).
    Caa,
}

impl RecordType {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::A,
        Self::Aaaa,
        Self::Cname,
        Self::Mx,
        Self::Txt,
        Self::Ns,
        Self::Srv,
        Self::Ptr,
        Self::Soa,
        Self::Caa,
    ];

    /// As a zone file has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Txt => "TXT",
            Self::Ns => "NS",
            Self::Srv => "SRV",
            Self::Ptr => "PTR",
            Self::Soa => "SOA",
            Self::Caa => "CAA",
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Without regard to case.
impl FromStr for RecordType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
            Error::new(
                Code::Invalid,
                format!(
                    "record type `{}`: it must be one of A, AAAA, CNAME, MX, TXT, NS, SRV, PTR, SOA, CAA",
                    text.escape_debug()
                ),
            )
        })
    }
}

/// One record's data. Names are absolute, and end in a dot. As text it is what a zone file has, but for TXT, whose strings are
/// joined (as SPF and DKIM do it, RFC 7208, 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as their RFCs name them")]
pub enum Record {
    /// `192.0.2.1`
    A(Ipv4Addr),
    /// `2001:db8::1`
    Aaaa(Ipv6Addr),
    /// `www.example.org.`
    Cname(String),
    /// `10 mail.example.org.`
    Mx { preference: u16, exchange: String },
    /// `v=spf1 -all`. What is no UTF-8 is replaced.
    Txt(String),
    /// `ns1.example.org.`
    Ns(String),
    /// `10 60 5060 sip.example.org.`
    Srv { priority: u16, weight: u16, port: u16, target: String },
    /// `host.example.org.`
    Ptr(String),
    /// `ns1.example.org. hostmaster.example.org. 2026112301 7200 900 1209600 300`
    Soa { mname: String, rname: String, serial: u32, refresh: u32, retry: u32, expire: u32, minimum: u32 },
    /// `0 issue "ca.example.net"`
    Caa { flags: u8, tag: String, value: String },
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => address.fmt(f),
            Self::Aaaa(address) => address.fmt(f),
            Self::Cname(text) | Self::Ns(text) | Self::Ptr(text) | Self::Txt(text) => f.write_str(text),
            Self::Mx { preference, exchange } => write!(f, "{preference} {exchange}"),
            Self::Srv { priority, weight, port, target } => write!(f, "{priority} {weight} {port} {target}"),
            Self::Soa { mname, rname, serial, refresh, retry, expire, minimum } => {
                write!(f, "{mname} {rname} {serial} {refresh} {retry} {expire} {minimum}")
            }
            Self::Caa { flags, tag, value } => {
                write!(f, "{flags} {tag} \"")?;
                for character in value.chars() {
                    if matches!(character, '"' | '\\') {
                        f.write_str("\\")?;
                    }
                    write!(f, "{character}")?;
                }
                f.write_str("\"")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn types_are_read_and_written() {
        for known in RecordType::ALL {
            assert_eq!(known.to_string().to_lowercase().parse(), Ok(known));
        }
        let error = "HINFO".parse::<RecordType>().unwrap_err();
        assert_eq!(error.code(), Code::Invalid);
        assert!(error.message().starts_with("record type `HINFO`: it must be one of A, AAAA"), "{error}");
    }

    #[test]
    fn text_is_that_of_zone_files() {
        let name = |text: &str| String::from(text);
        for (record, text) in [
            (Record::A([192, 0, 2, 1].into()), "192.0.2.1"),
            (Record::Aaaa("2001:db8:0::1".parse().unwrap()), "2001:db8::1"),
            (Record::Mx { preference: 10, exchange: name("mail.example.org.") }, "10 mail.example.org."),
            (Record::Srv { priority: 1, weight: 2, port: 3, target: name("a.") }, "1 2 3 a."),
            (Record::Txt(name("v=spf1 \"-all\"")), "v=spf1 \"-all\""),
            (
                Record::Soa {
                    mname: name("ns."),
                    rname: name("root\\.er."),
                    serial: 1,
                    refresh: 2,
                    retry: 3,
                    expire: 4,
                    minimum: u32::MAX,
                },
                "ns. root\\.er. 1 2 3 4 4294967295",
            ),
            (Record::Caa { flags: 128, tag: name("iodef"), value: name(r#"a"b\"#) }, r#"128 iodef "a\"b\\""#),
        ] {
            assert_eq!(record.to_string(), text);
        }
    }
}

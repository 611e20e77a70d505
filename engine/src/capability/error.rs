//! [`CapabilityError`]: what is wrong with the text of a capability, and what was expected instead.

use super::{MAX_BYTES, MAX_CAPABILITIES, glob};
use alloc::string::String;
use core::fmt;

/// A capability that cannot be understood. It grants nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityError {
    /// The text, as it was found.
    pub text: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl CapabilityError {
    pub(super) fn new(text: &str, problem: Problem) -> Self {
        Self { text: text.into(), problem }
    }
}

impl fmt::Display for CapabilityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 120;
        let cut = self.text.floor_char_boundary(SHOWN);
        let dots = if cut < self.text.len() { "…" } else { "" };
        // Escaped, because the text may come from a plugin and the message may go to a terminal.
        write!(f, "capability `{}{dots}`: {}", self.text[..cut].escape_debug(), self.problem)
    }
}

impl core::error::Error for CapabilityError {}

/// What is wrong with a capability's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There is no `kind:` in front.
    NoKind,
    /// The kind is none of the four.
    UnknownKind,
    /// An `fs` pattern starts with neither `read:` nor `write:`.
    NoFsAccess,
    /// A path pattern starts with neither `/` nor `**`.
    NotAbsolute,
    /// A path has a `..` in it.
    ParentDirectory,
    /// A glob's syntax is wrong; the text says how.
    Glob(&'static str),
    /// A `network` pattern does not start with `outbound:`.
    NoOutbound,
    /// A host is given without ports.
    NoPorts,
    /// Ports are malformed.
    Ports,
    /// A host is malformed.
    Host,
    /// A host looks like an IPv4 address and is none.
    HostNumber,
    /// An IPv6 address is not in brackets.
    HostBrackets,
    /// A block's prefix is malformed or too long for the address.
    Prefix,
    /// A URL is malformed; the text says how.
    Url(&'static str),
    /// A structured rule has no host or no port.
    EmptyRule,
    /// A command is empty, or relative with a `/`.
    Command,
    /// An environment variable's name is malformed.
    EnvName,
    /// Text is longer than its limit, also after braces were written out.
    TooLong,
    /// A pattern has too many wildcards, braces or alternatives.
    TooComplex,
    /// The patterns of a set are too large together.
    TooManyPatterns,
    /// There are too many capabilities in one set.
    TooMany,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKind => "expected `kind:pattern` with the kind `fs`, `network`, `exec` or `env`",
            Self::UnknownKind => "unknown kind; expected `fs`, `network`, `exec` or `env`",
            Self::NoFsAccess => "expected `fs:read:<glob>` or `fs:write:<glob>`",
            Self::NotAbsolute => "expected an absolute path, starting with `/` or `**`",
            Self::ParentDirectory => "a path may not contain `..`; write the path that is meant",
            Self::Glob(how) | Self::Url(how) => how,
            Self::NoOutbound => {
                "expected `network:outbound:` and then ports (`80,443,8000-8100`, `*`), `<host>:<ports>`, a URL, \
                 or `private`"
            }
            Self::NoPorts => "expected ports behind the host, as in `network:outbound:example.com:443`",
            Self::Ports => {
                "expected ports from 1 to 65535 as a list of numbers and ranges (`80,443,8000-8100`) or `*`"
            }
            Self::Host => "expected a host: a name, `*.example.com`, an address or a block such as `10.0.0.0/8`",
            Self::HostNumber => "this host looks like an IPv4 address, which has four numbers from 0 to 255",
            Self::HostBrackets => "an IPv6 address stands in brackets, as in `network:outbound:[::1]:80`",
            Self::Prefix => "expected a block such as `10.0.0.0/8` or `[2001:db8::/32]`",
            Self::EmptyRule => "a network rule needs `hosts` and `ports`; write `*` for any",
            Self::Command => {
                "expected a command's name without `/`, an absolute path or glob, or a list of them (`a,b`)"
            }
            Self::EnvName => "expected a variable's name, `PREFIX_*` or `*`",
            Self::TooLong => return write!(f, "longer than {MAX_BYTES} bytes"),
            Self::TooComplex => {
                return write!(
                    f,
                    "more than {} wildcards, {} alternatives or {} nested braces in one pattern",
                    glob::MAX_WILDCARDS,
                    glob::MAX_ALTERNATIVES,
                    glob::MAX_NESTING
                );
            }
            Self::TooManyPatterns => {
                return write!(
                    f,
                    "one pattern too many: those with wildcards are longer than {} bytes together",
                    super::MAX_SET_BYTES
                );
            }
            Self::TooMany => return write!(f, "one capability too many: at most {MAX_CAPABILITIES} are taken"),
        })
    }
}

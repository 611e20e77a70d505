//! [`Refusal`]: that something was not allowed, and what would have allowed it.

use super::network::HostPattern;
use super::{Access, Capability, NetworkRule, PortSet, escape};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

/// Something was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The capability that would have allowed it, which is the word to pass to `--grant`. It allows no more than
    /// was asked for, so that a path's `*` is escaped in it. It is not quoted for a shell; `Display` is.
    pub capability: String,
    /// Whether the plugin declares it. If it does not, no grant helps.
    pub declared: bool,
}

impl Refusal {
    pub(super) fn new(access: &Access<'_>, declared: bool) -> Self {
        let capability = match *access {
            Access::FsRead(path) => format!("fs:read:{}", escape(path)),
            Access::FsWrite(path) => format!("fs:write:{}", escape(path)),
            Access::Exec { program, asked } => {
                format!(
                    "exec:{}",
                    escape(if asked.contains('/') || asked.is_empty() { program } else { asked })
                )
            }
            Access::Connect { host, port } => {
                // A host that is none can be reached under no narrower rule.
                let host = HostPattern::literal(host).unwrap_or(HostPattern::Any);
                let ports = if port == 0 { PortSet::any() } else { PortSet::one(port) };
                Capability::Network(NetworkRule::To(host, ports)).to_string()
            }
            Access::Address(_) => Capability::Network(NetworkRule::Private).to_string(),
            Access::Env(name) => format!("env:{name}"),
        };
        Self { capability, declared }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { capability, declared } = self;
        if *declared {
            write!(f, "capability {} is missing; pass --grant {}", Plain(capability), Word(capability))
        } else {
            write!(
                f,
                "capability {} is missing, and the plugin itself does not declare it, so that --grant cannot help",
                Plain(capability)
            )
        }
    }
}

impl core::error::Error for Refusal {}

/// Text on one line, whatever is in it.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() { c.escape_default().fmt(f) } else { fmt::Write::write_char(f, c) }
        })
    }
}

/// One word for a shell, quoted where it has to be. With control characters in it, as `$'…'` (POSIX.1-2024, 2.2.4):
/// a message must not carry them to a terminal.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
        if self.0.chars().all(safe) {
            f.write_str(self.0)
        } else if self.0.chars().any(char::is_control) {
            f.write_str("$'")?;
            for c in self.0.chars() {
                match c {
                    '\'' | '\\' => write!(f, "\\{c}")?,
                    c if c.is_control() => {
                        let mut bytes = [0; 4];
                        c.encode_utf8(&mut bytes).bytes().try_for_each(|byte| write!(f, "\\{byte:03o}"))?;
                    }
                    c => write!(f, "{c}")?,
                }
            }
            f.write_str("'")
        } else {
            write!(f, "'{}'", self.0.replace('\'', r"'\''"))
        }
    }
}

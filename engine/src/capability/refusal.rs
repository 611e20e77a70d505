//! [`Refusal`]: that something was not allowed, and what would have allowed it.

use super::address::Block;
use super::network::HostPattern;
use super::{Access, Capability, NetworkRule, PortSet, escape, is_private};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use quoin_abi::error::{ErrorDetail, ErrorType};

/// Something was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The capability that would have allowed it, which is the word to pass to `--grant`. It allows no more than
    /// was asked for, so that a path's `*` is escaped in it. It is not quoted for a shell; `Display` is.
    pub capability: String,
    /// What can be done about it.
    pub remedy: Remedy,
    /// What made it necessary, where that does not show in the capability: `router.lan leads to 10.0.0.1`.
    pub because: Option<String>,
}

/// What can be done about a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Granting the capability.
    Grant,
    /// Nothing: the plugin does not declare it, so no grant helps.
    Undeclared,
    /// Nothing: it lies in Quoin's own `/proc` directory, with its memory, descriptors and environment.
    OwnProcess,
}

impl Refusal {
    pub(crate) fn new(access: &Access<'_>, remedy: Remedy) -> Self {
        let capability = match *access {
            Access::FsRead(path) => format!("fs:read:{}", escape(path)),
            Access::FsWrite(path) => format!("fs:write:{}", escape(path)),
            Access::Exec { program, asked } | Access::ExecCode { program, asked } => {
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
            Access::Address { address, .. } if is_private(address) => {
                Capability::Network(NetworkRule::Private).to_string()
            }
            Access::Address { address, port, .. } => {
                let host = HostPattern::Block(Block::one(address));
                Capability::Network(NetworkRule::To(host, PortSet::one(port))).to_string()
            }
            Access::Env(name) => format!("env:{name}"),
        };
        let because = match *access {
            Access::Address { host, address, .. } if HostPattern::is_address(host) => {
                is_private(address).then(|| format!("{address} is a private address"))
            }
            Access::Address { host, address, .. } => Some(format!("{host} leads to {address}")),
            Access::ExecCode { asked, .. } => Some(format!(
                "{asked} is told here to run code or another program, which only a grant by its name allows"
            )),
            _ => None,
        };
        Self { capability, remedy, because }
    }

    /// Whether granting what one of them asks for is granting what the other does.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.capability == other.capability && self.remedy == other.remedy
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { capability, remedy, because } = self;
        write!(f, "capability {} is missing", Plain(capability))?;
        if let Some(because) = because {
            write!(f, ", because {}", Plain(because))?;
        }
        match remedy {
            Remedy::Grant => write!(f, "; pass --grant {}", Word(capability)),
            Remedy::Undeclared => {
                f.write_str(", and the plugin itself does not declare it, so that --grant cannot help")
            }
            Remedy::OwnProcess => {
                f.write_str(", and none gives access to Quoin's own process, so that --grant cannot help")
            }
        }
    }
}

impl core::error::Error for Refusal {}

impl From<Refusal> for ErrorDetail {
    fn from(refusal: Refusal) -> Self {
        Self::new(ErrorType::Capability, "ENOTCAPABLE", refusal.to_string())
    }
}

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

//! Capabilities: what a guest may do, decided in one place.
//!
//! Files below `/etc`, and `/etc` itself:
//!
//! ```
//! use quoin_engine::capability::{Access, CapabilitySet};
//!
//! let set = CapabilitySet::new(["fs:read:/etc/**".parse()?])?;
//! assert!(set.allows(&Access::FsRead("/etc/ssh/sshd_config")));
//! assert!(set.allows(&Access::FsRead("/etc")));
//! assert!(!set.allows(&Access::FsWrite("/etc/ssh/sshd_config")));
//! assert!(!set.allows(&Access::FsRead("/etcetera")));
//! # Ok::<(), quoin_engine::capability::CapabilityError>(())
//! ```
//!
//! One host on two ports, and what an IPv6 address looks like:
//!
//! ```
//! use quoin_engine::capability::{Access, CapabilitySet};
//!
//! let set = CapabilitySet::new([
//!     "network:outbound:example.com:80,443".parse()?,
//!     "network:outbound:[2001:db8::/32]:53".parse()?,
//! ])?;
//! assert!(set.allows(&Access::Connect { host: "Example.com", port: 443 }));
//! assert!(set.allows(&Access::Connect { host: "2001:db8::1", port: 53 }));
//! assert!(!set.allows(&Access::Connect { host: "www.example.com", port: 443 }));
//! # Ok::<(), quoin_engine::capability::CapabilityError>(())
//! ```
//!
//! What the plugin declares and the operator grants, and a refusal that says what is missing:
//!
//! ```
//! use quoin_engine::capability::{Access, CapabilitySet, Grants};
//!
//! let declared = CapabilitySet::new(["fs:read:/etc/**".parse()?])?;
//! let granted = CapabilitySet::new(["fs:read:/etc/ssh/*".parse()?])?;
//! let grants = Grants::new(declared, granted, []);
//! assert!(grants.decide(Access::FsRead("/etc/ssh/sshd_config")).is_ok());
//! let refusal = grants.decide(Access::FsRead("/etc/shadow")).unwrap_err();
//! assert_eq!(
//!     refusal.to_string(),
//!     "capability fs:read:/etc/shadow is missing; pass --grant fs:read:/etc/shadow"
//! );
//! # Ok::<(), quoin_engine::capability::CapabilityError>(())
//! ```
//!
//! # Syntax
//!
//! A capability is `kind:pattern`. What it prints is its canonical form, which parses back to it.
//!
//! - `fs:read:<glob>`, `fs:write:<glob>`: files whose resolved path matches. Neither implies the other.
//!   - `*` is anything without a `/`, also nothing; `**` as a whole name is any number of names, also none
//!     (elsewhere it is `*`); `/etc/**` also matches `/etc`.
//!   - `?` is one ASCII character but `/`; `[a-z]` is one of these, `[!a-z]` or `[^a-z]` one ASCII character but
//!     these. A class never matches `/`.
//!   - `{a,b}` is either; what is in it may hold any of this and `/`.
//!   - `\` takes the meaning from the character behind it.
//!   - A glob starts with `/` or `**`. `//` and `/.` are taken away, `..` is an error. Case counts.
//! - `network:outbound:<ports>`: any host on these ports: `80,443,8000-8100`, or `*`.
//! - `network:outbound:<host>:<ports>`: a name, `*.example.com` (every name below `example.com` at any depth, not
//!   `example.com` itself), an address (`[::1]` with brackets), a block (`10.0.0.0/8`, `[2001:db8::/32]`), or `*`.
//!   A name in a rule never matches an address that a guest writes, nor the other way round.
//! - `network:outbound:<url>`: its host and its port. Without a port it is that of `http`, `https`, `ws`, `wss`,
//!   `smtp` or `smtps`. The path does not narrow anything.
//! - `network:outbound:private`: addresses outside the public internet ([`is_private`]), on top of a rule that lets
//!   a guest talk to the host. A rule that names an address, or a block that is private as a whole, includes it on
//!   the rule's ports.
//! - `exec:<commands>`: a list of names and path globs. A glob matches the resolved path of the program; a name
//!   without `/` matches where the guest asks for that very word, which the host looks up in its fixed search path.
//!   A guest that asks for `/bin/ls` is not helped by `exec:ls`. Globs work in names too: `exec:ip*`. A path without
//!   wildcards also matches where the guest asks for that very path, wherever links lead from there. What runs code
//!   that it is handed ([`Access::ExecCode`]) is matched only by what has no wildcards.
//! - `env:<name>`: a variable, `PREFIX_*` or `*`.

mod address;
mod ascii;
mod code;
mod declared;
mod env;
mod error;
mod exec;
mod fs;
mod glob;
mod grants;
mod matcher;
mod network;
mod port;
mod refusal;
mod set;

pub use address::{Block, is_private};
pub(crate) use code::runs_code;
pub use env::Variables;
pub use error::{CapabilityError, Problem};
pub use exec::Commands;
pub use fs::{LiteralPath, PathGlob, escape};
pub use grants::{Grants, Literal};
pub use network::http_target;
pub use network::{HostPattern, NetworkRule};
pub(crate) use network::{is_host, name_server};
pub use port::PortSet;
pub use refusal::{Refusal, Remedy};
pub use set::CapabilitySet;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

/// Bytes of one capability's text, as it is written and as it prints: any path that Linux takes (4,095 bytes) fits,
/// also with every character escaped.
pub const MAX_BYTES: usize = 16 << 10;
/// Capabilities in one set.
pub const MAX_CAPABILITIES: usize = 1_000;
/// Bytes of all patterns in one set that have wildcards, not counting `**` at the end: these cost time at each access,
/// and a plugin chooses them.
pub const MAX_SET_BYTES: usize = 4 << 10;

/// One thing that a guest is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access<'a> {
    /// Read the file, list the directory or read the attributes at this resolved absolute path.
    FsRead(&'a str),
    /// Change, create or remove the file at this resolved absolute path.
    FsWrite(&'a str),
    /// Run the program at this resolved absolute path; `asked` is what the guest called it.
    Exec {
        /// The resolved absolute path.
        program: &'a str,
        /// The bare word or path that the guest asked for.
        asked: &'a str,
    },
    /// Run a program so that it runs code which it is handed: a shell, an interpreter with a code flag, a program that starts
    /// others. Only a capability without wildcards allows it, and only one that the operator grants.
    ExecCode {
        /// The resolved absolute path.
        program: &'a str,
        /// The bare word or path that the guest asked for.
        asked: &'a str,
    },
    /// Exchange data with a host (a name or an address as the guest wrote it) on a port.
    Connect {
        /// Name or address.
        host: &'a str,
        /// TCP or UDP port.
        port: u16,
    },
    /// Really connect to this address on this port.
    Address {
        /// What it was found for: a name, or the address itself.
        host: &'a str,
        /// The address.
        address: IpAddr,
        /// TCP or UDP port.
        port: u16,
    },
    /// See an environment variable.
    Env(&'a str),
}

/// One capability, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// `fs:read:<glob>`
    FsRead(PathGlob),
    /// `fs:write:<glob>`
    FsWrite(PathGlob),
    /// `network:outbound:…`
    Network(NetworkRule),
    /// `exec:<commands>`
    Exec(Commands),
    /// `env:<name>`
    Env(Variables),
}

impl Capability {
    /// Reads a capability whose kind and pattern are apart.
    ///
    /// # Errors
    ///
    /// Where the kind is unknown or the pattern malformed, with what was expected.
    pub fn parse(kind: &str, pattern: &str) -> Result<Self, CapabilityError> {
        let parsed = match kind {
            _ if pattern.len() > MAX_BYTES => Err(Problem::TooLong),
            "fs" => match pattern.split_once(':') {
                Some(("read", glob)) => PathGlob::parse(glob).map(Self::FsRead),
                Some(("write", glob)) => PathGlob::parse(glob).map(Self::FsWrite),
                _ => Err(Problem::NoFsAccess),
            },
            "network" => NetworkRule::parse(pattern).map(Self::Network),
            "exec" => Commands::parse(pattern).map(Self::Exec),
            "env" => Variables::parse(pattern).map(Self::Env),
            _ => Err(Problem::UnknownKind),
        };
        let text = || format!("{kind}:{pattern}");
        let capability = parsed.map_err(|problem| CapabilityError::new(&text(), problem))?;
        // Braces may have grown when they were written out, and what is printed has to be readable again.
        if capability.to_string().len() > MAX_BYTES {
            return Err(CapabilityError::new(&text(), Problem::TooLong));
        }
        Ok(capability)
    }

    /// Talking to exactly this host, a name or an address, on these ports. Nothing in `host` is a wildcard.
    ///
    /// # Errors
    ///
    /// Where the host is neither.
    pub fn connect(host: &str, ports: PortSet) -> Result<Self, CapabilityError> {
        match HostPattern::literal(host) {
            Ok(host) => Ok(Self::Network(NetworkRule::To(host, ports))),
            Err(problem) => Err(CapabilityError::new(host, problem)),
        }
    }

    /// Talking to the one destination that a URL or a `host:port` names. Nothing in it is a wildcard, and it has
    /// one port.
    ///
    /// # Errors
    ///
    /// Where it names none, or more than one.
    pub fn destination(text: &str) -> Result<Self, CapabilityError> {
        network::destination(text).map(Self::Network).map_err(|problem| CapabilityError::new(text, problem))
    }

    /// Running exactly this program, by name or by path. Nothing in `command` is a wildcard or a list.
    ///
    /// # Errors
    ///
    /// Where it is empty or a relative path.
    pub fn command(command: &str) -> Result<Self, CapabilityError> {
        Self::parse("exec", &escape(command))
    }

    /// Why it allows a plugin that declares `declared` much more than its words say, if it does: it names a program that runs
    /// whatever it is told to.
    #[must_use]
    pub fn breadth(&self, declared: &CapabilitySet) -> Option<String> {
        let Self::Exec(commands) = self else { return None };
        let is_declared = |asked: &String| {
            let program = if asked.starts_with('/') { asked.clone() } else { format!("/{asked}") };
            declared.allows(&Access::Exec { program: &program, asked })
        };
        let names: Vec<String> = commands.interpreters().filter(is_declared).collect();
        let run =
            if names.len() == 1 { "runs whatever it is told to" } else { "run whatever they are told to" };
        (!names.is_empty())
            .then(|| format!("{} {run}, so that this allows all that the user may do", names.join(", ")))
    }

    /// Seeing exactly this environment variable. A `*` in `name` is an error.
    ///
    /// # Errors
    ///
    /// Where it is not a variable's name.
    pub fn variable(name: &str) -> Result<Self, CapabilityError> {
        Variables::named(name).map(Self::Env).map_err(|problem| CapabilityError::new(name, problem))
    }
}

impl FromStr for Capability {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        let (kind, pattern) =
            text.split_once(':').ok_or_else(|| CapabilityError::new(text, Problem::NoKind))?;
        Self::parse(kind, pattern)
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FsRead(glob) => write!(f, "fs:read:{glob}"),
            Self::FsWrite(glob) => write!(f, "fs:write:{glob}"),
            Self::Network(rule) => write!(f, "network:{rule}"),
            Self::Exec(commands) => write!(f, "exec:{commands}"),
            Self::Env(variables) => write!(f, "env:{variables}"),
        }
    }
}

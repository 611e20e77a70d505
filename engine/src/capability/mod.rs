//! Capabilities: what a guest may do, decided in one place.

use alloc::string::String;
use core::fmt;
use core::net::IpAddr;

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
    /// Exchange data with a host (a name or an address as the guest wrote it) on a port.
    Connect {
        /// Name or address.
        host: &'a str,
        /// TCP or UDP port.
        port: u16,
    },
    /// Really connect to this address, found for that name.
    Address(IpAddr),
    /// See an environment variable.
    Env(&'a str),
}

/// What an observation may do: the intersection of what its plugin declares and what it was granted.
#[derive(Debug, Clone, Default)]
pub struct Grants {}

impl Grants {
    /// Nothing at all, which is the default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Decides. This is the only place where anything is allowed.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] that names the capability that would have allowed it.
    pub fn decide(&self, access: Access<'_>) -> Result<(), Refusal> {
        let _ = access;
        Err(Refusal { capability: String::new() })
    }

    /// Whether there is any `fs` grant at all; without one a guest gets no preopened directory.
    #[must_use]
    pub fn any_fs(&self) -> bool {
        false
    }

    /// The paths that the profile names literally, each with whether it may be written, for the engine to resolve
    /// when the observation starts.
    pub fn literals(&self) -> impl Iterator<Item = (&str, bool)> {
        core::iter::empty()
    }

    /// Adds one resolved path, exactly as it stands, that a literal path was found to lead to.
    pub fn cover(&mut self, resolved: String, write: bool) {
        let _ = (resolved, write);
    }
}

/// Something was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The capability that would have allowed it, as the words to pass to `--grant`.
    pub capability: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "capability {} is missing", self.capability)
    }
}

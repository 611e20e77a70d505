//! [`Grants`]: what one observation may do.

use super::fs::LiteralPath;
use super::{Access, CapabilitySet, Refusal, is_private};
use alloc::string::String;
use alloc::vec::Vec;

/// A path that the profile names, as the operator's own word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Literal {
    /// The path.
    pub path: LiteralPath,
    /// To be written; else to be read.
    pub write: bool,
}

/// What an observation may do: the intersection of what its plugin declares and what it was granted.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    declared: CapabilitySet,
    granted: CapabilitySet,
    literals: Vec<Literal>,
    /// Resolved paths that literal ones lead to, each with whether it may be written, else read.
    covered: Vec<(String, bool)>,
}

impl Grants {
    /// Nothing at all, which is the default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What both sets allow, and the paths that the profile names literally as far as the plugin declares them.
    #[must_use]
    pub fn new(
        declared: CapabilitySet,
        granted: CapabilitySet,
        literals: impl IntoIterator<Item = Literal>,
    ) -> Self {
        let mut taken: Vec<Literal> = Vec::new();
        for literal in literals {
            let path = literal.path.as_str();
            let access = if literal.write { Access::FsWrite(path) } else { Access::FsRead(path) };
            if declared.allows(&access) && !taken.contains(&literal) {
                taken.push(literal);
            }
        }
        Self { declared, granted, literals: taken, covered: Vec::new() }
    }

    /// Decides. This is the only place where anything is allowed.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] that names the capability that would have allowed it.
    pub fn decide(&self, access: Access<'_>) -> Result<(), Refusal> {
        let allowed = match access {
            Access::FsRead(path) => self.both(&access) || self.is_covered(path, false),
            Access::FsWrite(path) => self.both(&access) || self.is_covered(path, true),
            // An address that the operator names is asked for, as a literal path is: the plugin need only declare
            // that it talks to hosts of its configuration. For what a name leads to, both have to say `private`.
            Access::Address(address) if is_private(address) => {
                let declared = self.declared.private() || self.declared.names(address);
                self.granted.names(address) && (declared || self.declared.any_host())
                    || self.granted.private() && declared
            }
            _ => self.both(&access),
        };
        if allowed { Ok(()) } else { Err(Refusal::new(&access, self.declared.allows(&access))) }
    }

    fn both(&self, access: &Access<'_>) -> bool {
        self.granted.allows(access) && self.declared.allows(access)
    }

    fn is_covered(&self, path: &str, write: bool) -> bool {
        self.literals.iter().any(|literal| literal.write == write && literal.path.as_str() == path)
            || self.covered.iter().any(|(covered, w)| *w == write && covered == path)
    }

    /// Whether there is any `fs` grant at all; without one a guest gets no preopened directory.
    #[must_use]
    pub fn any_fs(&self) -> bool {
        !self.literals.is_empty()
            || !self.covered.is_empty()
            || self.granted.any_fs() && self.declared.any_fs()
    }

    /// The paths that the profile names literally, each with whether it may be written (`true`) or read (`false`),
    /// for the engine to resolve when the observation starts. A path that may be both comes twice.
    pub fn literals(&self) -> impl Iterator<Item = (&str, bool)> {
        self.literals.iter().map(|literal| (literal.path.as_str(), literal.write))
    }

    /// Adds one resolved path, exactly as it stands, that a literal path was found to lead to: to be written, or
    /// else to be read.
    pub fn cover(&mut self, resolved: String, write: bool) {
        self.covered.push((resolved, write));
    }
}

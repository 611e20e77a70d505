//! `exec`: [`Commands`], the programs that may be run.

use super::error::Problem;
use super::glob::{self, Component, Pattern};
use alloc::vec::Vec;
use core::fmt;

/// Programs by name and by path, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Commands {
    /// Braces and lists written out, sorted, at least one. A pattern that is not absolute is a bare word.
    pub(super) patterns: Vec<Pattern>,
}

impl Commands {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let patterns = glob::parse_list(text)?;
        // A relative path would mean another program in another directory.
        let word = |pattern: &Pattern| matches!(pattern.components[..], [Component::Name(_)]);
        if patterns.iter().all(|pattern| pattern.absolute || word(pattern)) {
            Ok(Self { patterns })
        } else {
            Err(Problem::Command)
        }
    }

    /// What matches the resolved path of a program.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().filter(|pattern| pattern.absolute)
    }

    /// What matches the bare word that a guest asks for.
    pub(super) fn words(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().filter(|pattern| !pattern.absolute)
    }
}

impl fmt::Display for Commands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.patterns.iter().enumerate() {
            write!(f, "{}{pattern}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

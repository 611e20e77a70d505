//! `env`: [`Variables`], the environment variables that a guest sees.

use super::error::Problem;
use alloc::string::String;
use core::fmt;

/// Environment variables by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variables {
    /// This one.
    Named(String),
    /// Every one whose name starts so; `*` is an empty start.
    Starting(String),
}

impl Variables {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        match text.strip_suffix('*') {
            Some(start) if start.is_empty() || is_name(start) => Ok(Self::Starting(start.into())),
            _ => Self::named(text),
        }
    }

    /// One variable; a `*` is no wildcard here, and in no name.
    pub(super) fn named(text: &str) -> Result<Self, Problem> {
        if is_name(text) { Ok(Self::Named(text.into())) } else { Err(Problem::EnvName) }
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Named(own) => own == name,
            Self::Starting(start) => name.starts_with(start.as_str()),
        }
    }
}

/// POSIX leaves names to letters, digits and `_` (XBD 8.1); the dots and hyphens are what is met besides.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

impl fmt::Display for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Starting(start) => write!(f, "{start}*"),
        }
    }
}

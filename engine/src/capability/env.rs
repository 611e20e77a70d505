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

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Variables::parse(pattern).unwrap().matches(name)
    }

    #[test]
    fn names_and_prefixes() {
        assert!(matches("HOME", "HOME"));
        assert!(!matches("HOME", "HOMES"));
        assert!(!matches("HOME", "home"));
        assert!(matches("LC_*", "LC_ALL"));
        assert!(matches("LC_*", "LC_"));
        assert!(!matches("LC_*", "LC"));
        assert!(!matches("LC_*", "XLC_ALL"));
        assert!(matches("*", "ANY"));
    }

    #[test]
    fn malformed_names() {
        for text in ["", "A=B", "A,B", "*_X", "A*B", "**", "A ", "A?", "A\n"] {
            assert_eq!(Variables::parse(text), Err(Problem::EnvName), "{text}");
        }
        assert_eq!(Variables::named("LC_*"), Err(Problem::EnvName));
    }
}

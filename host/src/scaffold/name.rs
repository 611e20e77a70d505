//! [`Name`]: what a plugin is called.

use std::fmt;
use std::str::FromStr;

/// The most letters of a name, which is the name of a folder, a file and a crate.
const MAX: usize = 64;

/// The name of a plugin: lower-case letters, digits and hyphens, a letter first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        if starts && text.len() <= MAX && text.bytes().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError)
        }
    }
}

/// A text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameError;

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a plugin's name is up to {MAX} lower-case letters, digits and hyphens, a letter first")
    }
}

impl std::error::Error for NameError {}

#[cfg(test)]
mod tests {
    use super::{MAX, Name};

    #[test]
    fn names_are_plain() {
        for good in ["a", "door", "front-door-2", "match", "a-"] {
            assert_eq!(good.parse::<Name>().unwrap().as_str(), good);
        }
        let long = "a".repeat(MAX + 1);
        for bad in ["", "-a", "2a", "Door", "a_b", "a/b", "..", "a.b", "tür", "a b", &long] {
            bad.parse::<Name>().expect_err(bad);
        }
    }
}

//! `fs`: [`PathGlob`], the files that a grant is about, and [`LiteralPath`], one file by its name.

use super::error::{CapabilityError, Problem};
use super::glob::{self, Pattern};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Absolute paths by pattern, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathGlob {
    /// Braces written out, sorted, at least one.
    pub(super) patterns: Vec<Pattern>,
}

impl PathGlob {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let patterns = glob::parse(text)?;
        if patterns.iter().all(|pattern| pattern.absolute) {
            Ok(Self { patterns })
        } else {
            Err(Problem::NotAbsolute)
        }
    }
}

impl fmt::Display for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.patterns[..] {
            [pattern] => pattern.fmt(f),
            patterns => {
                for (index, pattern) in patterns.iter().enumerate() {
                    write!(f, "{}{pattern}", if index == 0 { "{" } else { "," })?;
                }
                f.write_str("}")
            }
        }
    }
}

/// An absolute path that stands for itself: a `*` in it is a character like any other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LiteralPath(String);

impl LiteralPath {
    /// Takes a path, without `.`, empty names and a `/` at the end.
    ///
    /// # Errors
    ///
    /// Where the path is not absolute, or has a `..` or a NUL in it. What `..` means depends on links, so that it
    /// can't be taken away in the text.
    pub fn new(path: &str) -> Result<Self, CapabilityError> {
        let wrong = |problem| Err(CapabilityError::new(path, problem));
        if path.len() > super::MAX_BYTES / 4 {
            return wrong(Problem::TooLong);
        }
        if !path.starts_with('/') {
            return wrong(Problem::NotAbsolute);
        }
        if path.contains('\0') {
            return wrong(Problem::Glob("a path may not contain a NUL"));
        }
        let mut normal = String::with_capacity(path.len());
        for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name == ".." {
                return wrong(Problem::ParentDirectory);
            }
            normal.push('/');
            normal.push_str(name);
        }
        if normal.is_empty() {
            normal.push('/');
        }
        Ok(Self(normal))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A path as a pattern that matches this path and no other.
///
/// ```
/// use quoin_engine::capability::escape;
/// assert_eq!(escape("/srv/[a]*.txt"), r"/srv/\[a]\*.txt");
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        // Writing to a `String` cannot fail.
        let _ = glob::write_literal(&mut escaped, c);
    }
    escaped
}

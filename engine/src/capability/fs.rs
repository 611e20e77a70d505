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

    pub(super) fn matches(&self, path: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(path))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::Capability;
    use alloc::format;
    use alloc::string::ToString;

    fn canonical(glob: &str) -> Result<String, Problem> {
        PathGlob::parse(glob).map(|glob| glob.to_string())
    }

    #[test]
    fn globs_are_normalised() {
        for (glob, expected) in [
            ("/etc/", "/etc"),
            ("//etc///ssh", "/etc/ssh"),
            ("/./etc/./ssh/.", "/etc/ssh"),
            ("/", "/"),
            ("//.", "/"),
            ("/**", "**"),
            ("/**/**/a", "**/a"),
            ("/a/***/b", "/a/**/b"),
            ("/a**b/**c", "/a*b/*c"),
            ("/[a]/[.]/[?]", r"/a/\?"),
            ("/[^a-c]", "/[!a-c]"),
            ("/[]a]", r"/[\]a]"),
            (r"/a\b\/c", "/ab/c"),
            ("/a,b", r"/a\,b"),
            ("/{b,a,b}", "{/a,/b}"),
            ("/{etc,usr/lib}/os-release", "{/etc/os-release,/usr/lib/os-release}"),
            ("{/a,/b}{,.bak}", "{/a,/a.bak,/b,/b.bak}"),
            ("/Grüße/日本", "/Grüße/日本"),
        ] {
            assert_eq!(canonical(glob).as_deref(), Ok(expected), "{glob}");
        }
    }

    #[test]
    fn malformed_globs() {
        for glob in ["", "etc", "*", "*/a", "~/x", "a/**", "{/a,b}", "{,/a}", "**a", "./a", "./**"] {
            assert_eq!(canonical(glob), Err(Problem::NotAbsolute), "{glob}");
        }
        for glob in ["/..", "/a/../b", "/a/{b,..}", r"/a/\../b", "/a/[.]."] {
            assert_eq!(canonical(glob), Err(Problem::ParentDirectory), "{glob}");
        }
        for glob in [
            "/[", "/[]", "/[a", "/[!", "/[a-", "/{", "/{a", "/}", "/a}", r"/\", "/[b-a]", "/[/]", "/[+-/]",
            "/[ä]", "/a\0b",
        ] {
            assert!(matches!(canonical(glob), Err(Problem::Glob(_))), "{glob}");
        }
    }

    #[test]
    fn globs_have_limits() {
        assert_eq!(canonical(&format!("/{}", "*a".repeat(65))), Err(Problem::TooComplex));
        assert_eq!(canonical(&format!("/{}", "{a,b}".repeat(7))), Err(Problem::TooComplex));
        assert_eq!(canonical(&format!("/{}{}", "{".repeat(9), "}".repeat(9))), Err(Problem::TooComplex));
        let bomb = format!("/{}", "{a,b}".repeat(2_000));
        assert_eq!(canonical(&bomb), Err(Problem::TooComplex));
        let long = format!("/{}", "a".repeat(20_000));
        assert_eq!(Capability::parse("fs", &format!("read:{long}")).unwrap_err().problem, Problem::TooLong);
        // Short as it is written, long when it is printed.
        let grows = format!("read:/{}/{{{}}}", "a".repeat(4_000), ["b"; 60].join("x,"));
        assert!(matches!(
            Capability::parse("fs", &grows).unwrap_err().problem,
            Problem::TooLong | Problem::TooComplex
        ));
    }

    #[test]
    fn every_linux_path_can_be_escaped() {
        let path = format!("/{}", "*".repeat(4_094));
        let capability: Capability = format!("fs:read:{}", escape(&path)).parse().unwrap();
        assert_eq!(capability.to_string(), format!("fs:read:{}", escape(&path)));
        assert!(LiteralPath::new(&path).is_ok());
    }

    #[test]
    fn literal_paths() {
        assert_eq!(LiteralPath::new("//srv/./*[x]{a,b}/").unwrap().as_str(), "/srv/*[x]{a,b}");
        assert_eq!(LiteralPath::new("/").unwrap().as_str(), "/");
        for (path, problem) in
            [("etc", Problem::NotAbsolute), ("", Problem::NotAbsolute), ("/a/../b", Problem::ParentDirectory)]
        {
            assert_eq!(LiteralPath::new(path).unwrap_err().problem, problem);
        }
        assert!(LiteralPath::new("/a\0").is_err());
        assert_eq!(LiteralPath::new(&"/a".repeat(4_000)).unwrap_err().problem, Problem::TooLong);
    }
}

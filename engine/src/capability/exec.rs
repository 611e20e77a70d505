//! `exec`: [`Commands`], the programs that may be run.

use super::error::Problem;
use super::glob::{self, Component, Pattern};
use super::matcher::is_resolved;
use alloc::format;
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
        // A relative path would mean another program in another directory.
        let patterns = glob::parse_list(text).map_err(|problem| match problem {
            Problem::NotAbsolute => Problem::Command,
            problem => problem,
        })?;
        let word = |pattern: &Pattern| matches!(pattern.components[..], [Component::Name(_)]);
        if patterns.iter().all(|pattern| pattern.absolute || word(pattern)) {
            Ok(Self { patterns })
        } else {
            Err(Problem::Command)
        }
    }

    /// Whether one of them is the program at that resolved path, or the bare word that a guest asks for it by.
    pub(super) fn allow(&self, program: &str, asked: &str) -> bool {
        is_resolved(program)
            && self.patterns.iter().any(|pattern| match pattern.absolute {
                true => pattern.matches(program),
                false => !asked.contains('/') && pattern.matches(&format!("/{asked}")),
            })
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn lists_are_sorted_and_written_out() {
        for (text, canonical) in [
            ("uname", "uname"),
            ("uname,id,uname", "id,uname"),
            ("id,/usr/bin/*", "id,/usr/bin/*"),
            ("**", "**"),
            ("{ip,ss},/sbin//{ip,ss}", "ip,ss,/sbin/ip,/sbin/ss"),
            (r"a\,b", r"a\,b"),
            ("ip*", "ip*"),
        ] {
            assert_eq!(Commands::parse(text).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn malformed_commands() {
        for text in ["", ",", "a,", ",a", "./run", "bin/run", ".", "a/", "{a,}"] {
            assert_eq!(Commands::parse(text), Err(Problem::Command), "{text}");
        }
        assert_eq!(Commands::parse("/usr/../bin/sh"), Err(Problem::ParentDirectory));
        assert!(Commands::parse("a}").is_err());
    }
}

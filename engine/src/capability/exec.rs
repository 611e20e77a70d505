//! `exec`: [`Commands`], the programs that may be run.

use super::code::may_run_code;
use super::error::Problem;
use super::glob::{self, Component, Pattern};
use super::matcher::is_resolved;
use alloc::format;
use alloc::string::{String, ToString};
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
                // The very path that was asked for is the operator's own word. Whoever could change a link there could
                // put a program of his own there as well.
                true => pattern.matches(program) || pattern.is_literal() && pattern.matches(asked),
                false => !asked.contains('/') && pattern.matches(&format!("/{asked}")),
            })
    }

    /// Whether one of them, without any wildcard, is that program.
    pub(super) fn name(&self, program: &str, asked: &str) -> bool {
        let literal = self.patterns.iter().filter(|pattern| pattern.is_literal()).cloned().collect();
        Self { patterns: literal }.allow(program, asked)
    }

    /// Those of them that name a program which can be told to run anything.
    pub(super) fn interpreters(&self) -> impl Iterator<Item = String> {
        let names = self.patterns.iter().filter(|pattern| pattern.is_literal()).map(ToString::to_string);
        names.filter(|name| may_run_code(name))
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
    fn a_path_is_also_what_was_asked_for() {
        let allow = |text: &str, program, asked| Commands::parse(text).unwrap().allow(program, asked);
        assert!(allow("/bin/ls", "/bin/busybox", "/bin/ls"));
        assert!(!allow("/bin/ls", "/bin/busybox", "ls"));
        assert!(!allow("/bin/l*", "/bin/busybox", "/bin/ls"));
        assert!(!allow("/bin/ls", "/bin/busybox", "/bin/../bin/ls"));
    }

    #[test]
    fn only_what_has_no_wildcard_is_a_name() {
        for (text, program, asked, expected) in [
            ("sh", "/usr/bin/dash", "sh", true),
            ("/bin/sh", "/usr/bin/dash", "/bin/sh", true),
            ("/usr/bin/dash", "/usr/bin/dash", "sh", true),
            ("id,{sh,awk}", "/usr/bin/mawk", "awk", true),
            ("sh", "/usr/bin/dash", "/bin/sh", false),
            ("s?", "/usr/bin/dash", "sh", false),
            ("/usr/bin/*", "/usr/bin/dash", "sh", false),
            ("**", "/usr/bin/dash", "sh", false),
            ("*", "/usr/bin/dash", "sh", false),
        ] {
            assert_eq!(Commands::parse(text).unwrap().name(program, asked), expected, "{text} {asked}");
        }
    }

    #[test]
    fn a_name_that_stands_for_everything_is_found() {
        let broad = |text: &str| Commands::parse(text).unwrap().interpreters().collect::<Vec<_>>();
        assert_eq!(broad("id,/usr/bin/python3.11"), ["/usr/bin/python3.11"]);
        assert_eq!(broad("sh,id,awk"), ["awk", "sh"]);
        for narrow in ["id,uname", "/usr/bin/*", "**", "systemctl"] {
            assert!(broad(narrow).is_empty(), "{narrow}");
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

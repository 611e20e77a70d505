//! What is wrong with a profile, said so that it can be put right: the place, the line, a caret and a way out.

use std::fmt;
use std::sync::Arc;

/// More than anyone reads at once; what a hostile file could make of it is cut here.
const SHOWN: usize = 100;
/// The widest part of a source line that is shown, in characters.
const WIDTH: usize = 120;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file it is in.
    pub file: Arc<str>,
    /// The line, from 1; 0 if the file as a whole is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 if the file as a whole is meant.
    pub column: usize,
    /// How many characters the caret line underlines.
    pub width: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
    /// The line as the file has it; empty if there is none to show.
    pub source: String,
}

/// Everything that is wrong, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Collects them. An error without a diagnostic would say nothing, so there has to be one at least.
    #[must_use]
    pub fn new(first: Diagnostic, rest: Vec<Diagnostic>) -> Self {
        let mut list = vec![first];
        list.extend(rest);
        Self { list }
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.list.iter().take(SHOWN).enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        match self.list.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Diagnostics {}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            writeln!(f, "{}: {}", clean(&self.file), clean(&self.message))?;
            return if self.help.is_empty() { Ok(()) } else { writeln!(f, "   {}", clean(&self.help)) };
        }
        writeln!(f, "{}:{}:{}: {}", clean(&self.file), self.line, self.column, clean(&self.message))?;
        let (text, before) = window(&self.source, self.column);
        let number = self.line.to_string();
        let margin = " ".repeat(number.len().max(2));
        let shown = text.chars().count();
        let width = self.width.clamp(1, shown.saturating_sub(before).max(1));
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number:>2} | {}", text)?;
        let caret = format!("{margin} | {}{} {}", " ".repeat(before), "^".repeat(width), clean(&self.help));
        writeln!(f, "{}", caret.trim_end())
    }
}

/// The part of a line that is shown, and how many of its characters are left of the column.
fn window(source: &str, column: usize) -> (String, usize) {
    let length = source.chars().count();
    let before = column.saturating_sub(1).min(length);
    let (start, head) = if length <= WIDTH || before < WIDTH * 2 / 3 {
        (0, "")
    } else {
        (before.saturating_sub(WIDTH / 2), "…")
    };
    let tail = if length - start > WIDTH { "…" } else { "" };
    let middle: String = source.chars().skip(start).take(WIDTH).collect();
    (format!("{head}{}{tail}", clean(&middle)), before - start + head.chars().count())
}

/// A terminal shall not obey what a profile says.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .map(|c| if is_command(c) { '\u{fffd}' } else { c })
        .collect()
}

/// Control characters, and those that change the direction of the text after them.
fn is_command(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(source: &str, column: usize, width: usize, help: &str) -> Diagnostic {
        Diagnostic {
            file: "profile.yaml".into(),
            line: 12,
            column,
            width,
            message: "unknown key `severty`".into(),
            help: help.into(),
            source: source.into(),
        }
    }

    #[test]
    fn a_caret_points_at_the_place() {
        let shown = diagnostic("        severty: high", 9, 7, "did you mean `severity`?").to_string();
        assert_eq!(
            shown,
            "profile.yaml:12:9: unknown key `severty`\n   |\n12 |         severty: high\n   |         ^^^^^^^ did you mean `severity`?\n"
        );
    }

    #[test]
    fn a_file_without_a_line_has_no_caret() {
        let shown = Diagnostic { line: 0, column: 0, ..diagnostic("", 0, 0, "check the path") }.to_string();
        assert_eq!(shown, "profile.yaml: unknown key `severty`\n   check the path\n");
    }

    #[test]
    fn a_long_line_is_shown_around_its_caret() {
        let source = format!("{}here{}", "a".repeat(500), "b".repeat(500));
        let shown = diagnostic(&source, 501, 4, "").to_string();
        let lines: Vec<&str> = shown.lines().collect();
        let caret = lines[3].find('^').unwrap();
        let text: String = lines[2].chars().skip(caret).take(4).collect();
        assert_eq!(text, "here");
        assert!(lines[2].chars().count() < 140);
    }

    #[test]
    fn a_column_beyond_the_line_and_commands_to_the_terminal_do_no_harm() {
        let shown = diagnostic("a\u{1b}[31m\tb", 99, 1000, "\u{202e}").to_string();
        assert!(!shown.contains(['\u{1b}', '\t', '\u{202e}']), "{shown:?}");
    }

    #[test]
    fn many_are_cut_and_counted() {
        let all = Diagnostics::new(diagnostic("a", 1, 1, ""), vec![diagnostic("a", 1, 1, ""); 149]);
        assert!(all.to_string().ends_with("\nand 50 more\n"));
        assert_eq!(all.count(), 150);
    }
}

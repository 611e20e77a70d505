//! Text from outside, made safe to print: a file's content or a command's output must not drive the terminal that
//! the report is read on.

use std::fmt::{self, Write as _};

/// Whether `c` can do anything on a terminal but show itself: the control characters (C0, DEL, C1), which start
/// escape sequences, and the invisible ones that reorder text, break lines or hide (Unicode's bidirectional
/// controls, separators, zero-width characters and tags).
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Shows text with everything escaped that [`is_unsafe`] names, as Rust writes it in a string: `\n`, `\u{1b}`.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(is_unsafe) {
            f.write_str(&rest[..at])?;
            let mut unsafe_and_on = rest[at..].chars();
            if let Some(c) = unsafe_and_on.next() {
                match c {
                    '\n' => f.write_str("\\n")?,
                    '\r' => f.write_str("\\r")?,
                    '\t' => f.write_str("\\t")?,
                    c => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                }
            }
            rest = unsafe_and_on.as_str();
        }
        f.write_str(rest)
    }
}

/// The same as a string, cut to `limit` characters with an ellipsis where it is longer.
#[must_use]
pub fn line(text: &str, limit: usize) -> String {
    let mut escaped = String::with_capacity(text.len().min(limit * 4));
    // Writing to a string cannot fail.
    let _ = write!(escaped, "{}", Escaped(text));
    cut(escaped, limit)
}

/// Cuts `text` to `limit` characters, the last of which is an ellipsis where any were lost.
fn cut(mut text: String, limit: usize) -> String {
    if text.len() > limit && text.chars().nth(limit).is_some() {
        let keep = text.char_indices().nth(limit.saturating_sub(1)).map_or(0, |(at, _)| at);
        text.truncate(keep);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_escaped() {
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{7f}d\ne\r\tf\u{202e}g\u{0}";
        assert_eq!(Escaped(hostile).to_string(), r"a\u{1b}[2Jb\u{9b}31mc\u{7f}d\ne\r\tf\u{202e}g\u{0}");
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["", "plain", "Größe 5 µm, 日本語, 🦀"] {
            assert_eq!(Escaped(text).to_string(), text);
        }
    }

    #[test]
    fn a_line_is_cut_by_characters() {
        assert_eq!(line("äöüß", 4), "äöüß");
        assert_eq!(line("äöüß!", 4), "äöü…");
        assert_eq!(line("\n\n\n", 4), "\\n\\…");
        assert_eq!(line("abc", 0), "…");
    }
}

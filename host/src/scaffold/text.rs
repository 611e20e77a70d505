//! What a person says about a plugin, as it is written into source files.

use std::fmt;
use std::str::FromStr;

/// The most letters of a description.
const MAX: usize = 200;

/// One line that says what a plugin checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// The line as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Description {
    type Err = DescriptionError;

    fn from_str(text: &str) -> Result<Self, DescriptionError> {
        let text = text.trim();
        let plain = !text.is_empty() && text.chars().count() <= MAX && !text.chars().any(char::is_control);
        // A comment may not change how the lines behind it are shown.
        let hidden =
            |character| matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if plain && !text.contains(hidden) { Ok(Self(text.to_owned())) } else { Err(DescriptionError) }
    }
}

/// A text is no description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DescriptionError;

impl fmt::Display for DescriptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a description is one line of up to {MAX} characters")
    }
}

impl std::error::Error for DescriptionError {}

/// A text as it stands between the quotes of a string: in Rust, Go, TOML, YAML and JSON alike.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::{Description, MAX, escaped};

    #[test]
    fn a_description_is_one_line() {
        assert_eq!(" Is it shut? ".parse::<Description>().unwrap().as_str(), "Is it shut?");
        for bad in ["", " ", "a\nb", "a\u{7}", "a\u{202e}b", &"a".repeat(MAX + 1)] {
            bad.parse::<Description>().expect_err(bad);
        }
    }

    #[test]
    fn quotes_end_no_string() {
        assert_eq!(escaped(r#"a "b" \n"#), r#"a \"b\" \\n"#);
    }
}

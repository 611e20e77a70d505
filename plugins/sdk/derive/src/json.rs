//! JSON as text: the little of it that a schema needs.

use std::fmt::Write as _;

/// A text as a JSON string.
pub(crate) fn string(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\n' => json.push_str("\\n"),
            '\t' => json.push_str("\\t"),
            // Writing to a string does not fail.
            control if control < ' ' => _ = write!(json, "\\u{:04x}", u32::from(control)),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn what_means_something_in_json_is_escaped() {
        assert_eq!(string("plain: ä"), r#""plain: ä""#);
        assert_eq!(string("^\\d \"a\"\n\t\u{1}"), r#""^\\d \"a\"\n\t\u0001""#);
    }
}

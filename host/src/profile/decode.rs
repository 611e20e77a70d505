//! From a file's bytes to text that YAML can be read from.

use std::borrow::Cow;

/// What is wrong with the bytes.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub message: String,
    pub help: &'static str,
    /// Line and column, from 1.
    pub line: usize,
    pub column: usize,
}

/// Checks that the bytes are printable UTF-8, and makes all line ends `\n`.
///
/// A byte order mark is dropped (YAML 1.2.2, section 5.2). Characters that may not be in YAML (section 5.1) are
/// refused here: the parser would take a NUL for the end of the file.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<Fault>) {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let fault =
            Fault { message: "this is UTF-16".into(), help: "save the file as UTF-8", line: 1, column: 1 };
        return (String::new(), Some(fault));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let (valid, invalid) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            (String::from_utf8_lossy(&bytes[..error.valid_up_to()]), bytes.get(error.valid_up_to()))
        }
    };
    let text = if valid.contains('\r') {
        valid.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        valid.into_owned()
    };
    let odd = text.char_indices().find(|(_, c)| !is_printable(*c));
    let fault = if let Some((at, c)) = odd {
        let message = format!("there is a control character here (U+{:04X})", u32::from(c));
        Some(fault_at(&text[..at], message, "take it out, or write it as an escape in double quotes"))
    } else {
        invalid.map(|byte| {
            fault_at(&text, format!("this is not UTF-8 (byte 0x{byte:02x})"), "save the file as UTF-8")
        })
    };
    (text, fault)
}

fn fault_at(before: &str, message: String, help: &'static str) -> Fault {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Fault { message, help, line, column }
}

fn is_printable(c: char) -> bool {
    !c.is_control() || matches!(c, '\t' | '\n' | '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(bytes: &[u8]) -> (usize, usize) {
        let fault = decode(bytes).1.unwrap();
        (fault.line, fault.column)
    }

    #[test]
    fn line_ends_become_one() {
        assert_eq!(decode(b"a\r\nb\rc\n"), ("a\nb\nc\n".into(), None));
        assert_eq!(decode("\u{feff}a: é".as_bytes()), ("a: é".into(), None));
    }

    #[test]
    fn what_is_no_text_is_pointed_at() {
        assert_eq!(place(b"a: b\nc\xffd"), (2, 2));
        assert_eq!(place(b"a\0b"), (1, 2));
        assert_eq!(place("é\n é\u{1b}[0m".as_bytes()), (2, 3));
        assert_eq!(decode(b"\xff\xfea\0").1.unwrap().message, "this is UTF-16");
    }
}

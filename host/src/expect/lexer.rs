//! An expression's text, cut into tokens.
//!
//! The crate that evaluates expressions has a lexer of its own inside its grammar. This one is in front of it, so
//! that an expression's size is known before the grammar, which backtracks, gets to see it; and because it reads
//! escapes as Go's expr does, which the grammar accepts but does not all replace.

use super::ExpectError;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    /// The first character's index.
    pub at: usize,
    /// How many characters it has.
    pub width: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A name or a word such as `and`; `#`, `#index` and `#acc` too.
    Name(String),
    /// A whole number, if it is one that fits, and how it is written.
    Number(Option<i64>, String),
    /// What a quoted text means.
    Text(String),
    /// `b"…"`, as it is written.
    Bytes(String),
    /// An operator or a separator.
    Sign(&'static str),
    Open(char),
    Close(char),
}

impl Kind {
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self, Self::Sign(own) if *own == sign)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name)
    }
}

/// Longer ones first.
const SIGNS: [&str; 26] = [
    "==", "!=", "<=", ">=", "&&", "||", "**", "..", "??", "?.", "<", ">", "!", "+", "-", "*", "/", "%", "^",
    "?", ":", ",", ";", ".", "|", "=",
];

struct Lexer<'t> {
    characters: &'t [char],
    at: usize,
}

/// Cuts up a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ExpectError> {
    let characters: Vec<char> = text.chars().collect();
    let mut lexer = Lexer { characters: &characters, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip()?;
        let at = lexer.at;
        let Some(first) = lexer.peek(0) else { return Ok(tokens) };
        let kind = lexer.token(first)?;
        tokens.push(Token { kind, at, width: lexer.at - at });
    }
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn starts_with(&self, sign: &str) -> bool {
        sign.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn error<T>(&self, at: usize, width: usize, message: impl Into<String>) -> Result<T, ExpectError> {
        Err(ExpectError { message: message.into(), column: at + 1, width })
    }

    /// Spaces and comments.
    fn skip(&mut self) -> Result<(), ExpectError> {
        loop {
            if self.peek(0).is_some_and(|c| matches!(c, ' ' | '\t' | '\r' | '\n')) {
                self.at += 1;
            } else if self.starts_with("//") {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            } else if self.starts_with("/*") {
                let start = self.at;
                while !self.starts_with("*/") {
                    if self.peek(0).is_none() {
                        return self.error(start, 2, "this comment has no end");
                    }
                    self.at += 1;
                }
                self.at += 2;
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self, first: char) -> Result<Kind, ExpectError> {
        let second = self.peek(1);
        match first {
            '"' | '\'' => self.text(first).map(Kind::Text),
            '`' => self.raw_text(),
            'b' | 'B' if matches!(second, Some('"' | '\'')) => self.bytes(),
            '0'..='9' => Ok(self.number()),
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => Ok(self.number()),
            '#' | '_' | 'a'..='z' | 'A'..='Z' => {
                self.at += 1;
                Ok(Kind::Name(format!(
                    "{first}{}",
                    self.take_while(|c| c == '_' || c.is_ascii_alphanumeric())
                )))
            }
            '(' | '[' | '{' => {
                self.at += 1;
                Ok(Kind::Open(first))
            }
            ')' | ']' | '}' => {
                self.at += 1;
                Ok(Kind::Close(first))
            }
            _ => {
                // `a ?.5 : 1` is a condition.
                let optional = self.peek(2).is_none_or(|c| !c.is_ascii_digit());
                let sign =
                    SIGNS.into_iter().find(|sign| self.starts_with(sign) && (*sign != "?." || optional));
                match sign {
                    Some(sign) => {
                        self.at += sign.len();
                        Ok(Kind::Sign(sign))
                    }
                    None => self.error(self.at, 1, format!("`{first}` has no meaning here")),
                }
            }
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
        self.characters[start..self.at].iter().collect()
    }

    /// As much as may belong to a number; whether it is one is for the grammar to say.
    fn number(&mut self) -> Kind {
        let start = self.at;
        self.take_while(|c| c == '_' || c.is_ascii_alphanumeric());
        if self.peek(0) == Some('.') && self.peek(1) != Some('.') {
            self.at += 1;
            self.take_while(|c| c == '_' || c.is_ascii_alphanumeric());
        }
        let is_hexadecimal = matches!(self.characters.get(start + 1), Some('x' | 'X'));
        let exponent = matches!(self.characters.get(self.at - 1), Some('e' | 'E')) && !is_hexadecimal;
        if exponent && matches!(self.peek(0), Some('+' | '-')) {
            self.at += 1;
            self.take_while(|c| c == '_' || c.is_ascii_digit());
        }
        let written: String = self.characters[start..self.at].iter().collect();
        Kind::Number(written.parse().ok(), written)
    }

    fn raw_text(&mut self) -> Result<Kind, ExpectError> {
        let start = self.at;
        self.at += 1;
        let text = self.take_while(|c| c != '`');
        if self.peek(0).is_none() {
            return self.error(start, 1, "this text has no end");
        }
        self.at += 1;
        Ok(Kind::Text(text))
    }

    fn bytes(&mut self) -> Result<Kind, ExpectError> {
        let start = self.at;
        let quote = self.characters[start + 1];
        self.at += 2;
        while let Some(c) = self.peek(0) {
            self.at += if c == '\\' { 2 } else { 1 };
            if c == quote {
                return Ok(Kind::Bytes(self.characters[start..self.at].iter().collect()));
            }
        }
        self.at = self.at.min(self.characters.len());
        self.error(start, 1, "this text has no end")
    }

    fn text(&mut self, quote: char) -> Result<String, ExpectError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let at = self.at;
            let Some(c) = self.peek(0).filter(|c| !matches!(c, '\n' | '\r')) else {
                return self.error(start, 1, "this text has no end");
            };
            self.at += 1;
            if c == quote {
                return Ok(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            match self.escape() {
                Some(c) => text.push(c),
                None => {
                    let message =
                        "there is no such escape; a backslash is written as `\\\\`, or in backquotes";
                    return self.error(at, 2, message);
                }
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(match c {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' | '\'' | '"' | '/' => c,
            'x' => self.code(2)?,
            'u' => self.code(4)?,
            'U' => self.code(8)?,
            _ => return None,
        })
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let code =
            (0..digits).try_fold(0u32, |code, ahead| Some(code << 4 | self.peek(ahead)?.to_digit(16)?))?;
        self.at += digits;
        char::from_u32(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).unwrap().into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn texts_mean_what_go_has_them_mean() {
        let cases = [
            (r#""a\\nb""#, "a\\nb"),
            (r#""a\nb""#, "a\nb"),
            (r"'it\'s'", "it's"),
            (r#""\u00e9\x41""#, "éA"),
            (r"`\d+`", r"\d+"),
            (r#""C:\\new""#, r"C:\new"),
        ];
        for (text, meaning) in cases {
            assert_eq!(kinds(text), [Kind::Text(meaning.into())], "{text}");
        }
        for (text, column) in [
            (r#"a "b"#, 3),
            ("`", 1),
            (r#""\q""#, 2),
            ("\"a\nb\"", 1),
            ("b'", 1),
            ("1 /* x", 3),
            ("a § b", 3),
        ] {
            assert_eq!(tokens(text).unwrap_err().column, column, "{text}");
        }
    }

    #[test]
    fn dots_belong_to_numbers_ranges_or_fields() {
        assert_eq!(
            kinds("1..5"),
            [Kind::Number(Some(1), "1".into()), Kind::Sign(".."), Kind::Number(Some(5), "5".into())]
        );
        assert_eq!(kinds("1.5e-3"), [Kind::Number(None, "1.5e-3".into())]);
        assert_eq!(kinds("a?.b").len(), 3);
        assert!(kinds("a ?.5 : 1").contains(&Kind::Sign("?")));
        assert_eq!(kinds("#index // x\n"), [Kind::Name("#index".into())]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_up_or_refused(text in "\\PC{0,40}|[\"'`\\\\ub.0-9e#?/*-]{0,20}") {
            if let Ok(tokens) = tokens(&text) {
                let end = tokens.last().map_or(0, |token| token.at + token.width);
                prop_assert!(end <= text.chars().count());
            }
        }
    }
}

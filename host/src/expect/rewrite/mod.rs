//! From tokens to the text that the crate's grammar reads, checked and in a safer form.
//!
//! - A path into the evidence (`data.a[0]`) becomes one hidden name, so that only what is asked for is copied, and
//!   messages can show it.
//! - A range becomes a hidden name too, since the evaluator would build one of any length.
//! - `s.contains(x)` becomes `(s contains (x))`; `a not contains b` becomes `a contains b == false`.
//! - `let` and maps become calls: the evaluator does not limit the one and misreads the other.
//! - `a matches "p"` becomes a call with the pattern's number, since the patterns are ours.
//! - Texts are written so that what they mean does not depend on escapes.

mod names;
mod operators;

use super::ExpectError;
use super::functions::MAP;
use super::lexer::{Kind, Token};
use super::path::Path;
use super::predicates::PREDICATES;

/// How deep brackets may be nested. The grammar tries each `[` twice, so that its time doubles with each.
const NESTING: usize = 16;
/// The operators that are words and stand between two values.
const TESTS: [&str; 5] = ["in", "contains", "startsWith", "endsWith", "matches"];

/// The signs that stand between two values.
const BETWEEN: [&str; 16] =
    ["==", "!=", "<=", ">=", "<", ">", "&&", "||", "*", "/", "%", "**", "^", "??", "?", "|"];

/// An expression for the crate, and what its hidden names stand for.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    pub pieces: Vec<Piece>,
    pub paths: Vec<Path>,
    pub ranges: Vec<(i64, i64)>,
    /// The patterns of `matches`, and where they are.
    pub patterns: Vec<(String, usize, usize)>,
}

/// A part of the new text and the characters of the old that it stands for.
#[derive(Debug)]
pub(super) struct Piece {
    pub text: String,
    pub at: usize,
    pub width: usize,
}

/// What an open bracket holds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Holds {
    Whole,
    Group,
    /// The arguments of a function, one that takes a predicate or one that does not.
    Arguments {
        predicate: bool,
    },
    Index,
    List,
    Map,
    /// A predicate or a branch.
    Block,
    /// What is between `if` and its `{`.
    Condition,
}

#[derive(Debug)]
struct Level {
    holds: Holds,
    /// Where the value that the bracket belongs to begins, to go on from there behind it.
    start: Option<usize>,
    close: &'static str,
    /// A `not` waits for the end of its comparison.
    negated: bool,
    /// A `let` waits for its `;`.
    assigns: bool,
    /// How many `?` wait for their `:`.
    choices: usize,
    /// Where the innermost expression begins that is not finished, which is what a pipe takes.
    whole: usize,
    /// Where the left side of a comparison begins.
    operand: usize,
}

struct Rewriter<'t> {
    tokens: &'t [Token],
    next: usize,
    out: Rewritten,
    levels: Vec<Level>,
    /// Where the value that has just been read begins; none where a value is expected.
    start: Option<usize>,
    /// A value has been read, and an operator may follow.
    after_value: bool,
    variables: Vec<String>,
    /// How many of the open brackets are arguments of a function with a predicate.
    predicates: usize,
}

/// Checks and rewrites an expression.
pub(super) fn rewrite(tokens: &[Token]) -> Result<Rewritten, ExpectError> {
    let mut rewriter = Rewriter {
        tokens,
        next: 0,
        out: Rewritten::default(),
        levels: vec![Level::new(Holds::Whole, None, "")],
        start: None,
        after_value: false,
        variables: Vec::new(),
        predicates: 0,
    };
    while let Some(token) = tokens.get(rewriter.next) {
        rewriter.next += 1;
        rewriter.token(token)?;
    }
    rewriter.settle();
    match tokens.last() {
        Some(last) if rewriter.is_bracket_open() => fail(last, "a bracket is not closed behind this"),
        Some(last) if !rewriter.after_value => fail(last, "the expression ends too early, with this"),
        _ => Ok(rewriter.out),
    }
}

fn fail<T>(token: &Token, message: impl Into<String>) -> Result<T, ExpectError> {
    Err(ExpectError { message: message.into(), column: token.at + 1, width: token.width })
}

impl Level {
    fn new(holds: Holds, start: Option<usize>, close: &'static str) -> Self {
        Self { holds, start, close, negated: false, assigns: false, choices: 0, whole: 0, operand: 0 }
    }
}

impl Rewriter<'_> {
    fn peek(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.next + ahead).map(|token| &token.kind)
    }

    fn is_next(&self, ahead: usize, sign: &str) -> bool {
        self.peek(ahead).is_some_and(|kind| kind.is_sign(sign))
    }

    fn is_open_next(&self, bracket: char) -> bool {
        self.peek(0) == Some(&Kind::Open(bracket))
    }

    fn emit(&mut self, text: impl Into<String>, token: &Token) {
        self.out.pieces.push(Piece { text: text.into(), at: token.at, width: token.width });
    }

    /// Emits a value, or the beginning of one.
    fn value(&mut self, text: impl Into<String>, token: &Token) -> Result<(), ExpectError> {
        if self.after_value {
            return fail(token, "an operator is missing before this");
        }
        self.start = Some(self.out.pieces.len());
        self.after_value = true;
        self.emit(text, token);
        Ok(())
    }

    /// Emits something that a value follows.
    fn operator(&mut self, text: impl Into<String>, token: &Token) {
        self.start = None;
        self.after_value = false;
        self.emit(text, token);
    }

    fn token(&mut self, token: &Token) -> Result<(), ExpectError> {
        match &token.kind {
            Kind::Name(name) => self.name(name, token)?,
            Kind::Number(_, written) => self.value(written.as_str(), token)?,
            Kind::Text(text) => self.value(quote(text), token)?,
            Kind::Bytes(written) => self.value(written.as_str(), token)?,
            Kind::Open(bracket) => self.open(*bracket, token)?,
            Kind::Close(bracket) => self.close(*bracket, token)?,
            Kind::Sign("." | "?.") if self.after_value => self.member(token)?,
            Kind::Sign(".") if self.predicates > 0 => self.field(token)?,
            Kind::Sign("..") => self.range(token)?,
            Kind::Sign(sign) if !self.after_value && BETWEEN.contains(sign) => {
                return fail(token, "a value is missing before this");
            }
            Kind::Sign(sign) => self.sign(sign, token),
        }
        Ok(())
    }

    fn sign(&mut self, sign: &'static str, token: &Token) {
        // Signs that bind closer than a comparison leave a `not` waiting.
        if !matches!(sign, "+" | "-" | "*" | "/" | "%" | "**" | "^" | "." | "?." | "!" | "??") {
            self.settle();
        }
        let level = self.levels.last_mut();
        match (sign, level) {
            (";", Some(level)) if level.assigns => {
                level.assigns = false;
                self.emit(")", token);
            }
            ("?", Some(level)) => level.choices += 1,
            (":", Some(level)) if level.choices > 0 => level.choices -= 1,
            // Between a map's keys and its values.
            (":", Some(level)) if level.holds == Holds::Map => {
                self.operator(",", token);
                return self.begin();
            }
            _ => {}
        }
        self.operator(sign, token);
        match sign {
            "," | ";" | ":" | "?" | "??" => self.begin(),
            "&&" | "||" => self.begin_operand(),
            "|" => {
                if let Some(level) = self.levels.last_mut() {
                    level.operand = level.whole;
                }
            }
            _ => {}
        }
    }

    /// An expression begins with what comes next.
    fn begin(&mut self) {
        self.begin_operand();
        if let Some(level) = self.levels.last_mut() {
            level.whole = level.operand;
        }
    }

    /// What comes next may become the left side of a comparison.
    fn begin_operand(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.operand = self.out.pieces.len();
        }
    }

    fn is_bracket_open(&self) -> bool {
        self.levels.iter().any(|level| !matches!(level.holds, Holds::Whole | Holds::Condition))
    }

    /// Ends a comparison that was negated.
    fn settle(&mut self) {
        if let Some(level) = self.levels.last_mut().filter(|level| level.negated) {
            level.negated = false;
            let (at, width) = self.out.pieces.last().map_or((0, 1), |piece| (piece.at, piece.width));
            self.out.pieces.push(Piece { text: "== false".into(), at, width });
        }
    }

    fn open(&mut self, bracket: char, token: &Token) -> Result<(), ExpectError> {
        let before = self.next.checked_sub(2).and_then(|at| self.tokens.get(at)).map(|token| &token.kind);
        match bracket {
            '(' if self.after_value => {
                let predicate = match before {
                    Some(Kind::Name(name)) => PREDICATES.contains(&name.as_str()),
                    _ => return fail(token, "only functions can be called"),
                };
                self.push(Holds::Arguments { predicate }, "(", ")", token)
            }
            '(' => self.push(Holds::Group, "(", ")", token),
            '[' if self.after_value => self.push(Holds::Index, "[", "]", token),
            '[' => self.push(Holds::List, "[", "]", token),
            _ if self.after_value || before.is_some_and(|kind| kind.is_name("else")) => {
                self.settle();
                if self.levels.last().is_some_and(|level| level.holds == Holds::Condition) {
                    self.levels.pop();
                }
                self.start = None;
                self.push(Holds::Block, "{", "}", token)
            }
            _ => {
                let may_be_predicate = self
                    .levels
                    .last()
                    .is_some_and(|level| level.holds == Holds::Arguments { predicate: true });
                if may_be_predicate && !self.is_next(1, ":") {
                    self.push(Holds::Block, "{", "}", token)
                } else {
                    self.push(Holds::Map, &format!("{MAP}("), ")", token)
                }
            }
        }
    }

    fn push(
        &mut self,
        holds: Holds,
        open: &str,
        close: &'static str,
        token: &Token,
    ) -> Result<(), ExpectError> {
        if self.levels.len() > NESTING {
            return fail(token, format!("brackets are nested more than {NESTING} deep"));
        }
        if holds == (Holds::Arguments { predicate: true }) {
            self.predicates += 1;
        }
        let start = self.start.unwrap_or(self.out.pieces.len());
        self.levels.push(Level::new(holds, Some(start), close));
        self.operator(open, token);
        self.begin();
        Ok(())
    }

    fn close(&mut self, bracket: char, token: &Token) -> Result<(), ExpectError> {
        self.settle();
        let expected = match self.levels.last().map(|level| level.holds) {
            Some(Holds::Group | Holds::Arguments { .. }) => ')',
            Some(Holds::Index | Holds::List) => ']',
            Some(Holds::Map | Holds::Block) => '}',
            Some(Holds::Condition) => '{',
            Some(Holds::Whole) | None => {
                return fail(token, format!("no bracket is open for this `{bracket}`"));
            }
        };
        if bracket != expected {
            return fail(token, format!("`{expected}` has to come before this `{bracket}`"));
        }
        if let Some(level) = self.levels.pop() {
            if level.holds == (Holds::Arguments { predicate: true }) {
                self.predicates -= 1;
            }
            self.emit(level.close, token);
            self.start = level.start;
            self.after_value = true;
        }
        Ok(())
    }
}

/// Writes a text so that the grammar reads it as it is: its own reading of escapes is not Go's.
fn quote(text: &str) -> String {
    if !text.contains(['"', '\\', '\n', '\r']) {
        format!("\"{text}\"")
    } else if !text.contains('`') {
        format!("`{text}`")
    } else {
        let parts: Vec<String> = text.split('`').map(|part| format!("`{part}`")).collect();
        format!("({})", parts.join(" + \"`\" + "))
    }
}

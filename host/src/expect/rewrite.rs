//! From tokens to the text that the crate's grammar reads, checked and in a safer form.
//!
//! - A path into the evidence (`data.a[0]`) becomes one hidden name, so that only what is asked for is copied, and
//!   messages can show it.
//! - A range becomes a hidden name too, since the evaluator would build one of any length.
//! - `s.contains(x)` becomes `(s contains (x))`; `a not contains b` becomes `a contains b == false`.
//! - `let` and maps become calls: the evaluator does not limit the one and misreads the other.
//! - Texts are written so that what they mean does not depend on escapes.

use super::ExpectError;
use super::functions::{LET, MAP, names};
use super::lexer::{Kind, Token};
use super::path::{Key, Path, ROOTS, Step};
use super::predicates::PREDICATES;
use crate::nearest::nearest;

/// How deep brackets may be nested. The grammar tries each `[` twice, so that its time doubles with each.
const NESTING: usize = 16;
/// The most numbers in a range: enough for all ports.
const RANGE: i64 = 100_000;
/// The operators that are words and stand between two values.
const TESTS: [&str; 5] = ["in", "contains", "startsWith", "endsWith", "matches"];
const METHODS: [&str; 3] = ["contains", "startsWith", "endsWith"];

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
    let whole =
        Level { holds: Holds::Whole, start: None, close: "", negated: false, assigns: false, choices: 0 };
    let mut rewriter = Rewriter {
        tokens,
        next: 0,
        out: Rewritten::default(),
        levels: vec![whole],
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
        Some(last) if rewriter.levels.len() > 1 => fail(last, "a bracket is not closed behind this"),
        _ => Ok(rewriter.out),
    }
}

fn fail<T>(token: &Token, message: impl Into<String>) -> Result<T, ExpectError> {
    Err(ExpectError { message: message.into(), column: token.at + 1, width: token.width })
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
    fn value(&mut self, text: impl Into<String>, token: &Token) {
        self.start = Some(self.out.pieces.len());
        self.after_value = true;
        self.emit(text, token);
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
            Kind::Number(_, written) => self.value(written.as_str(), token),
            Kind::Text(text) => self.value(quote(text), token),
            Kind::Bytes(written) => self.value(written.as_str(), token),
            Kind::Open(bracket) => self.open(*bracket, token)?,
            Kind::Close(bracket) => self.close(*bracket, token)?,
            Kind::Sign("." | "?.") if self.after_value => self.member(token)?,
            Kind::Sign("..") => self.range(token)?,
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
            (":", Some(level)) if level.holds == Holds::Map => return self.operator(",", token),
            _ => {}
        }
        self.operator(sign, token);
    }

    /// Ends a comparison that was negated.
    fn settle(&mut self) {
        if let Some(level) = self.levels.last_mut().filter(|level| level.negated) {
            level.negated = false;
            let (at, width) = self.out.pieces.last().map_or((0, 1), |piece| (piece.at, piece.width));
            self.out.pieces.push(Piece { text: "== false".into(), at, width });
        }
    }

    fn name(&mut self, name: &str, token: &Token) -> Result<(), ExpectError> {
        match name {
            "and" | "or" if self.after_value => {
                self.settle();
                self.operator(name, token);
            }
            "not" if self.after_value => self.not(token)?,
            _ if self.after_value && TESTS.contains(&name) => {
                self.settle();
                self.operator(name, token);
                if name == "matches" {
                    self.pattern(token)?;
                }
            }
            "not" | "if" | "else" => self.operator(name, token),
            "let" => self.assign(token)?,
            "true" | "false" | "nil" => self.value(name, token),
            _ if self.is_open_next('(') => {
                if !names().any(|known| known == name) {
                    let advice = nearest(name, names()).map(|near| format!("; did you mean `{near}`?"));
                    return fail(
                        token,
                        format!("there is no function `{name}`{}", advice.unwrap_or_default()),
                    );
                }
                self.value(name, token);
            }
            _ if self.is_key() => self.value(quote(name), token),
            _ if self.variables.iter().any(|variable| variable == name) => self.value(name, token),
            _ if ROOTS.contains(&name) => self.path(name, token)?,
            // Inside a predicate, a name may be a field of the item.
            _ if self.predicates > 0 => self.value(name, token),
            _ => {
                let advice = match nearest(name, ROOTS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("an expectation sees {}; text goes in quotes", ROOTS.join(", ")),
                };
                return fail(token, format!("unknown name `{name}`: {advice}"));
            }
        }
        Ok(())
    }

    fn is_key(&self) -> bool {
        let in_map = self.levels.last().is_some_and(|level| level.holds == Holds::Map && level.choices == 0);
        in_map && self.is_next(0, ":") && !self.after_value
    }

    /// `not in`, `not contains` and so on.
    fn not(&mut self, token: &Token) -> Result<(), ExpectError> {
        self.settle();
        let Some(test) = TESTS.into_iter().find(|test| self.peek(0).is_some_and(|kind| kind.is_name(test)))
        else {
            return fail(token, format!("behind a value, `not` goes with one of {}", TESTS.join(", ")));
        };
        self.next += 1;
        if test == "in" {
            self.operator("not in", token);
            return Ok(());
        }
        self.operator(test, token);
        if let Some(level) = self.levels.last_mut() {
            level.negated = true;
        }
        if test == "matches" { self.pattern(token) } else { Ok(()) }
    }

    /// A pattern has to be there when the expectation is read: one that is no pattern is found then, and none has to
    /// be made anew for each value.
    fn pattern(&mut self, token: &Token) -> Result<(), ExpectError> {
        let binds = ["+", ".", "?.", "??", "..", "*", "**", "^", "/", "%", "-"]
            .iter()
            .any(|sign| self.is_next(1, sign));
        match self.tokens.get(self.next) {
            Some(Token { kind: Kind::Text(pattern), at, width })
                if !binds && self.peek(1) != Some(&Kind::Open('[')) =>
            {
                self.out.patterns.push((pattern.clone(), *at, *width));
                Ok(())
            }
            _ => fail(token, "`matches` takes a pattern in quotes, and nothing else"),
        }
    }

    fn assign(&mut self, token: &Token) -> Result<(), ExpectError> {
        let name = match self.peek(0) {
            Some(Kind::Name(name)) if self.is_next(1, "=") => name.clone(),
            _ => return fail(token, "write it as `let name = value; …`"),
        };
        if ROOTS.contains(&name.as_str()) || name.starts_with('#') || names().any(|known| known == name) {
            return fail(token, format!("`{name}` has a meaning already; give the variable another name"));
        }
        self.next += 2;
        self.operator(format!("let {name} = {LET}("), token);
        self.variables.push(name);
        if let Some(level) = self.levels.last_mut() {
            level.assigns = true;
        }
        Ok(())
    }

    /// A path into the evidence, as far as its steps are written out.
    fn path(&mut self, root: &str, token: &Token) -> Result<(), ExpectError> {
        let mut steps = Vec::new();
        loop {
            let optional = self.is_next(0, "?.");
            let dot = optional || self.is_next(0, ".");
            let step = match (self.peek(usize::from(dot)), dot) {
                (Some(Kind::Name(name)), true) if self.peek(2) != Some(&Kind::Open('(')) => {
                    Some((Key::Field(name.clone()), 2))
                }
                (Some(Kind::Open('[')), _) if !dot || optional => self.index(usize::from(dot) + 1),
                _ => None,
            };
            let Some((key, taken)) = step else { break };
            steps.push(Step { key, optional });
            self.next += taken;
        }
        let path = Path { root: root.to_owned(), steps };
        let index = self.out.paths.iter().position(|known| *known == path).unwrap_or_else(|| {
            self.out.paths.push(path);
            self.out.paths.len() - 1
        });
        let last = self.tokens.get(self.next - 1).unwrap_or(token);
        let whole = Token { width: last.at + last.width - token.at, ..token.clone() };
        self.value(format!("$p{index}"), &whole);
        Ok(())
    }

    /// `[0]`, `[-1]` or `["key"]`, from behind the bracket; and how many tokens that takes from here.
    fn index(&self, from: usize) -> Option<(Key, usize)> {
        let (key, taken) = match (self.peek(from)?, self.peek(from + 1)?) {
            (Kind::Text(text), _) => (Key::Field(text.clone()), from + 1),
            (Kind::Number(Some(index), _), _) => (Key::Index(*index), from + 1),
            (Kind::Sign("-"), Kind::Number(Some(index), _)) => (Key::Index(-*index), from + 2),
            _ => return None,
        };
        (self.peek(taken) == Some(&Kind::Close(']'))).then_some((key, taken + 1))
    }

    /// `.name`, `?.name` or `?.[` behind a value.
    fn member(&mut self, token: &Token) -> Result<(), ExpectError> {
        let sign = if token.kind.is_sign(".") { "." } else { "?." };
        let Some(name_token) = self.tokens.get(self.next) else {
            return fail(token, "a name is missing behind this");
        };
        match &name_token.kind {
            Kind::Name(name) if self.peek(1) == Some(&Kind::Open('(')) => {
                if !METHODS.contains(&name.as_str()) {
                    return fail(
                        name_token,
                        format!("there is no method `{name}`, only {}", METHODS.join(", ")),
                    );
                }
                let Some(start) = self.start.and_then(|start| self.out.pieces.get_mut(start)) else {
                    return fail(name_token, "put what is before this in parentheses");
                };
                start.text.insert(0, '(');
                self.emit(name.as_str(), name_token);
                self.next += 1;
                let bracket = self.tokens.get(self.next).unwrap_or(name_token);
                self.next += 1;
                self.push(Holds::Group, "(", "))", bracket)
            }
            Kind::Name(name) => {
                self.emit(format!("{sign}{name}"), name_token);
                self.next += 1;
                Ok(())
            }
            Kind::Open('[') if sign == "?." => {
                self.next += 1;
                self.push(Holds::Index, "?.[", "]", name_token)
            }
            _ => fail(name_token, "a name has to be here"),
        }
    }

    /// Both ends of a range have to be written out.
    fn range(&mut self, token: &Token) -> Result<(), ExpectError> {
        let message = "a range is written with two whole numbers, such as 1..1024";
        let sign_before =
            self.next.checked_sub(3).and_then(|at| self.tokens.get(at)).map(|token| &token.kind);
        let binds = |kind: Option<&Kind>| {
            ["+", "-", "*", "/", "%", "**", "^", ".", "?.", "..", "??"]
                .iter()
                .any(|sign| kind.is_some_and(|kind| kind.is_sign(sign)))
        };
        let from = self.next.checked_sub(2).and_then(|at| self.tokens.get(at)).map(|token| &token.kind);
        let (Some(Kind::Number(Some(from), _)), Some(Kind::Number(Some(to), _))) = (from, self.peek(0))
        else {
            return fail(token, message);
        };
        if binds(sign_before) || binds(self.peek(1)) || self.peek(1) == Some(&Kind::Open('[')) {
            return fail(token, message);
        }
        if to.saturating_sub(*from) >= RANGE {
            return fail(token, format!("a range has at most {RANGE} numbers"));
        }
        let piece = format!("$r{}", self.out.ranges.len());
        self.out.ranges.push((*from, *to));
        self.next += 1;
        self.out.pieces.pop();
        self.value(piece, token);
        Ok(())
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
        self.levels.push(Level {
            holds,
            start: Some(start),
            close,
            negated: false,
            assigns: false,
            choices: 0,
        });
        self.operator(open, token);
        Ok(())
    }

    fn close(&mut self, bracket: char, token: &Token) -> Result<(), ExpectError> {
        self.settle();
        let expected = match self.levels.last().map(|level| level.holds) {
            Some(Holds::Group | Holds::Arguments { .. }) => ')',
            Some(Holds::Index | Holds::List) => ']',
            Some(Holds::Map | Holds::Block) => '}',
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
pub(super) fn quote(text: &str) -> String {
    if !text.contains(['"', '\\', '\n', '\r']) {
        format!("\"{text}\"")
    } else if !text.contains('`') {
        format!("`{text}`")
    } else {
        let parts: Vec<String> = text.split('`').map(|part| format!("`{part}`")).collect();
        format!("({})", parts.join(" + \"`\" + "))
    }
}

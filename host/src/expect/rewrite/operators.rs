//! Operators that need more than to be passed on: `not`, `matches` and `..`.

use super::{Rewriter, TESTS, fail};
use crate::expect::ExpectError;
use crate::expect::functions::MATCHES;
use crate::expect::lexer::{Kind, Token};

/// The most numbers in a range: enough for all ports.
const RANGE: i64 = 100_000;

impl Rewriter<'_> {
    /// `not in`, `not contains` and so on.
    pub(super) fn not(&mut self, token: &Token) -> Result<(), ExpectError> {
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
        if let Some(level) = self.levels.last_mut() {
            level.negated = true;
        }
        self.test(test, token)
    }

    /// One of the operators that are words.
    pub(super) fn test(&mut self, name: &str, token: &Token) -> Result<(), ExpectError> {
        if name == "matches" {
            return self.matches(token);
        }
        self.operator(name, token);
        Ok(())
    }

    /// A pattern has to be there when the expectation is read: one that is no pattern is found then, and none has to
    /// be made anew for each value. What stands before it is an argument from here on.
    fn matches(&mut self, token: &Token) -> Result<(), ExpectError> {
        let binds = ["+", ".", "?.", "??", "..", "*", "**", "^", "/", "%", "-"]
            .iter()
            .any(|sign| self.is_next(1, sign));
        match self.tokens.get(self.next) {
            Some(Token { kind: Kind::Text(pattern), at, width })
                if !binds && self.peek(1) != Some(&Kind::Open('[')) =>
            {
                let operand = self.levels.last().map(|level| level.operand);
                let Some(first) = operand.and_then(|operand| self.out.pieces.get_mut(operand)) else {
                    return fail(token, "a value is missing before this");
                };
                first.text.insert_str(0, &format!("{MATCHES}("));
                self.emit(format!(", {})", self.out.patterns.len()), token);
                self.out.patterns.push((pattern.clone(), *at, *width));
                self.next += 1;
                self.start = operand;
                Ok(())
            }
            _ => fail(token, "`matches` takes a pattern in quotes, and nothing else"),
        }
    }

    /// Both ends of a range have to be written out.
    pub(super) fn range(&mut self, token: &Token) -> Result<(), ExpectError> {
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
        self.after_value = false;
        self.value(piece, token)
    }
}

//! Operators that need more than to be passed on: `not`, `matches` and `..`.

use super::{Rewriter, TESTS, fail};
use crate::expect::ExpectError;
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
        self.operator(test, token);
        if let Some(level) = self.levels.last_mut() {
            level.negated = true;
        }
        if test == "matches" { self.pattern(token) } else { Ok(()) }
    }

    /// A pattern has to be there when the expectation is read: one that is no pattern is found then, and none has to
    /// be made anew for each value.
    pub(super) fn pattern(&mut self, token: &Token) -> Result<(), ExpectError> {
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

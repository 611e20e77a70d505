//! [`Effort`]: what holding a configuration against a schema may cost, so that none keeps Quoin busy for ever.

use crate::nearest::nearest;
use serde_json::Value;

/// How deep schemas are applied to values, also where a `$ref` leads in circles.
const MAX_DEPTH: usize = 100;
/// In steps: of about ten nanoseconds, most of the time. The worst that is known takes a PC three seconds.
const MAX_STEPS: usize = 100_000_000;

/// What applying a schema costs, or following a `$ref`: 250,000 times it can be, also where `$ref`s multiply.
pub(super) const SCHEMA: usize = 400;
/// What looking at a value or a key costs.
const LOOK: usize = 8;
/// Bytes of text that are looked at in a step.
const TEXT: usize = 64;
/// What each byte costs of a word that another may have been meant by, which is up to 64 letters long.
const LIKENESS: usize = 20;
/// What each value costs that is kept: 100,000 can be.
const KEPT: usize = 1_000;
/// What each byte of text costs that is kept: 10 MB can be.
const KEPT_BYTE: usize = 10;

/// What is left of it. Whoever repeats something pays before it, or right after it where that is done once, whatever it costs.
#[derive(Debug)]
pub(super) struct Effort {
    depth: usize,
    /// None when it was too much.
    left: Option<usize>,
}

impl Default for Effort {
    fn default() -> Self {
        Self::of(MAX_STEPS)
    }
}

impl Effort {
    /// So many steps.
    pub(super) const fn of(steps: usize) -> Self {
        Self { depth: 0, left: Some(steps) }
    }

    /// Goes into a schema for a value, to be left again with [`Effort::leave`]; false where that would be too much.
    pub(super) fn enter(&mut self, value: &Value) -> bool {
        if self.depth >= MAX_DEPTH {
            self.left = None;
        }
        self.depth += 1;
        self.spend(SCHEMA) && self.read(value)
    }

    /// Leaves a schema.
    pub(super) const fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Pays for steps; false where they are too many.
    pub(super) const fn spend(&mut self, steps: usize) -> bool {
        self.left = match self.left {
            Some(left) => left.checked_sub(steps),
            None => None,
        };
        !self.is_over()
    }

    /// Pays for going through a list, or the keys of an object and the lists under them.
    pub(super) fn read(&mut self, value: &Value) -> bool {
        !self.is_over() && self.spend(extent(value))
    }

    /// Pays for a text that is made, and does not stay.
    pub(super) const fn write(&mut self, bytes: usize) -> bool {
        self.spend(KEPT_BYTE.saturating_mul(bytes))
    }

    /// Pays for a value that stays, with texts of so many bytes.
    pub(super) const fn keep(&mut self, bytes: usize) -> bool {
        self.spend(KEPT) && self.write(bytes)
    }

    /// The one of `known` that is most like `word`, and pays for the search.
    pub(super) fn nearest<'a>(
        &mut self,
        word: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        nearest(word, known.take_while(|known| self.spend(LIKENESS * (LOOK + known.len()))))
    }

    /// Whether it was too much. Nothing that was found out is worth anything then.
    pub(super) const fn is_over(&self) -> bool {
        self.left.is_none()
    }
}

/// What looking at a text costs.
pub(super) const fn text(text: &str) -> usize {
    text.len() / TEXT
}

/// What going through a value costs. Objects in it are others' to go through.
fn extent(value: &Value) -> usize {
    let within = |value: &Value| if value.is_object() { LOOK } else { extent(value) };
    LOOK + match value {
        Value::String(one) => text(one),
        Value::Array(list) => list.iter().map(within).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| text(key) + within(value)).sum(),
        _ => 0,
    }
}

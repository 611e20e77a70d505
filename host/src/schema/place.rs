//! [`Place`]: where a value is in a configuration, kept on the stack while the schema is walked.

use super::keyword::token;
use crate::report::Escaped;

/// A value's place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// The configuration itself.
    Root,
    /// A key of the object at a place.
    Key(&'a Place<'a>, &'a str),
    /// An item of the list at a place.
    Item(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// The place of the nth of the values in here: of an object's if it has a key, else of a list's.
    pub(super) fn below(&'a self, key: Option<&'a str>, index: usize) -> Self {
        match key {
            Some(key) => Self::Key(self, key),
            None => Self::Item(self, index),
        }
    }

    /// As a JSON pointer.
    pub(super) fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(up, key) => format!("{}/{}", up.pointer(), token(key)),
            Self::Item(up, index) => format!("{}/{index}", up.pointer()),
        }
    }

    /// For people: `targets[2].port`.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(Self::Root, key) => Escaped(key).to_string(),
            Self::Key(up, key) => format!("{}.{}", up.text(), Escaped(key)),
            Self::Item(up, index) => format!("{}[{index}]", up.text()),
        }
    }
}

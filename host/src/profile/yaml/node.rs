//! The tree.

use super::scalar::Value;

/// A stretch of one line in one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::profile) struct Span {
    /// Which of the files; an index into the list of sources.
    pub file: usize,
    /// From 1; 0 for the file as a whole.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In characters, at least 1.
    pub width: usize,
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::profile) struct Node {
    pub kind: Kind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::profile) enum Kind {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A scalar as it was written: what it means is decided where it is read, so that a version of `1.10` can stay
/// text.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::profile) struct Scalar {
    pub text: String,
    pub form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::profile) enum Form {
    /// Without quotes: what it looks like decides what it is.
    Plain,
    /// In quotes: text, beginning one column after the span does.
    Quoted,
    /// Text whose characters are not where the span is: a block, or the outcome of a template.
    Block,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::profile) struct Entry {
    pub key: String,
    pub key_span: Span,
    pub value: Node,
}

impl Node {
    /// What it is, for a message: `a list`.
    pub(in crate::profile) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Scalar(scalar) => match scalar.value() {
                Value::Null => "nothing",
                Value::Bool(_) => "true or false",
                Value::Number(_) | Value::Unbounded => "a number",
                Value::Text => "text",
            },
        }
    }

    pub(in crate::profile) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(scalar) if scalar.value() == Value::Null)
    }

    /// The value under `key`, if this is a map that has it.
    pub(in crate::profile) fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }

    /// How many nodes it is made of, and how many bytes of text they have.
    pub(in crate::profile) fn size(&self) -> (usize, usize) {
        let measure = self.measure();
        (measure.nodes, measure.bytes)
    }

    /// How many nodes it is made of, how many bytes of text they have, and how deep they are nested.
    pub(super) fn measure(&self) -> Measure {
        match &self.kind {
            Kind::Scalar(scalar) => Measure { nodes: 1, bytes: scalar.text.len(), depth: 1 },
            Kind::List(items) => items.iter().fold(Measure::EMPTY, |sum, item| sum.add(item.measure(), 0)),
            Kind::Map(entries) => entries
                .iter()
                .fold(Measure::EMPTY, |sum, entry| sum.add(entry.value.measure(), entry.key.len())),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    pub nodes: usize,
    pub bytes: usize,
    pub depth: usize,
}

impl Measure {
    const EMPTY: Self = Self { nodes: 1, bytes: 0, depth: 1 };

    fn add(self, part: Self, key: usize) -> Self {
        Self {
            nodes: self.nodes + part.nodes,
            bytes: self.bytes + part.bytes + key,
            depth: self.depth.max(part.depth + 1),
        }
    }
}

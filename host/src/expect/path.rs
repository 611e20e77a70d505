//! The parts of the evidence that an expression names: `data.files[0].mode`.

use quoin_abi::evidence::Evidence;
use serde_json::{Map, Value};
use std::fmt;

/// What an expression can start from.
pub(super) const ROOTS: [&str; 4] = ["data", "status", "timestamp", "error"];

/// A root and the way on from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub root: String,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub key: Key,
    /// `?.`: of nothing comes nothing, without complaint.
    pub optional: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    Field(String),
    Index(i64),
}

/// The evidence as expressions see it.
pub(super) struct Facts<'e> {
    data: &'e Map<String, Value>,
    status: Value,
    timestamp: Value,
    error: Value,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found<'f> {
    Nil,
    Fields(&'f Map<String, Value>),
    Value(&'f Value),
}

impl<'e> Facts<'e> {
    pub(super) fn new(evidence: &'e Evidence) -> Self {
        let error = evidence.error.as_ref().map(serde_json::to_value).and_then(Result::ok);
        Self {
            data: &evidence.data,
            status: Value::Bool(evidence.status),
            timestamp: Value::String(evidence.timestamp.clone()),
            error: error.unwrap_or(Value::Null),
        }
    }

    /// Follows a path. A field that is not there is nil; a field of nil is an error, which says what is nil.
    pub(super) fn find(&self, path: &Path) -> Result<Found<'_>, String> {
        let mut found = match path.root.as_str() {
            "data" => Found::Fields(self.data),
            "status" => Found::Value(&self.status),
            "timestamp" => Found::Value(&self.timestamp),
            _ => settle(Some(&self.error)),
        };
        for (at, step) in path.steps.iter().enumerate() {
            found = match (&step.key, found) {
                (Key::Field(name), Found::Fields(map)) => settle(map.get(name)),
                (Key::Index(index), Found::Value(Value::Array(items))) => settle(element(items, *index)),
                (_, Found::Nil) if step.optional => return Ok(Found::Nil),
                (key, other) => {
                    let before = Path { root: path.root.clone(), steps: path.steps[..at].to_vec() };
                    let lacks = match key {
                        Key::Field(name) => format!("so it has no field `{name}`"),
                        Key::Index(index) => format!("so it has no item {index}"),
                    };
                    let advice = if other == Found::Nil { "; `?.` would give nil" } else { "" };
                    return Err(format!("`{before}` is {}, {lacks}{advice}", other.describe()));
                }
            };
        }
        Ok(found)
    }
}

fn settle(value: Option<&Value>) -> Found<'_> {
    match value {
        None | Some(Value::Null) => Found::Nil,
        Some(Value::Object(map)) => Found::Fields(map),
        Some(value) => Found::Value(value),
    }
}

/// Counted from the end if the index is negative.
fn element(items: &[Value], index: i64) -> Option<&Value> {
    let index = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    items.get(index)
}

impl Found<'_> {
    fn describe(self) -> &'static str {
        match self {
            Self::Nil | Self::Value(Value::Null) => "nil",
            Self::Fields(_) | Self::Value(Value::Object(_)) => "a map",
            Self::Value(Value::Bool(_)) => "true or false",
            Self::Value(Value::Number(_)) => "a number",
            Self::Value(Value::String(_)) => "text",
            Self::Value(Value::Array(_)) => "a list",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        for step in &self.steps {
            let question = if step.optional { "?." } else { "" };
            match &step.key {
                Key::Field(name) if is_name(name) => {
                    write!(f, "{}{name}", if step.optional { "?." } else { "." })?;
                }
                Key::Field(name) => write!(f, "{question}[{}]", Value::String(name.clone()))?,
                Key::Index(index) => write!(f, "{question}[{index}]")?,
            }
        }
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

//! Reading values that have to have a certain shape; what has not is reported, with what was expected.

use super::duration::parse_duration;
use super::source::Sources;
use super::yaml::{Entry, Kind, Node, Value};
use crate::nearest::advice;
use std::time::Duration;

/// A map of which all keys are known.
pub(super) struct Fields<'n>(&'n [Entry]);

impl<'n> Fields<'n> {
    /// What a key was given; a key without a value is as good as none.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.0
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
            .filter(|value| !value.is_null())
    }
}

/// The keys of a map. `what` begins a sentence: `a control`.
pub(super) fn fields<'n>(
    node: &'n Node,
    what: &str,
    known: &[&str],
    sources: &mut Sources,
) -> Option<Fields<'n>> {
    let Kind::Map(entries) = &node.kind else {
        let help = format!("its keys are: {}", known.join(", "));
        sources.report(node.span, format!("{what} is a map, and this is {}", node.describe()), help);
        return None;
    };
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let help = advice(&entry.key, known, "the keys here are");
        sources.report(entry.key_span, format!("unknown key `{}`", entry.key), help);
    }
    Some(Fields(entries))
}

/// The items of a list.
pub(super) fn list<'n>(node: &'n Node, what: &str, sources: &mut Sources) -> &'n [Node] {
    match &node.kind {
        Kind::List(items) => items,
        _ => {
            let help = "a list is written as `[a, b]`, or with a `-` before each item";
            sources.report(node.span, format!("{what} is a list, and this is {}", node.describe()), help);
            &[]
        }
    }
}

/// Text. A number will do, as it was written: an id of `7`, a version of `1.10`.
pub(super) fn text(node: &Node, what: &str, sources: &mut Sources) -> Option<String> {
    match &node.kind {
        Kind::Scalar(scalar) if matches!(scalar.value(), Value::Text | Value::Number(_)) => {
            Some(scalar.text.clone())
        }
        Kind::Scalar(_) => {
            let help = "if it is meant as text, put it in quotes";
            sources.report(node.span, format!("{what} is text, and this is {}", node.describe()), help);
            None
        }
        _ => {
            sources.report(node.span, format!("{what} is text, and this is {}", node.describe()), "");
            None
        }
    }
}

/// A list of texts, without those that are there already.
pub(super) fn texts(node: &Node, what: &str, each: &str, sources: &mut Sources) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for item in list(node, what, sources) {
        if let Some(text) = text(item, each, sources).filter(|text| !texts.contains(text)) {
            texts.push(text);
        }
    }
    texts
}

/// One of a few words.
pub(super) fn word<T>(
    node: &Node,
    what: &str,
    words: &[&str],
    read: fn(&str) -> Option<T>,
    sources: &mut Sources,
) -> Option<T> {
    let found = text(node, what, sources)?;
    let value = read(&found);
    if value.is_none() {
        sources.report(node.span, format!("`{found}` is no {what}"), advice(&found, words, "there are"));
    }
    value
}

/// A duration.
pub(super) fn duration(node: &Node, what: &str, sources: &mut Sources) -> Option<Duration> {
    match parse_duration(&text(node, what, sources)?) {
        Ok(duration) => Some(duration),
        Err((message, help)) => {
            sources.report(node.span, message, help);
            None
        }
    }
}

/// A whole number up to a limit.
pub(super) fn count(node: &Node, what: &str, limit: u32, sources: &mut Sources) -> Option<u32> {
    let value = match &node.kind {
        Kind::Scalar(scalar) => scalar.value(),
        _ => Value::Null,
    };
    let number = match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => {
            let message = format!("{what} is a number, and this is {}", node.describe());
            sources.report(node.span, message, format!("write a whole number from 0 to {limit}"));
            return None;
        }
    };
    let number = number.filter(|number| *number <= limit);
    if number.is_none() {
        sources.report(
            node.span,
            format!("{what} is out of range"),
            format!("write a whole number from 0 to {limit}"),
        );
    }
    number
}

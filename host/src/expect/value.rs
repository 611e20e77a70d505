//! Values: from the evidence to the language, and into messages.

use super::path::Found;
use expr::Value;
use serde_json::Value as Json;
use std::io::{self, Write};
use std::mem::discriminant;

/// How much of one value a message shows, in bytes.
const SHOWN: usize = 80;
/// How deep lists and maps may be nested. Copying, comparing and dropping them recurses.
const DEPTH: usize = 128;

impl Found<'_> {
    pub(super) fn to_value(self) -> Value {
        match self {
            Self::Nil => Value::Nil,
            Self::Fields(map) => from_map(map),
            Self::Value(json) => from_json(json),
        }
    }

    /// The value as JSON, but with `nil`, and shortened.
    pub(super) fn show(self) -> String {
        let mut shown = Shortened(Vec::new());
        let written = match self {
            Self::Nil => return "nil".into(),
            Self::Fields(map) => serde_json::to_writer(&mut shown, map),
            Self::Value(json) => serde_json::to_writer(&mut shown, json),
        };
        // Only what does not fit makes this fail.
        let whole = written.is_ok();
        let text = String::from_utf8_lossy(&shown.0).trim_end_matches('\u{fffd}').to_owned();
        match self {
            _ if whole => text,
            Self::Value(Json::String(long)) => format!("{text}…\" ({} characters)", long.chars().count()),
            Self::Value(Json::Array(items)) => format!("{text}… ({} items)", items.len()),
            _ => format!("{text}…"),
        }
    }
}

/// Takes only the beginning of what is written to it.
struct Shortened(Vec<u8>);

impl Write for Shortened {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(SHOWN - self.0.len());
        self.0.extend_from_slice(&bytes[..taken]);
        if taken == 0 && !bytes.is_empty() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn from_map(map: &serde_json::Map<String, Json>) -> Value {
    Value::from_iter(map.iter().map(|(key, value)| (key.as_str(), from_json(value))))
}

fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        // As in Go, where a number that is no integer of 64 bits is a float.
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        Json::Object(map) => from_map(map),
    }
}

/// What a value is, for a message.
pub(super) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nil",
        Value::Bool(_) => "true or false",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::String(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Array(_) => "a list",
        Value::Map(_) | Value::KeyedMap(_) => "a map",
    }
}

/// Whether the keys of each map in it can be sorted as the crate does: all of one kind, or none of them numbers.
pub(super) fn has_order(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(has_order),
        Value::Map(map) => map.values().all(has_order),
        Value::KeyedMap(entries) => {
            let kinds = || entries.iter().map(|(key, _)| discriminant(key));
            let numbers = [Value::Integer(0), Value::Float(0.0)].map(|number| discriminant(&number));
            (kinds().all(|kind| kinds().next() == Some(kind)) || !kinds().any(|kind| numbers.contains(&kind)))
                && entries.iter().all(|(_, value)| has_order(value))
        }
        _ => true,
    }
}

/// What it costs to copy a value: one for each of its parts, and one for each 64 bytes of text. None if it is nested
/// too deep.
pub(super) fn cost(value: &Value) -> Option<u64> {
    cost_within(value, DEPTH)
}

/// What a text of that many bytes costs.
pub(super) fn text_cost(bytes: usize) -> u64 {
    1 + u64::try_from(bytes / 64).unwrap_or(u64::MAX - 1)
}

fn cost_within(value: &Value, depth: usize) -> Option<u64> {
    let depth = depth.checked_sub(1)?;
    let parts = |sum: u64, part: Option<u64>| Some(sum.saturating_add(part?));
    match value {
        Value::String(text) => Some(text_cost(text.len())),
        Value::Bytes(bytes) => Some(text_cost(bytes.len())),
        Value::Array(items) => items.iter().map(|item| cost_within(item, depth)).try_fold(1, parts),
        Value::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| Some(text_cost(key.len()).saturating_add(cost_within(value, depth)?)));
            entries.into_iter().try_fold(1, parts)
        }
        Value::KeyedMap(entries) => entries
            .iter()
            .map(|(key, value)| Some(cost_within(key, depth)?.saturating_add(cost_within(value, depth)?)))
            .try_fold(1, parts),
        Value::Nil | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => Some(1),
    }
}

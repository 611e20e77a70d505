//! What is asked of a value itself, whatever is in it.

use super::document::Schema;
use super::keyword::count;
use super::number::{compare, equal, is_multiple, is_whole};
use crate::nearest::nearest;
use crate::report::{Escaped, line};
use serde_json::{Map, Number, Value};

/// Characters of a value or a text that are shown.
const SHOWN: usize = 60;
/// Values that are listed.
const LISTED: usize = 12;

/// Looks at `type`, `enum`, `const` and the limits of numbers, texts, lists and objects. `say` hears what is wrong.
pub(super) fn assert(
    schema: &Schema,
    keywords: &Map<String, Value>,
    value: &Value,
    say: &mut dyn FnMut(String),
) {
    if let Some(expected) = keywords.get("type")
        && !types(expected).any(|ty| is(value, ty))
    {
        say(format!("expected {}, found {}", any_of(types(expected).map(describe_type)), describe(value)));
        // What else is asked of another type is of no interest.
        return;
    }
    if let Some(Value::Array(list)) = keywords.get("enum")
        && !list.iter().any(|one| equal(one, value))
    {
        let near = value.as_str().and_then(|text| nearest(text, list.iter().filter_map(Value::as_str)));
        say(match (near, list.len()) {
            (Some(near), _) => format!("found {}; did you mean {}?", shown(value), quoted(near)),
            (None, 1..=LISTED) => {
                format!("expected {}, found {}", any_of(list.iter().map(shown)), shown(value))
            }
            (None, length) => format!("expected one of {length} values, found {}", shown(value)),
        });
    }
    if let Some(one) = keywords.get("const")
        && !equal(one, value)
    {
        say(format!("expected {}, found {}", shown(one), shown(value)));
    }
    match value {
        Value::Number(number) => of_number(keywords, number, say),
        Value::String(text) => of_text(schema, keywords, text, say),
        Value::Array(list) => {
            limits(keywords, ["minItems", "maxItems"], list.len(), "item", say);
            if keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
                let same = |(index, one): (usize, &Value)| {
                    Some((list[..index].iter().position(|other| equal(one, other))?, index))
                };
                if let Some((first, second)) = list.iter().enumerate().find_map(same) {
                    say(format!("items {first} and {second} are the same"));
                }
            }
        }
        Value::Object(map) => limits(keywords, ["minProperties", "maxProperties"], map.len(), "key", say),
        _ => {}
    }
}

fn of_number(keywords: &Map<String, Value>, number: &Number, say: &mut dyn FnMut(String)) {
    use std::cmp::Ordering::{Greater, Less};
    let limit = |name: &str| match keywords.get(name) {
        Some(Value::Number(limit)) => Some(limit),
        _ => None,
    };
    for (name, fits, words) in [
        ("minimum", &[Less][..], "at least"),
        ("maximum", &[Greater], "at most"),
        ("exclusiveMinimum", &[Less, std::cmp::Ordering::Equal], "more than"),
        ("exclusiveMaximum", &[Greater, std::cmp::Ordering::Equal], "less than"),
    ] {
        if let Some(limit) = limit(name)
            && fits.contains(&compare(number, limit))
        {
            say(format!("expected {words} {limit}, found {number}"));
        }
    }
    if let Some(of) = limit("multipleOf")
        && !is_multiple(number, of)
    {
        say(format!("expected a multiple of {of}, found {number}"));
    }
}

fn of_text(schema: &Schema, keywords: &Map<String, Value>, text: &str, say: &mut dyn FnMut(String)) {
    limits(keywords, ["minLength", "maxLength"], text.chars().count(), "character", say);
    if let Some(Value::String(pattern)) = keywords.get("pattern")
        && !schema.matches(pattern, text)
    {
        say(format!("expected text that matches `{}`, found {}", Escaped(pattern), quoted(text)));
    }
}

fn limits(
    keywords: &Map<String, Value>,
    names: [&str; 2],
    found: usize,
    what: &str,
    say: &mut dyn FnMut(String),
) {
    let limit = |name: &str| keywords.get(name).and_then(count);
    let found = found as u64;
    let [least, most] = names.map(limit);
    for (words, limit) in
        [("least", least.filter(|least| found < *least)), ("most", most.filter(|most| found > *most))]
    {
        if let Some(limit) = limit {
            let s = if limit == 1 { "" } else { "s" };
            say(format!("expected at {words} {limit} {what}{s}, found {found}"));
        }
    }
}

/// The types that a schema names.
pub(super) fn types(expected: &Value) -> impl Iterator<Item = &str> {
    let list = expected.as_array().map_or(std::slice::from_ref(expected), Vec::as_slice);
    list.iter().filter_map(Value::as_str)
}

fn is(value: &Value, ty: &str) -> bool {
    match (ty, value) {
        ("integer", Value::Number(number)) => is_whole(number),
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        _ => false,
    }
}

pub(super) fn describe_type(ty: &str) -> String {
    match ty {
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "text",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
    .to_owned()
}

fn describe(value: &Value) -> String {
    match value {
        Value::String(_) => "text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
        // Numbers and words are as short as what they are.
        value => value.to_string(),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn any_of(list: impl Iterator<Item = String>) -> String {
    let mut list: Vec<_> = list.collect();
    match list.pop() {
        Some(last) if list.is_empty() => last,
        Some(last) => format!("{} or {last}", list.join(", ")),
        None => "nothing".into(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        value => line(&value.to_string(), SHOWN),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", line(text, SHOWN))
}

//! What is asked of a value itself, whatever is in it.

use super::document::Schema;
use super::effort::Effort;
use super::keyword::count;
use super::number::{compare, equal, is_multiple, is_whole};
use crate::report::{Escaped, line};
use serde_json::{Map, Number, Value};
use std::fmt::{self, Write};

/// Characters of a value or a text that are shown.
const SHOWN: usize = 60;
/// Values that are listed.
const LISTED: usize = 12;

/// Looks at `type`, `enum`, `const` and the limits of numbers, texts, lists and objects, and says what is wrong.
pub(super) fn assert(
    schema: &Schema,
    keywords: &Map<String, Value>,
    value: &Value,
    effort: &mut Effort,
) -> Vec<String> {
    let mut assertion = Assertion { schema, keywords, effort, wrong: Vec::new() };
    assertion.value(value);
    assertion.wrong
}

struct Assertion<'a> {
    schema: &'a Schema,
    keywords: &'a Map<String, Value>,
    effort: &'a mut Effort,
    wrong: Vec<String>,
}

impl<'a> Assertion<'a> {
    fn say(&mut self, message: String) {
        self.wrong.push(message);
    }

    fn value(&mut self, value: &Value) {
        if let Some(expected) = self.keywords.get("type").filter(|expected| self.effort.read(expected))
            && !texts(expected).any(|ty| is(value, ty))
        {
            let expected = any_of(texts(expected).map(describe_type));
            // What else is asked of another type is of no interest.
            return self.say(format!("expected {expected}, found {}", describe(value)));
        }
        if let Some(Value::Array(list)) = self.keywords.get("enum")
            && !list.iter().any(|one| equal(one, value, self.effort))
        {
            let texts = list.iter().filter_map(Value::as_str);
            let near = value.as_str().and_then(|text| self.effort.nearest(text, texts));
            self.say(match (near, list.len()) {
                (Some(near), _) => format!("found {}; did you mean {}?", shown(value), quoted(near)),
                (None, 1..=LISTED) => {
                    format!("expected {}, found {}", any_of(list.iter().map(shown)), shown(value))
                }
                (None, length) => format!("expected one of {length} values, found {}", shown(value)),
            });
        }
        if let Some(one) = self.keywords.get("const")
            && !equal(one, value, self.effort)
        {
            self.say(format!("expected {}, found {}", shown(one), shown(value)));
        }
        match value {
            Value::Number(number) => self.number(number),
            Value::String(text) => self.text(text),
            Value::Array(list) => self.list(list),
            Value::Object(map) => self.limits(["minProperties", "maxProperties"], map.len(), "key"),
            _ => {}
        }
    }

    fn number(&mut self, number: &Number) {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let limit = |name: &str| match self.keywords.get(name) {
            Some(Value::Number(limit)) => Some(limit),
            _ => None,
        };
        let of = limit("multipleOf").filter(|of| !is_multiple(number, of));
        for (limit, misses, words) in [
            (limit("minimum"), &[Less][..], "at least"),
            (limit("maximum"), &[Greater], "at most"),
            (limit("exclusiveMinimum"), &[Less, Equal], "more than"),
            (limit("exclusiveMaximum"), &[Greater, Equal], "less than"),
        ] {
            if let Some(limit) = limit.filter(|limit| misses.contains(&compare(number, limit))) {
                self.say(format!("expected {words} {limit}, found {number}"));
            }
        }
        if let Some(of) = of {
            self.say(format!("expected a multiple of {of}, found {number}"));
        }
    }

    fn text(&mut self, text: &str) {
        self.limits(["minLength", "maxLength"], text.chars().count(), "character");
        if let Some(Value::String(pattern)) = self.keywords.get("pattern")
            && !self.schema.matches(pattern, text, self.effort)
        {
            self.say(format!("expected text that matches `{}`, found {}", Escaped(pattern), quoted(text)));
        }
    }

    fn list(&mut self, list: &[Value]) {
        self.limits(["minItems", "maxItems"], list.len(), "item");
        if self.keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
            let same = |(index, one): (usize, &Value)| {
                Some((list[..index].iter().position(|other| equal(one, other, self.effort))?, index))
            };
            if let Some((first, second)) = list.iter().enumerate().find_map(same) {
                self.say(format!("items {first} and {second} are the same"));
            }
        }
    }

    fn limits(&mut self, names: [&str; 2], found: usize, what: &str) {
        let found = found as u64;
        let [least, most] = names.map(|name| self.keywords.get(name).and_then(count));
        for (words, limit) in
            [("least", least.filter(|least| found < *least)), ("most", most.filter(|most| found > *most))]
        {
            if let Some(limit) = limit {
                let s = if limit == 1 { "" } else { "s" };
                self.say(format!("expected at {words} {limit} {what}{s}, found {found}"));
            }
        }
    }
}

/// A keyword's text, or those in its list.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
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
        value => short(value),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", short(text))
}

/// The beginning of what may be megabytes.
fn short(of: impl fmt::Display) -> String {
    struct Beginning(String);
    impl Write for Beginning {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.extend(text.chars().take(SHOWN + 1));
            // A character has up to four bytes.
            if self.0.len() > 4 * SHOWN { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut beginning = Beginning(String::new());
    // It fails where there is enough.
    let _ = write!(beginning, "{of}");
    line(&beginning.0, SHOWN)
}

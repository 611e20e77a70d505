//! [`Schema`]: a schema that has been read, so that nothing in it can be wrong any more.

use super::annotation::X_CAPABILITY;
use super::effort::{self, Effort};
use super::keyword::{Holds, KEYWORDS, token};
use crate::expect::pattern;
use crate::report::Escaped;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Schemas within a schema.
const MAX_SCHEMAS: usize = 4_096;
/// Bytes of the place of each, which many of them share, and of a `$ref`.
const MAX_PLACE: usize = 2_048;
/// Patterns in it; each may take a megabyte.
const MAX_PATTERNS: usize = 64;
/// What finding and starting one costs, in steps.
const PATTERN: usize = 50;
/// How deep they nest. JSON nests hardly deeper.
const MAX_DEPTH: usize = 128;

const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
/// What is meant by other documents, or by the way that evaluation has taken.
const DYNAMIC: [&str; 2] = ["$dynamicRef", "$recursiveRef"];

/// A schema: what a configuration has to be.
#[derive(Debug, Clone)]
pub struct Schema {
    pub(super) document: Value,
    /// For each text of a `$ref`, the JSON pointer of what it leads to.
    targets: BTreeMap<String, String>,
    patterns: BTreeMap<String, PikeVM>,
    /// Before 2019-09, what stands beside a `$ref` is ignored.
    pub(super) lone_refs: bool,
    annotations: Vec<(String, Value)>,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] where it is none, or needs what is not understood.
    pub fn new(document: Value) -> Result<Self, SchemaError> {
        let dialect = document.get("$schema").and_then(Value::as_str);
        let lone_refs = match dialect.map(|name| name.trim_end_matches('#')) {
            None
            | Some(
                "https://json-schema.org/draft/2020-12/schema"
                | "https://json-schema.org/draft/2019-09/schema"
                | "http://json-schema.org/schema",
            ) => false,
            Some("http://json-schema.org/draft-07/schema" | "http://json-schema.org/draft-06/schema") => true,
            Some(other) => {
                let message = format!(
                    "there is no dialect `{other}` here; write \"https://json-schema.org/draft/2020-12/schema\" or \
                     \"http://json-schema.org/draft-07/schema#\""
                );
                return Err(SchemaError { pointer: "/$schema".into(), message });
            }
        };
        if !document.is_object() && !document.is_boolean() {
            return Err(SchemaError { pointer: String::new(), message: "a schema is an object".into() });
        }
        let mut reader = Reader {
            document: &document,
            id: document.get("$id").and_then(Value::as_str).unwrap_or("").trim_end_matches('#'),
            visited: BTreeSet::new(),
            references: BTreeMap::new(),
            anchors: BTreeMap::new(),
            patterns: BTreeMap::new(),
            annotations: Vec::new(),
        };
        reader.schema(&document, String::new(), "", 0)?;
        let targets = reader.resolve()?;
        let Reader { patterns, annotations, .. } = reader;
        Ok(Self { document, targets, patterns, lone_refs, annotations })
    }

    /// The schema as it was given.
    #[must_use]
    pub const fn document(&self) -> &Value {
        &self.document
    }

    /// Every `x-capability` in it, with the property that it is of.
    pub fn annotations(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.annotations.iter().map(|(at, text)| (&**at, text))
    }

    /// What a schema refers to.
    pub(super) fn target(&self, schema: &Map<String, Value>) -> Option<&Value> {
        self.document.pointer(self.targets.get(schema.get("$ref")?.as_str()?)?)
    }

    /// The schemas for what an object has under a key. Where there is none, it is for `additionalProperties` to say.
    pub(super) fn of_key<'s>(
        &'s self,
        keywords: &'s Map<String, Value>,
        key: &str,
        effort: &mut Effort,
    ) -> Vec<&'s Value> {
        let named = |name: &str| keywords.get(name).and_then(Value::as_object);
        let patterns = named("patternProperties").into_iter().flatten();
        let matching =
            patterns.filter(|(pattern, _)| self.matches(pattern, key, effort)).map(|(_, schema)| schema);
        named("properties").and_then(|all| all.get(key)).into_iter().chain(matching).collect()
    }

    /// Whether a text matches a pattern of the schema.
    pub(super) fn matches(&self, pattern: &str, text: &str, effort: &mut Effort) -> bool {
        let Some(engine) = self.patterns.get(pattern) else { return false };
        // It may be in all of its states at each byte. Two of them are a step.
        let states = engine.get_nfa().states().len();
        effort.spend(PATTERN + effort::text(pattern) + states.saturating_mul(text.len() + 1) / 2)
            && engine.is_match(&mut engine.create_cache(), text)
    }
}

/// The schema for the nth item of a list.
pub(super) fn of_item(keywords: &Map<String, Value>, index: usize) -> Option<&Value> {
    // Before 2020-12, `items` could be what `prefixItems` is now, and `additionalItems` what `items` is.
    let (first, rest) = match keywords.get("items") {
        Some(Value::Array(first)) => (Some(first), keywords.get("additionalItems")),
        rest => (keywords.get("prefixItems").and_then(Value::as_array), rest),
    };
    first.and_then(|first| first.get(index)).or(rest)
}

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// Where, as a JSON pointer into the schema.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}: {}", Escaped(&self.pointer), Escaped(&self.message))
    }
}

impl std::error::Error for SchemaError {}

struct Reader<'a> {
    document: &'a Value,
    id: &'a str,
    /// The pointers of all schemas.
    visited: BTreeSet<String>,
    /// References that are to be followed, with the place of the first of each.
    references: BTreeMap<&'a str, String>,
    anchors: BTreeMap<&'a str, String>,
    patterns: BTreeMap<String, PikeVM>,
    annotations: Vec<(String, Value)>,
}

impl<'a> Reader<'a> {
    /// Reads a schema and those in it. `at` is the property that it is of, for people.
    fn schema(
        &mut self,
        schema: &'a Value,
        pointer: String,
        at: &str,
        depth: usize,
    ) -> Result<(), SchemaError> {
        if !self.visited.insert(pointer.clone()) {
            return Ok(());
        }
        let fail = |message: String| Err(SchemaError { pointer: pointer.clone(), message });
        if depth > MAX_DEPTH || self.visited.len() > MAX_SCHEMAS {
            return fail(format!("the schema has more than {MAX_SCHEMAS} parts, or is nested too deep"));
        }
        if pointer.len() > MAX_PLACE {
            return fail("the names that lead here are too long".into());
        }
        let Value::Object(keywords) = schema else { return Ok(()) };
        if let Some(dynamic) = DYNAMIC.iter().find(|name| keywords.contains_key(**name)) {
            return fail(format!("`{dynamic}` is not understood here; write a `$ref`"));
        }
        for (name, holds) in KEYWORDS {
            let Some(value) = keywords.get(name) else { continue };
            let pointer = format!("{pointer}/{name}");
            if let Some(expected) = holds.misses(value) {
                return Err(SchemaError { pointer, message: format!("expected {expected}") });
            }
            self.keyword(name, value, &pointer)?;
            self.below(holds, name, value, &pointer, at, depth + 1)?;
        }
        match keywords.get(X_CAPABILITY) {
            Some(Value::Array(list)) => {
                self.annotations
                    .extend(list.iter().take(MAX_SCHEMAS + 1).map(|one| (at.to_owned(), one.clone())));
            }
            Some(one) => self.annotations.push((at.to_owned(), one.clone())),
            None => {}
        }
        if self.annotations.len() > MAX_SCHEMAS {
            return fail(format!("the schema has more than {MAX_SCHEMAS} `{X_CAPABILITY}`"));
        }
        Ok(())
    }

    /// What one keyword means beyond its shape.
    fn keyword(&mut self, name: &str, value: &'a Value, pointer: &str) -> Result<(), SchemaError> {
        let fail = |message: String| Err(SchemaError { pointer: pointer.into(), message });
        let here = pointer.rsplit_once('/').map_or("", |(here, _)| here);
        match (name, value) {
            ("type", Value::String(ty)) if !TYPES.contains(&&**ty) => {
                fail(format!("there is no type `{ty}`; there are: {}", TYPES.join(", ")))
            }
            ("type", Value::Array(list)) => {
                match list.iter().filter_map(Value::as_str).find(|ty| !TYPES.contains(ty)) {
                    Some(ty) => fail(format!("there is no type `{ty}`; there are: {}", TYPES.join(", "))),
                    None => Ok(()),
                }
            }
            ("pattern", Value::String(text)) => self.pattern(text, pointer),
            ("patternProperties", Value::Object(map)) => {
                map.keys().try_for_each(|text| self.pattern(text, pointer))
            }
            ("$ref", Value::String(text)) if text.len() > MAX_PLACE => fail("it is too long".into()),
            ("$ref", Value::String(text)) => {
                self.references.entry(text).or_insert_with(|| pointer.into());
                Ok(())
            }
            ("$anchor" | "$dynamicAnchor", Value::String(text)) => {
                self.anchors.insert(text, here.into());
                Ok(())
            }
            ("$id", Value::String(text)) => match text.strip_prefix('#') {
                Some(anchor) if !anchor.is_empty() => {
                    self.anchors.insert(anchor, here.into());
                    Ok(())
                }
                _ if here.is_empty() => Ok(()),
                _ => fail("an `$id` below the root is not understood here; leave it out".into()),
            },
            _ => Ok(()),
        }
    }

    fn pattern(&mut self, text: &str, pointer: &str) -> Result<(), SchemaError> {
        let fail = |message| SchemaError { pointer: pointer.into(), message };
        if self.patterns.len() >= MAX_PATTERNS {
            return Err(fail(format!("the schema has more than {MAX_PATTERNS} patterns")));
        }
        if !self.patterns.contains_key(text) {
            let compiled =
                pattern::read(text).map_err(|why| fail(format!("`{text}` is no pattern: {why}")))?;
            self.patterns.insert(text.into(), compiled);
        }
        Ok(())
    }

    /// The schemas in a keyword.
    fn below(
        &mut self,
        holds: Holds,
        name: &str,
        value: &'a Value,
        pointer: &str,
        at: &str,
        depth: usize,
    ) -> Result<(), SchemaError> {
        let items = || format!("{at}[]");
        match (holds, value) {
            (Holds::Schema | Holds::SchemaOrSchemas, Value::Object(_) | Value::Bool(_)) => {
                let of_items = matches!(name, "items" | "additionalItems" | "contains" | "unevaluatedItems");
                let at = if of_items { items() } else { at.to_owned() };
                self.schema(value, pointer.to_owned(), &at, depth)
            }
            (Holds::Schemas | Holds::SchemaOrSchemas, Value::Array(list)) => {
                let at = if matches!(name, "items" | "prefixItems") { items() } else { at.to_owned() };
                list.iter()
                    .enumerate()
                    .try_for_each(|(index, one)| self.schema(one, format!("{pointer}/{index}"), &at, depth))
            }
            (Holds::Named | Holds::NamedOrTexts, Value::Object(map)) => {
                map.iter().try_for_each(|(key, one)| {
                    let at = match (name, at) {
                        ("properties", "") => key.clone(),
                        ("properties", at) => format!("{at}.{key}"),
                        ("$defs" | "definitions", _) => format!("{name}.{key}"),
                        (_, at) => at.to_owned(),
                    };
                    self.schema(one, format!("{pointer}/{}", token(key)), &at, depth)
                })
            }
            _ => Ok(()),
        }
    }

    /// What all references lead to. They may lead to schemas that stand where none are looked for.
    fn resolve(&mut self) -> Result<BTreeMap<String, String>, SchemaError> {
        let mut targets = BTreeMap::new();
        while let Some((text, from)) = self.references.pop_first() {
            // One that has led somewhere may stand where it leads to.
            if targets.contains_key(text) {
                continue;
            }
            let fail = |message: String| SchemaError { pointer: from.clone(), message };
            let fragment = match text.strip_prefix(self.id) {
                Some(rest) if rest.is_empty() || rest.starts_with('#') => rest.trim_start_matches('#'),
                _ if text.starts_with('#') => &text[1..],
                _ => {
                    return Err(fail(format!(
                        "`{text}` leads out of the schema, and nothing is fetched: put what it means under `$defs`"
                    )));
                }
            };
            let fragment = percent_decoded(fragment);
            let pointer = match fragment.is_empty() || fragment.starts_with('/') {
                true => Some(fragment.clone()),
                false => self.anchors.get(&*fragment).cloned(),
            };
            let found = pointer.and_then(|pointer| Some((self.document.pointer(&pointer)?, pointer)));
            let Some((target, pointer)) =
                found.filter(|(target, _)| target.is_object() || target.is_boolean())
            else {
                return Err(fail(format!("`{text}` leads to no schema")));
            };
            self.schema(target, pointer.clone(), &pointer.trim_start_matches('/').replace('/', "."), 0)?;
            targets.insert(text.to_owned(), pointer);
        }
        Ok(targets)
    }
}

/// A URI's fragment without its escapes (RFC 3986, section 2.1).
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let escape =
            more.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, escape) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

//! [`Annotations`]: what a plugin's schema says about capabilities, and what comes of it for a configuration.

use super::Warning;
use super::template::{Derived, Template};
use crate::schema::{Config, Schema};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The annotations of a schema by their text, or those of the known keys where it has none.
#[derive(Debug, Clone)]
pub(super) enum Annotations {
    Own(BTreeMap<String, Template>),
    KnownKeys,
}

/// The annotations of the keys that plugins have in common, for a plugin without any of its own.
const KNOWN_KEYS: [(&str, &str); 5] = [
    ("path", "fs:read:{value}"),
    ("url", "network:outbound:{value}"),
    ("host", "network:outbound:{value}:{port}"),
    ("hostname", "network:outbound:53"),
    ("command", "exec:{value}"),
];

impl Annotations {
    /// Reads those of a schema.
    pub(super) fn new(schema: &Schema, warnings: &mut Vec<Warning>) -> Self {
        let mut templates = BTreeMap::new();
        // A plugin that annotates badly still annotates: the known keys must not grant what it left out.
        let mut annotated = false;
        for (at, annotation) in schema.annotations() {
            annotated = true;
            let wrong = match annotation {
                Value::String(text) => match Template::parse(text) {
                    Ok(template) => {
                        templates.insert(text.clone(), template);
                        continue;
                    }
                    Err(error) => (text.clone(), error.to_string()),
                },
                other => (other.to_string(), "expected text or a list of texts".into()),
            };
            let (text, problem) = wrong;
            warnings.push(Warning::Annotation { at: at.into(), text, problem });
        }
        if annotated { Self::Own(templates) } else { Self::KnownKeys }
    }

    /// Collects what they make of a configuration.
    pub(super) fn derive(&self, config: &Config, take: &mut impl FnMut(Result<Derived, Warning>)) {
        match self {
            Self::Own(templates) => {
                for annotation in config.annotations() {
                    if let Some(template) = templates.get(&annotation.text) {
                        Annotated::find(config.get(), &annotation.pointer).derive(template, take);
                    }
                }
            }
            Self::KnownKeys => {
                for (key, text) in KNOWN_KEYS {
                    if let Ok(template) = Template::parse(text) {
                        Annotated::find(config.get(), &format!("/{key}")).derive(&template, take);
                    }
                }
            }
        }
    }
}

/// A value that something is said of.
struct Annotated<'a> {
    value: Option<&'a Value>,
    /// The objects around it, the outermost first.
    scope: Vec<&'a Map<String, Value>>,
    /// For people: `targets[2].host`.
    at: String,
}

impl<'a> Annotated<'a> {
    fn find(config: &'a Map<String, Value>, pointer: &str) -> Self {
        let mut found = Self { value: None, scope: vec![config], at: String::new() };
        for token in pointer.split('/').skip(1) {
            // RFC 6901, section 4.
            let key = token.replace("~1", "/").replace("~0", "~");
            let inside = match found.value {
                Some(Value::Array(list)) => {
                    found.at = format!("{}[{key}]", found.at);
                    found.value = key.parse().ok().and_then(|index: usize| list.get(index));
                    continue;
                }
                Some(Value::Object(map)) => {
                    found.scope.push(map);
                    map
                }
                _ => config,
            };
            found.at = if found.at.is_empty() { key.clone() } else { format!("{}.{key}", found.at) };
            found.value = inside.get(&key);
        }
        found
    }

    fn derive(&self, template: &Template, take: &mut impl FnMut(Result<Derived, Warning>)) {
        match self.value {
            // What is said of a list is said of each of its items.
            Some(Value::Array(list)) => {
                for (index, value) in list.iter().enumerate() {
                    self.derive_from(template, value, &format!("{}[{index}]", self.at), take);
                }
            }
            // Nor is anything said of an object but what is said of its properties.
            Some(Value::Object(_)) | None => {}
            Some(value) => self.derive_from(template, value, &self.at, take),
        }
    }

    fn derive_from(
        &self,
        template: &Template,
        value: &Value,
        at: &str,
        take: &mut impl FnMut(Result<Derived, Warning>),
    ) {
        if value.is_null() {
            return;
        }
        let lookup = |name: &str| match name {
            "value" => Some(value),
            name => self.scope.iter().rev().find_map(|object| object.get(name)),
        };
        match template.derive(lookup) {
            Ok(derived) => derived.into_iter().for_each(|derived| take(Ok(derived))),
            Err(error) => take(Err(Warning::Value { at: at.into(), problem: error.to_string() })),
        }
    }
}

//! Filling in the defaults of what a configuration leaves out.

use super::document::{Schema, of_item};
use super::effort::{Effort, SCHEMA};
use serde_json::Value;

/// How many `$ref`s are followed to a default, also where they lead in circles.
const MAX_HOPS: usize = 32;
/// What each value that is put in costs: 100,000 can be.
const VALUE: usize = 1_000;
/// What each byte of text that is put in costs: 10 MB can be.
const BYTE: usize = 10;

impl Schema {
    /// Fills in the `default` of every property that is left out of an object that is there. A default of null is as good as
    /// none. Alternatives (`anyOf`, `if`, …) are left alone: which of them is meant shows itself only afterwards; and so is
    /// what depends on what has fitted (`contains`, `unevaluatedProperties`, …).
    pub(super) fn fill(&self, config: &mut Value, effort: &mut Effort) {
        self.fill_by(&self.document, config, effort);
    }

    fn fill_by(&self, schema: &Value, value: &mut Value, effort: &mut Effort) {
        let Value::Object(keywords) = schema else { return };
        if !effort.enter() {
            return;
        }
        if let Some(target) = self.target(keywords) {
            self.fill_by(target, value, effort);
        }
        if self.lone_refs && keywords.contains_key("$ref") {
            return effort.leave();
        }
        for schema in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.fill_by(schema, value, effort);
        }
        match value {
            Value::Object(map) => {
                let properties = keywords.get("properties").and_then(Value::as_object);
                for (name, property) in properties.into_iter().flatten() {
                    if !map.contains_key(name)
                        && let Some(default) = self.default_of(property, effort)
                        && effort.spend(weight(default) + BYTE * name.len())
                    {
                        map.insert(name.clone(), default.clone());
                    }
                }
                for (key, value) in map {
                    let mut schemas = self.of_key(keywords, key);
                    if schemas.is_empty() {
                        schemas.extend(keywords.get("additionalProperties"));
                    }
                    schemas.into_iter().for_each(|schema| self.fill_by(schema, value, effort));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    if let Some(schema) = of_item(keywords, index) {
                        self.fill_by(schema, item, effort);
                    }
                }
            }
            _ => {}
        }
        effort.leave();
    }

    fn default_of<'a>(&'a self, mut property: &'a Value, effort: &mut Effort) -> Option<&'a Value> {
        for _ in 0..MAX_HOPS {
            if !effort.spend(SCHEMA) {
                break;
            }
            if let Some(default) = property.get("default") {
                return Some(default).filter(|default| !default.is_null());
            }
            property = self.target(property.as_object()?)?;
        }
        None
    }
}

/// What putting in a value costs: every value in it, and its texts.
fn weight(value: &Value) -> usize {
    VALUE
        + match value {
            Value::String(text) => BYTE * text.len(),
            Value::Array(list) => list.iter().map(weight).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| BYTE * key.len() + weight(value)).sum(),
            _ => 0,
        }
}

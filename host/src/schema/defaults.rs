//! Filling in the defaults of what a configuration leaves out.

use super::assertion::texts;
use super::document::{Schema, of_item};
use super::effort::{Effort, SCHEMA};
use super::number::integer;
use serde_json::{Map, Value};

/// How many `$ref`s are followed to a default, also where they lead in circles.
const MAX_HOPS: usize = 32;

impl Schema {
    /// Fills in the `default` of every property that is left out of an object that is there. A default of null is as good as
    /// none. And where an integer is asked for, one that is written as `1.0` becomes one, which plugins' decoders insist on.
    ///
    /// Alternatives (`anyOf`, `if`, …) are left alone: which of them is meant shows itself only afterwards; and so is
    /// what depends on what has fitted (`contains`, `unevaluatedProperties`, …).
    pub(super) fn fill(&self, config: &mut Value, effort: &mut Effort) {
        self.fill_by(&self.document, config, effort);
    }

    fn fill_by(&self, schema: &Value, value: &mut Value, effort: &mut Effort) {
        if effort.enter(value)
            && let Value::Object(keywords) = schema
        {
            if let Some(target) = self.target(keywords) {
                self.fill_by(target, value, effort);
            }
            if !(self.lone_refs && keywords.contains_key("$ref")) {
                self.fill_here(keywords, value, effort);
            }
        }
        effort.leave();
    }

    fn fill_here(&self, keywords: &Map<String, Value>, value: &mut Value, effort: &mut Effort) {
        for schema in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.fill_by(schema, value, effort);
        }
        match value {
            Value::Object(map) => {
                let properties = keywords.get("properties").filter(|all| effort.read(all));
                for (name, property) in properties.and_then(Value::as_object).into_iter().flatten() {
                    if !map.contains_key(name)
                        && let Some(default) = self.default_of(property, effort)
                        && effort.write(name.len())
                        && keep(default, effort)
                    {
                        map.insert(name.clone(), default.clone());
                    }
                }
                for (key, value) in map {
                    let mut schemas = self.of_key(keywords, key, effort);
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
            Value::Number(number) => {
                if let Some(expected) = keywords.get("type").filter(|expected| effort.read(expected))
                    && texts(expected).any(|ty| ty == "integer")
                    && texts(expected).all(|ty| ty != "number")
                    && let Some(integer) = integer(number)
                {
                    *number = integer;
                }
            }
            _ => {}
        }
    }

    fn default_of<'a>(&'a self, mut property: &'a Value, effort: &mut Effort) -> Option<&'a Value> {
        for _ in 0..MAX_HOPS {
            if let Some(default) = property.get("default") {
                return Some(default).filter(|default| !default.is_null());
            }
            property = self.target(property.as_object()?).filter(|_| effort.spend(SCHEMA))?;
        }
        None
    }
}

/// Pays for putting in a value: for every value in it, and its texts.
fn keep(value: &Value, effort: &mut Effort) -> bool {
    match value {
        Value::String(text) => effort.keep(text.len()),
        Value::Array(list) => effort.keep(0) && list.iter().all(|value| keep(value, effort)),
        Value::Object(map) => {
            effort.keep(0) && map.iter().all(|(key, value)| effort.write(key.len()) && keep(value, effort))
        }
        _ => effort.keep(0),
    }
}

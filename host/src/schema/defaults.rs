//! Filling in the defaults of what a configuration leaves out.

use super::document::Schema;
use serde_json::Value;

/// How deep it goes, also where a `$ref` leads in circles.
const MAX_DEPTH: usize = 32;

impl Schema {
    /// Fills in the `default` of every property that is left out of an object that is there. A default of null is as good as
    /// none. Alternatives (`anyOf`, `if`, …) are left alone: which of them is meant shows itself only afterwards.
    pub(super) fn fill(&self, config: &mut Value) {
        self.fill_by(&self.document, config, 0);
    }

    fn fill_by(&self, schema: &Value, value: &mut Value, depth: usize) {
        let Value::Object(keywords) = schema else { return };
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(target) = self.target(keywords) {
            self.fill_by(target, value, depth + 1);
        }
        for schema in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.fill_by(schema, value, depth + 1);
        }
        match value {
            Value::Object(map) => {
                let properties = keywords.get("properties").and_then(Value::as_object);
                for (name, property) in properties.into_iter().flatten() {
                    if !map.contains_key(name)
                        && let Some(default) = self.default_of(property, depth)
                    {
                        map.insert(name.clone(), default.clone());
                    }
                    if let Some(value) = map.get_mut(name) {
                        self.fill_by(property, value, depth + 1);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = keywords.get("items") {
                    items.iter_mut().for_each(|item| self.fill_by(schema, item, depth + 1));
                }
            }
            _ => {}
        }
    }

    fn default_of<'a>(&'a self, property: &'a Value, depth: usize) -> Option<&'a Value> {
        match property.get("default") {
            Some(default) => Some(default).filter(|default| !default.is_null()),
            None if depth > MAX_DEPTH => None,
            None => self.default_of(self.target(property.as_object()?)?, depth + 1),
        }
    }
}

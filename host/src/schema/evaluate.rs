//! Holding a configuration against a schema.

use super::annotation::{Annotation, X_CAPABILITY};
use super::assertion::{any_of, assert, describe_type, texts};
use super::config::Misfit;
use super::document::{Schema, of_item};
use super::effort::Effort;
use super::keyword::count;
use super::place::Place;
use crate::report::Escaped;
use serde_json::{Map, Value};
use std::mem;

/// More than anyone reads at once.
const MAX_MISFITS: usize = 50;

/// Said alone: nothing else that was found out is worth anything.
const TOO_MUCH: &str = "holding it against the plugin's schema is too much work; \
                        leave out of it what can be, or have the schema made simpler";

/// Everything that does not fit, and the annotations that apply. `effort` is what filling in the defaults has cost.
pub(super) fn evaluate(schema: &Schema, config: &Value, effort: Effort) -> (Vec<Misfit>, Vec<Annotation>) {
    let mut run = Run { schema, misfits: Vec::new(), annotations: Vec::new(), effort };
    run.apply(&schema.document, config, &Place::Root);
    if run.effort.is_over() {
        run.misfits.clear();
        run.misfits.push(Misfit::new(String::new(), "", TOO_MUCH));
    }
    (run.misfits, run.annotations)
}

/// For each of the values in an object or a list, whether a schema has looked at it: `unevaluatedProperties` and
/// `unevaluatedItems` are about those that none has.
type Seen = Vec<bool>;

struct Run<'s> {
    schema: &'s Schema,
    misfits: Vec<Misfit>,
    annotations: Vec<Annotation>,
    effort: Effort,
}

impl<'s> Run<'s> {
    fn say(&mut self, place: &Place<'_>, message: &str) {
        if self.effort.is_over() {
            return;
        }
        let misfit = Misfit::new(place.pointer(), &place.text(), message);
        if self.effort.write(misfit.pointer.len() + misfit.message.len()) && self.misfits.len() < MAX_MISFITS
        {
            self.misfits.push(misfit);
        }
    }

    /// Applies a schema to a value.
    fn apply(&mut self, schema: &'s Value, value: &Value, place: &Place<'_>) -> Seen {
        let mut seen = Vec::new();
        if self.effort.enter(value) {
            seen.resize(children(value).count(), false);
            match schema {
                Value::Object(keywords) => self.keywords(keywords, value, place, &mut seen),
                Value::Bool(false) => self.say(place, "nothing fits here; leave it out"),
                _ => {}
            }
        }
        self.effort.leave();
        seen
    }

    fn keywords(
        &mut self,
        keywords: &'s Map<String, Value>,
        value: &Value,
        place: &Place<'_>,
        seen: &mut Seen,
    ) {
        let before = self.misfits.len();
        if let Some(target) = self.schema.target(keywords) {
            merge(seen, &self.apply(target, value, place));
        }
        if !(self.schema.lone_refs && keywords.contains_key("$ref")) {
            for message in assert(self.schema, keywords, value, &mut self.effort) {
                self.say(place, &message);
            }
            self.in_place(keywords, value, place, seen);
            match value {
                Value::Object(map) => self.object(keywords, map, place, seen),
                Value::Array(list) => self.list(keywords, list, place, seen),
                _ => {}
            }
            // Where an alternative did not fit, it has looked at nothing, which would be said again for each key.
            if self.misfits.len() == before {
                self.unevaluated(keywords, value, place, seen);
            }
        }
        for text in self.read(keywords, X_CAPABILITY).into_iter().flat_map(texts) {
            let pointer = place.pointer();
            if self.effort.keep(pointer.len() + text.len()) {
                self.annotations.push(Annotation { pointer, text: text.to_owned() });
            }
        }
    }

    /// A keyword that somebody is about to go through.
    fn read(&mut self, keywords: &'s Map<String, Value>, name: &str) -> Option<&'s Value> {
        keywords.get(name).filter(|value| self.effort.read(value))
    }

    /// Tries a schema. What an alternative that does not fit says of a value is forgotten.
    fn try_out(&mut self, schema: &'s Value, value: &Value, place: &Place<'_>) -> Result<Seen, Vec<Misfit>> {
        let before = (mem::take(&mut self.misfits), self.annotations.len());
        let seen = self.apply(schema, value, place);
        let misfits = mem::replace(&mut self.misfits, before.0);
        match misfits.is_empty() {
            true => Ok(seen),
            false => {
                self.annotations.truncate(before.1);
                Err(misfits)
            }
        }
    }

    /// Schemas that are applied to the value itself.
    fn in_place(
        &mut self,
        keywords: &'s Map<String, Value>,
        value: &Value,
        place: &Place<'_>,
        seen: &mut Seen,
    ) {
        for schema in list(keywords, "allOf") {
            merge(seen, &self.apply(schema, value, place));
        }
        for (name, only) in [("anyOf", false), ("oneOf", true)] {
            if keywords.contains_key(name) {
                self.alternatives(list(keywords, name), only, value, place, seen);
            }
        }
        if let Some(schema) = keywords.get("not") {
            let annotations = self.annotations.len();
            if self.try_out(schema, value, place).is_ok() {
                self.annotations.truncate(annotations);
                self.say(place, "it is what the plugin's schema rules out with `not`");
            }
        }
        if let Some(condition) = keywords.get("if") {
            let tried = self.try_out(condition, value, place);
            let then = keywords.get(if tried.is_ok() { "then" } else { "else" });
            merge(seen, &tried.unwrap_or_default());
            if let Some(schema) = then {
                merge(seen, &self.apply(schema, value, place));
            }
        }
        let Value::Object(map) = value else { return };
        for name in ["dependentSchemas", "dependencies"] {
            for (_, schema) in named(self.read(keywords, name)).filter(|(key, _)| map.contains_key(*key)) {
                if !schema.is_array() {
                    merge(seen, &self.apply(schema, value, place));
                }
            }
        }
    }

    fn alternatives(
        &mut self,
        schemas: &'s [Value],
        only: bool,
        value: &Value,
        place: &Place<'_>,
        seen: &mut Seen,
    ) {
        let (mut fitting, mut reasons) = (Vec::new(), Vec::new());
        for (schema, number) in schemas.iter().zip(1_usize..) {
            match self.try_out(schema, value, place) {
                Ok(more) => {
                    merge(seen, &more);
                    fitting.push(number.to_string());
                }
                Err(misfits) => reasons.push((number, misfits)),
            }
        }
        match (fitting.len(), &mut *reasons) {
            (0, [(_, misfits)]) => self.misfits.append(misfits),
            (0, _) => {
                let first = |(number, misfits): &(usize, Vec<Misfit>)| {
                    Some(format!("({number}) {}", misfits.first()?.message))
                };
                let reasons: Vec<_> = reasons.iter().filter_map(first).take(4).collect();
                self.say(
                    place,
                    &format!("it fits none of the {} forms: {}", schemas.len(), reasons.join("; ")),
                );
            }
            (2.., _) if only => {
                let forms = fitting.join(" and ");
                self.say(place, &format!("it fits forms {forms} of the plugin's schema; only one is meant"));
            }
            _ => {}
        }
    }

    fn object(
        &mut self,
        keywords: &'s Map<String, Value>,
        map: &Map<String, Value>,
        place: &Place<'_>,
        seen: &mut Seen,
    ) {
        for key in
            self.read(keywords, "required").into_iter().flat_map(texts).filter(|key| !map.contains_key(*key))
        {
            let expected = keywords.get("properties").and_then(|all| all.get(key)?.get("type"));
            let expected = expected.map(|expected| any_of(texts(expected).map(describe_type)));
            let expected = expected.map(|types| format!("; expected {types}")).unwrap_or_default();
            self.say(&Place::Key(place, key), &format!("is missing{expected}"));
        }
        for name in ["dependentRequired", "dependencies"] {
            for (key, needs) in named(self.read(keywords, name)).filter(|(key, _)| map.contains_key(*key)) {
                for needed in texts(needs).filter(|needed| !map.contains_key(*needed)) {
                    let message = format!("is missing; it goes with `{}`", Escaped(key));
                    self.say(&Place::Key(place, needed), &message);
                }
            }
        }
        let additional = keywords.get("additionalProperties");
        for ((key, value), looked) in map.iter().zip(seen) {
            let at = Place::Key(place, key);
            let schemas = self.schema.of_key(keywords, key, &mut self.effort);
            let mut known = !schemas.is_empty();
            for schema in schemas {
                self.apply(schema, value, &at);
            }
            if let Some(schema) = additional.filter(|_| !known) {
                known = true;
                self.surplus(keywords, schema, key, value, &at);
            }
            *looked |= known;
            if let Some(schema) = keywords.get("propertyNames")
                && let Err(misfits) = self.try_out(schema, &Value::String(key.clone()), &Place::Root)
            {
                let why = misfits.first().map_or("", |misfit| &misfit.message);
                self.say(&at, &why.replace("the configuration: ", "as a name: "));
            }
        }
    }

    /// A key that no property is called by.
    fn surplus(
        &mut self,
        keywords: &'s Map<String, Value>,
        schema: &'s Value,
        key: &str,
        value: &Value,
        at: &Place<'_>,
    ) {
        if *schema != Value::Bool(false) {
            self.apply(schema, value, at);
            return;
        }
        let known = named(keywords.get("properties")).map(|(name, _)| name.as_str());
        let near = self.effort.nearest(key, known);
        let help = near.map(|near| format!("; did you mean `{}`?", Escaped(near))).unwrap_or_default();
        self.say(at, &format!("there is no such key{help}"));
    }

    fn list(
        &mut self,
        keywords: &'s Map<String, Value>,
        items: &[Value],
        place: &Place<'_>,
        seen: &mut Seen,
    ) {
        for (index, item) in items.iter().enumerate() {
            if let Some(schema) = of_item(keywords, index) {
                self.apply(schema, item, &Place::Item(place, index));
                seen[index] = true;
            }
        }
        if let Some(schema) = keywords.get("contains") {
            let mut found = 0;
            for (index, item) in items.iter().enumerate() {
                if self.try_out(schema, item, &Place::Item(place, index)).is_ok() {
                    found += 1;
                    // Items that `contains` has found are looked at since 2020-12.
                    seen[index] = true;
                }
            }
            let limit = |name: &str| keywords.get(name).and_then(count);
            let least = limit("minContains").unwrap_or(1);
            if found < least {
                self.say(
                    place,
                    &format!("expected at least {least} of its items to fit `contains`, found {found}"),
                );
            } else if let Some(most) = limit("maxContains").filter(|most| found > *most) {
                self.say(
                    place,
                    &format!("expected at most {most} of its items to fit `contains`, found {found}"),
                );
            }
        }
    }

    fn unevaluated(
        &mut self,
        keywords: &'s Map<String, Value>,
        value: &Value,
        place: &Place<'_>,
        seen: &mut Seen,
    ) {
        let name = if value.is_object() { "unevaluatedProperties" } else { "unevaluatedItems" };
        let Some(schema) = keywords.get(name) else { return };
        for (index, (key, child)) in children(value).enumerate() {
            if !mem::replace(&mut seen[index], true) {
                let at = place.below(key, index);
                match key {
                    Some(key) => self.surplus(keywords, schema, key, child, &at),
                    None => _ = self.apply(schema, child, &at),
                }
            }
        }
    }
}

fn merge(seen: &mut Seen, more: &Seen) {
    seen.iter_mut().zip(more).for_each(|(seen, more)| *seen |= more);
}

/// The values in an object, with their keys, or in a list.
fn children(value: &Value) -> Box<dyn Iterator<Item = (Option<&str>, &Value)> + '_> {
    match value {
        Value::Object(map) => Box::new(map.iter().map(|(key, value)| (Some(&**key), value))),
        Value::Array(list) => Box::new(list.iter().map(|value| (None, value))),
        _ => Box::new(std::iter::empty()),
    }
}

fn list<'s>(keywords: &'s Map<String, Value>, name: &str) -> &'s [Value] {
    keywords.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn named(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

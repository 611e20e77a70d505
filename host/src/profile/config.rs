//! A plugin's configuration: from YAML to the JSON that the plugin gets, with the place of each value kept.

use super::model::Location;
use super::source::Sources;
use super::yaml::{Kind, Node, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Where each value was written, by its JSON pointer.
pub(super) type Places = BTreeMap<String, Location>;

/// Converts a configuration.
pub(super) fn convert(node: &Node, sources: &mut Sources) -> (Map<String, Json>, Places) {
    let mut places = Places::new();
    match &node.kind {
        Kind::Map(_) => match json(node, "", &mut places, sources) {
            Json::Object(map) => (map, places),
            _ => (Map::new(), places),
        },
        _ => {
            let message = format!("a configuration is a map, and this is {}", node.describe());
            sources.report(node.span, message, "write it as `config: {path: /etc/hosts}`");
            (Map::new(), places)
        }
    }
}

fn json(node: &Node, pointer: &str, places: &mut Places, sources: &mut Sources) -> Json {
    places.insert(pointer.to_owned(), sources.location(node.span));
    match &node.kind {
        Kind::List(items) => {
            let items = items.iter().enumerate();
            Json::Array(
                items.map(|(at, item)| json(item, &format!("{pointer}/{at}"), places, sources)).collect(),
            )
        }
        Kind::Map(entries) => {
            let mut map = Map::new();
            for entry in entries {
                // RFC 6901, section 3.
                let name = entry.key.replace('~', "~0").replace('/', "~1");
                map.insert(
                    entry.key.clone(),
                    json(&entry.value, &format!("{pointer}/{name}"), places, sources),
                );
            }
            Json::Object(map)
        }
        Kind::Scalar(scalar) => match scalar.value() {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Number(number) => Json::Number(number),
            Value::Text => Json::String(scalar.text.clone()),
            Value::Unbounded => {
                let message = format!("`{}` is a number that JSON has no form for", scalar.text);
                sources.report(node.span, message, "if it is meant as text, put it in quotes");
                Json::Null
            }
        },
    }
}

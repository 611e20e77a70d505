//! [`Node`]: what a plugin's JSON Schema says about capabilities, property by property.

use super::Warning;
use super::template::{Derived, Template};
use serde_json::{Map, Value};

/// Schemas nest no deeper, also when a `$ref` leads in circles.
const MAX_DEPTH: usize = 16;
/// Schemas have no more nodes, also when `$ref`s multiply them.
const MAX_NODES: usize = 4_096;

/// One schema: of the configuration, of a property, or of the items of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    templates: Vec<Template>,
    default: Option<Value>,
    properties: Vec<(String, Node)>,
    items: Option<Box<Node>>,
}

/// The annotations of the keys that plugins have in common, for a plugin without any of its own.
const KNOWN_KEYS: [(&str, &str); 5] = [
    ("path", "fs:read:{value}"),
    ("url", "network:outbound:{value}"),
    ("host", "network:outbound:{value}:{port}"),
    ("hostname", "network:outbound:53"),
    ("command", "exec:{value}"),
];

impl Node {
    /// Reads a schema. One without annotations gets those of the known keys.
    pub(super) fn new(schema: &Value, warnings: &mut Vec<Warning>) -> Self {
        let mut reader = Reader { root: schema, nodes: 0, annotated: false, warnings };
        let mut node = reader.node(schema, "", 0);
        if !reader.annotated {
            for (key, text) in KNOWN_KEYS {
                let Ok(template) = Template::parse(text) else { continue };
                match node.properties.iter_mut().find(|(name, _)| name == key) {
                    Some((_, property)) => property.templates.push(template),
                    None => {
                        node.properties
                            .push((key.into(), Self { templates: vec![template], ..Self::default() }));
                    }
                }
            }
        }
        node
    }

    /// Collects what the annotations make of a configuration.
    pub(super) fn derive(
        &self,
        config: &Map<String, Value>,
        take: &mut impl FnMut(Result<Derived, Warning>),
    ) {
        self.object(config, &[], "", take);
    }

    /// `outer` holds the objects around this one, the nearest first.
    fn object(
        &self,
        config: &Map<String, Value>,
        outer: &[(&Self, &Map<String, Value>)],
        at: &str,
        take: &mut impl FnMut(Result<Derived, Warning>),
    ) {
        let scope = [&[(self, config)], outer].concat();
        for (name, property) in &self.properties {
            let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            property.value(self.find(config, name), &scope, &at, take);
        }
    }

    fn value(
        &self,
        value: Option<&Value>,
        scope: &[(&Self, &Map<String, Value>)],
        at: &str,
        take: &mut impl FnMut(Result<Derived, Warning>),
    ) {
        match value {
            Some(Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    let at = format!("{at}[{index}]");
                    self.derive_from(value, scope, &at, take);
                    if let Some(items) = &self.items {
                        items.value(Some(value), scope, &at, take);
                    }
                }
            }
            Some(Value::Object(config)) => self.object(config, scope, at, take),
            // What is left out may have properties with defaults.
            None if !self.properties.is_empty() => self.object(&Map::new(), scope, at, take),
            Some(value) => self.derive_from(value, scope, at, take),
            None => {}
        }
    }

    fn derive_from(
        &self,
        value: &Value,
        scope: &[(&Self, &Map<String, Value>)],
        at: &str,
        take: &mut impl FnMut(Result<Derived, Warning>),
    ) {
        if value.is_null() {
            return;
        }
        let lookup = |name: &str| match name {
            "value" => Some(value),
            name => scope.iter().find_map(|(node, config)| node.find(config, name)),
        };
        for template in &self.templates {
            match template.derive(lookup) {
                Ok(derived) => derived.into_iter().for_each(|derived| take(Ok(derived))),
                Err(error) => take(Err(Warning::Value { at: at.into(), problem: error.to_string() })),
            }
        }
    }

    /// A property's value, or its default where the configuration leaves it out.
    fn find<'v>(&'v self, config: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
        config.get(name).or_else(|| {
            let (_, property) = self.properties.iter().find(|(own, _)| own == name)?;
            property.default.as_ref()
        })
    }
}

struct Reader<'a> {
    root: &'a Value,
    nodes: usize,
    annotated: bool,
    warnings: &'a mut Vec<Warning>,
}

impl Reader<'_> {
    fn node(&mut self, schema: &Value, at: &str, depth: usize) -> Node {
        let mut node = Node { default: schema.get("default").cloned(), ..Node::default() };
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return node;
        }
        let texts: Vec<&Value> = match schema.get("x-capability") {
            None => Vec::new(),
            Some(Value::Array(list)) => list.iter().collect(),
            Some(one) => vec![one],
        };
        for text in texts {
            // A plugin that annotates badly still annotates: the known keys must not grant what it left out.
            self.annotated = true;
            let parsed = text.as_str().map(|text| Template::parse(text).map_err(|error| error.to_string()));
            match parsed.unwrap_or_else(|| Err("expected text or a list of texts".into())) {
                Ok(template) => node.templates.push(template),
                Err(problem) => self.warnings.push(Warning::Annotation {
                    at: at.into(),
                    text: text.as_str().map_or_else(|| text.to_string(), str::to_owned),
                    problem,
                }),
            }
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|text| self.target(text)) {
            let target = self.node(target, at, depth + 1);
            node.templates.extend(target.templates);
            node.default = node.default.or(target.default);
            node.properties.extend(target.properties);
            node.items = target.items;
        }
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            let property = self.node(property, &at, depth + 1);
            node.properties.push((name.clone(), property));
        }
        if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
            node.items = Some(Box::new(self.node(items, &format!("{at}[]"), depth + 1)));
        }
        node
    }
}

impl<'a> Reader<'a> {
    /// What a reference within this schema (`#/$defs/Target`) leads to.
    fn target(&self, reference: &str) -> Option<&'a Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }
}

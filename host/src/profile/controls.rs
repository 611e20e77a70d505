//! Controls and their observations, from nodes to types.

use super::config::convert;
use super::graph::circles;
use super::model::{Control, ControlId, Observation, Severity};
use super::plugins::Plugins;
use super::retry::{Backoff, Retry};
use super::shape::{Fields, count, duration, fields, list, text, texts, word};
use super::source::Sources;
use super::yaml::{Kind, Node, Scalar, Span, Value};
use crate::expect::Expectation;
use crate::nearest::nearest;
use serde_json::Map;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

/// The keys that a control shares with the defaults.
const SHARED: [&str; 8] =
    ["severity", "owner", "tags", "timeout", "retries", "retry_delay", "retry_backoff", "retry_max_delay"];
const OWN: [&str; 5] = ["id", "name", "description", "depends_on", "observations"];
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// What a control has if it doesn't say otherwise.
#[derive(Clone)]
struct Shared {
    severity: Option<Severity>,
    owner: Option<String>,
    tags: Vec<String>,
    timeout: Duration,
    retry: Retry,
}

/// What a control waits for, until all ids are known.
struct Wait {
    control: usize,
    id: String,
    span: Span,
}

/// Reads `controls`.
pub(super) fn controls(node: &Node, plugins: &mut Plugins<'_>, sources: &mut Sources) -> Vec<Control> {
    let Some(section) = fields(node, "`controls`", &["defaults", "items"], sources) else {
        return Vec::new();
    };
    let mut defaults = Shared {
        severity: None,
        owner: None,
        tags: Vec::new(),
        timeout: DEFAULT_TIMEOUT,
        retry: Retry::default(),
    };
    if let Some(node) = section.get("defaults")
        && let Some(given) = fields(node, "`defaults`", &SHARED, sources)
    {
        defaults = shared(&given, &defaults, sources);
    }
    let items = section.get("items").map_or(&[][..], |items| list(items, "`items`", sources));
    if items.is_empty() && section.get("items").is_none_or(|items| matches!(items.kind, Kind::List(_))) {
        sources.report(node.span, "the profile has no controls", "list them under `controls: items:`");
    }
    let known: Vec<&str> = OWN.into_iter().chain(SHARED).collect();
    let mut reader = Reader { plugins, sources, waits: Vec::new(), ids: HashSet::new() };
    let mut controls: Vec<Control> = Vec::new();
    for item in items {
        if let Some(given) = fields(item, "a control", &known, reader.sources) {
            controls.extend(reader.control(&given, item.span, &defaults, controls.len()));
        }
    }
    let Reader { waits, ids, .. } = reader;
    connect(&mut controls, waits, &ids, sources);
    controls
}

fn shared(given: &Fields<'_>, defaults: &Shared, sources: &mut Sources) -> Shared {
    let mut shared = defaults.clone();
    if let Some(node) = given.get("severity") {
        shared.severity = word(node, "severity", &Severity::WORDS, Severity::from_word, sources);
    }
    if let Some(node) = given.get("owner") {
        shared.owner = text(node, "an owner", sources);
    }
    if let Some(node) = given.get("tags") {
        for tag in texts(node, "`tags`", "a tag", sources) {
            if !shared.tags.contains(&tag) {
                shared.tags.push(tag);
            }
        }
    }
    if let Some((node, timeout)) =
        given.get("timeout").and_then(|node| Some((node, duration(node, "a timeout", sources)?)))
    {
        if timeout.is_zero() {
            sources.report(node.span, "a timeout of nothing leaves no time", "write it as 30s or 1m30s");
        }
        shared.timeout = timeout;
    }
    let retry = &mut shared.retry;
    if let Some(retries) =
        given.get("retries").and_then(|node| count(node, "`retries`", Retry::LIMIT, sources))
    {
        retry.retries = retries;
    }
    if let Some(delay) = given.get("retry_delay").and_then(|node| duration(node, "a delay", sources)) {
        retry.delay = delay;
    }
    if let Some(delay) = given.get("retry_max_delay").and_then(|node| duration(node, "a delay", sources)) {
        retry.max_delay = delay;
    }
    if let Some(backoff) = given
        .get("retry_backoff")
        .and_then(|node| word(node, "backoff", &Backoff::WORDS, Backoff::from_word, sources))
    {
        retry.backoff = backoff;
    }
    shared
}

struct Reader<'a, 'b> {
    plugins: &'a mut Plugins<'b>,
    sources: &'a mut Sources,
    waits: Vec<Wait>,
    /// The ids of all controls, also of those that have something wrong with them.
    ids: HashSet<String>,
}

impl Reader<'_, '_> {
    fn control(
        &mut self,
        given: &Fields<'_>,
        span: Span,
        defaults: &Shared,
        index: usize,
    ) -> Option<Control> {
        let id = self.id(given, span);
        let shared = shared(given, defaults, self.sources);
        let name = given.get("name").and_then(|node| text(node, "a name", self.sources));
        let description = given.get("description").and_then(|node| text(node, "a description", self.sources));
        let Some(node) = given.get("observations") else {
            let message = match &id {
                Some(id) => format!("control `{id}` observes nothing"),
                None => "this control observes nothing".to_owned(),
            };
            self.sources.report(
                span,
                message,
                "give it `observations`, each with a `plugin` and its `config`",
            );
            return None;
        };
        let items = list(node, "`observations`", self.sources);
        if items.is_empty() && matches!(node.kind, Kind::List(_)) {
            self.sources.report(node.span, "this list of observations is empty", "give it one at least");
        }
        let mut observations = Vec::new();
        for item in items {
            observations.extend(self.observation(item));
        }
        let id = id?;
        if let Some(node) = given.get("depends_on") {
            for item in list(node, "`depends_on`", self.sources) {
                if let Some(id) = text(item, "a dependency", self.sources) {
                    self.waits.push(Wait { control: index, id, span: item.span });
                }
            }
        }
        let Shared { severity, owner, tags, timeout, retry } = shared;
        let name = name.unwrap_or_else(|| id.to_string());
        let location = self.sources.location(span);
        let depends_on = Vec::new();
        Some(Control {
            id,
            name,
            description,
            severity,
            owner,
            tags,
            depends_on,
            timeout,
            retry,
            observations,
            location,
        })
    }

    fn id(&mut self, given: &Fields<'_>, span: Span) -> Option<ControlId> {
        let Some(node) = given.get("id") else {
            self.sources.report(span, "this control has no id", "give it one: `id: sshd-no-passwords`");
            return None;
        };
        let text = text(node, "an id", self.sources)?;
        self.ids.insert(text.clone());
        match ControlId::new(&text) {
            Ok(id) => Some(id),
            Err(why) => {
                let help = "use letters, digits, `-`, `_` and `.`";
                self.sources.report(node.span, format!("the id `{text}` {why}"), help);
                None
            }
        }
    }

    fn observation(&mut self, node: &Node) -> Option<Observation> {
        let given = fields(node, "an observation", &["plugin", "config", "expect"], self.sources)?;
        let (config, config_locations) = match given.get("config") {
            Some(config) => convert(config, self.sources),
            None => (Map::new(), BTreeMap::new()),
        };
        let expect = given.get("expect").map_or_else(Vec::new, |expect| self.expectations(expect));
        let Some(plugin) = given.get("plugin") else {
            self.sources.report(node.span, "this observation has no plugin", "name one: `plugin: file`");
            return None;
        };
        let name = text(plugin, "a plugin's name", self.sources)?;
        let plugin = self.plugins.named(&name, plugin.span, self.sources)?;
        Some(Observation {
            plugin,
            config,
            expect,
            location: self.sources.location(node.span),
            config_locations,
        })
    }

    /// One expression, or a list of them.
    fn expectations(&mut self, node: &Node) -> Vec<Expectation> {
        let nodes = match &node.kind {
            Kind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut expectations = Vec::new();
        for node in nodes {
            match &node.kind {
                // `true` is an expression, though YAML would have it be a value.
                Kind::Scalar(scalar) if scalar.value() != Value::Null => {
                    expectations.extend(self.expectation(scalar, node.span));
                }
                _ => {
                    let message = format!("an expectation is an expression, and this is {}", node.describe());
                    self.sources.report(node.span, message, "put it in quotes if it has `: ` or ` #` in it");
                }
            }
        }
        expectations
    }

    fn expectation(&mut self, scalar: &Scalar, span: Span) -> Option<Expectation> {
        match Expectation::parse(&scalar.text) {
            Ok(expectation) => Some(expectation),
            Err(error) => {
                let place = self.sources.inside(span, scalar, error.column - 1, error.width);
                let help = if self.sources.is_cut_by_comment(span, scalar) {
                    "to YAML, a comment begins at ` #`: put the expression in quotes"
                } else {
                    ""
                };
                self.sources.report(place, error.message, help);
                None
            }
        }
    }
}

/// Turns the ids that controls wait for into places in the list, and makes sure that none waits for itself.
fn connect(controls: &mut [Control], waits: Vec<Wait>, ids: &HashSet<String>, sources: &mut Sources) {
    let indices: HashMap<String, usize> =
        controls.iter().enumerate().map(|(index, control)| (control.id.to_string(), index)).collect();
    let mut spans: HashMap<(usize, usize), Span> = HashMap::new();
    for wait in waits {
        match indices.get(&wait.id) {
            Some(target) => {
                if let Some(control) = controls.get_mut(wait.control)
                    && spans.insert((wait.control, *target), wait.span).is_none()
                {
                    control.depends_on.push(*target);
                }
            }
            // To depend on a control that is wrong is no mistake of its own.
            None if ids.contains(&wait.id) => {}
            None => {
                let near = nearest(&wait.id, ids.iter().map(String::as_str));
                let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                sources.report(wait.span, format!("there is no control `{}`", wait.id), help);
            }
        }
    }
    let edges: Vec<Vec<usize>> = controls.iter().map(|control| control.depends_on.clone()).collect();
    for circle in circles(&edges) {
        let names: Vec<&str> = circle
            .iter()
            .chain(circle.first())
            .filter_map(|index| Some(controls.get(*index)?.id.as_str()))
            .collect();
        let back = (circle.last().copied().unwrap_or(0), circle.first().copied().unwrap_or(0));
        if let Some(span) = spans.get(&back) {
            let message = format!("these controls wait for each other: {}", names.join(" → "));
            sources.report(*span, message, "take one of the dependencies out");
        }
    }
}

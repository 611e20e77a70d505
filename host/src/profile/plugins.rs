//! The plugins that a profile lists, and those that it uses.

use super::extend::{normal, tidy};
use super::model::{Plugin, PluginName, PluginSource};
use super::shape::{list, text};
use super::source::Sources;
use super::yaml::{Node, Span};
use crate::nearest::nearest;
use std::collections::HashMap;
use std::path::Path;

/// Every plugin of a profile, by its name.
pub(super) struct Plugins<'b> {
    builtins: &'b [&'b str],
    known: Vec<Plugin>,
    indices: HashMap<String, usize>,
}

impl<'b> Plugins<'b> {
    /// Reads the list of plugins, if there is one.
    pub(super) fn new(node: Option<&Node>, builtins: &'b [&'b str], sources: &mut Sources) -> Self {
        let mut plugins = Self { builtins, known: Vec::new(), indices: HashMap::new() };
        for item in node.map_or(&[][..], |node| list(node, "`plugins`", sources)) {
            if let Some(text) = text(item, "a plugin", sources) {
                plugins.list(&text, item.span, sources);
            }
        }
        plugins
    }

    fn list(&mut self, text: &str, span: Span, sources: &mut Sources) {
        if !is_path(text) {
            if self.builtins.contains(&text) {
                self.add(text, PluginSource::BuiltIn, span, sources);
            } else {
                sources.report(span, format!("there is no built-in plugin `{text}`"), self.advice(text));
            }
            return;
        }
        let folder = sources.path(span.file).parent().unwrap_or(Path::new("")).to_owned();
        let path = tidy(&folder.join(text));
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some(stem) => self.add(stem, PluginSource::File(path.clone()), span, sources),
            None => {
                sources.report(span, format!("`{text}` names no file"), "write a path such as ./custom.wasm")
            }
        }
    }

    fn add(&mut self, name: &str, source: PluginSource, span: Span, sources: &mut Sources) {
        if let Some(other) = self.indices.get(name).and_then(|index| self.known.get(*index)) {
            // Both of two files may list what they need.
            if !is_same(&other.source, &source) {
                let message = format!("two plugins are called `{name}`, the first at {}", other.location);
                sources.report(
                    span,
                    message,
                    "a path's name is its file's, without the extension: rename one",
                );
            }
            return;
        }
        match PluginName::new(name) {
            Ok(spelled) => {
                self.indices.insert(name.to_owned(), self.known.len());
                self.known.push(Plugin { name: spelled, source, location: sources.location(span) });
            }
            Err(why) => {
                let message = format!("the plugin's name `{name}` {why}");
                sources.report(span, message, "use letters, digits, `-`, `_` and `.`");
            }
        }
    }

    /// The plugin that an observation calls `text`. Built-in ones need not be listed.
    pub(super) fn named(&mut self, text: &str, span: Span, sources: &mut Sources) -> Option<PluginName> {
        if !self.indices.contains_key(text) && self.builtins.contains(&text) {
            self.add(text, PluginSource::BuiltIn, span, sources);
        }
        if let Some(plugin) = self.indices.get(text).and_then(|index| self.known.get(*index)) {
            return Some(plugin.name.clone());
        }
        if is_path(text) {
            let stem =
                Path::new(text).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into());
            let help = format!("list the path under `plugins`, and use its name here: `{stem}`");
            sources.report(span, format!("`{text}` is a path, not a plugin's name"), help);
        } else {
            sources.report(span, format!("unknown plugin `{text}`"), self.advice(text));
        }
        None
    }

    pub(super) fn finish(self) -> Vec<Plugin> {
        self.known
    }

    fn advice(&self, text: &str) -> String {
        let names = self.known.iter().map(|plugin| plugin.name.as_str()).chain(self.builtins.iter().copied());
        match nearest(text, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "built in are: {}; list any other by its path, ./{text}.wasm",
                self.builtins.join(", ")
            ),
        }
    }
}

fn is_same(one: &PluginSource, other: &PluginSource) -> bool {
    match (one, other) {
        (PluginSource::File(one), PluginSource::File(other)) => normal(one) == normal(other),
        _ => one == other,
    }
}

fn is_path(text: &str) -> bool {
    PluginSource::of(text) != PluginSource::BuiltIn
}

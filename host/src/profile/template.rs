//! Variables in text: `{{ .vars.name }}`.
//!
//! Other braces are left alone, since commands use them too (`docker inspect --format '{{.State.Running}}'`),
//! unless they look like a slip of the pen.

use super::limits::Limits;
use super::source::Sources;
use super::yaml::{Entry, Form, Kind, Node, Scalar, Span, Value};
use crate::nearest::nearest;
use std::collections::HashMap;

/// Replaces the variables in every value below a node.
pub(super) struct Templates<'a> {
    /// What `a.b` stands for in `.vars.a.b`.
    variables: HashMap<String, &'a Node>,
    limits: &'a Limits,
    repeated: usize,
    nodes: usize,
    full: bool,
}

/// A part of a text.
#[derive(Debug, PartialEq)]
enum Part<'t> {
    Literal(&'t str),
    /// The path behind `.vars.`, and where the braces are, in characters.
    Variable {
        path: &'t str,
        start: usize,
        width: usize,
    },
}

/// What is wrong with a text's braces.
#[derive(Debug, PartialEq)]
struct Slip {
    message: String,
    help: String,
    start: usize,
    width: usize,
}

impl<'a> Templates<'a> {
    pub(super) fn new(vars: Option<&'a Node>, limits: &'a Limits) -> Self {
        let mut variables = HashMap::new();
        if let Some(vars) = vars {
            flatten(vars, "", &mut variables);
        }
        Self { variables, limits, repeated: 0, nodes: 0, full: false }
    }

    /// Replaces the variables in `node` and everything in it. Keys are left as they are.
    pub(super) fn expand(&mut self, node: &mut Node, sources: &mut Sources) {
        let span = node.span;
        match &mut node.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| self.expand(item, sources)),
            Kind::Map(entries) => entries.iter_mut().for_each(|entry| self.expand(&mut entry.value, sources)),
            Kind::Scalar(scalar) if scalar.text.contains("{{") => {
                if let Some(kind) = self.replace(scalar, span, sources) {
                    node.kind = kind;
                }
            }
            Kind::Scalar(_) => {}
        }
    }

    fn replace(&mut self, scalar: &Scalar, span: Span, sources: &mut Sources) -> Option<Kind> {
        let (parts, slips) = split(&scalar.text);
        for slip in slips {
            sources.report(sources.inside(span, scalar, slip.start, slip.width), slip.message, slip.help);
        }
        if let [Part::Variable { path, start, width }] = parts.as_slice() {
            let value = self.look_up(path, sources.inside(span, scalar, *start, *width), sources)?;
            let size = value.size();
            return self.afford(size, span, sources).then(|| value.kind.clone());
        }
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable { path, start, width } => {
                    let place = sources.inside(span, scalar, start, width);
                    let value = self.look_up(path, place, sources)?;
                    match &value.kind {
                        Kind::Scalar(inserted) if inserted.value() != Value::Null => {
                            if !self.afford((1, inserted.text.len()), span, sources) {
                                return None;
                            }
                            text.push_str(&inserted.text);
                        }
                        _ => {
                            let message = format!(
                                "`.vars.{path}` is {}, which has no place in a text",
                                value.describe()
                            );
                            sources.report(place, message, "a list or a map can only be the whole value");
                            return None;
                        }
                    }
                }
            }
        }
        // What has been put together is text, whatever it looks like.
        let form = if text == scalar.text { scalar.form } else { Form::Block };
        Some(Kind::Scalar(Scalar { text, form }))
    }

    fn look_up(&self, path: &str, place: Span, sources: &mut Sources) -> Option<&'a Node> {
        let found = self.variables.get(path).copied();
        if found.is_none() {
            let help = match nearest(path, self.variables.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `.vars.{near}`?"),
                None => "variables are defined under `vars`".into(),
            };
            sources.report(place, format!("unknown variable `.vars.{path}`"), help);
        }
        found
    }

    fn afford(&mut self, (nodes, bytes): (usize, usize), span: Span, sources: &mut Sources) -> bool {
        self.nodes = self.nodes.saturating_add(nodes);
        self.repeated = self.repeated.saturating_add(bytes);
        let affordable = self.nodes <= self.limits.nodes && self.repeated <= self.limits.repeated_bytes;
        if !affordable && !std::mem::replace(&mut self.full, true) {
            let message = format!("templates repeat more than {} bytes", self.limits.repeated_bytes);
            sources.report(span, message, "make the variables shorter");
        }
        affordable
    }
}

/// Reports templates where they would not be replaced.
pub(super) fn refuse_in_vars(node: &Node, sources: &mut Sources) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| refuse_in_vars(item, sources)),
        Kind::Map(entries) => entries.iter().for_each(|Entry { value, .. }| refuse_in_vars(value, sources)),
        Kind::Scalar(scalar) => {
            if let Some(Part::Variable { start, width, .. }) =
                split(&scalar.text).0.iter().find(|part| matches!(part, Part::Variable { .. }))
            {
                let place = sources.inside(node.span, scalar, *start, *width);
                sources.report(place, "a variable can't be made of another", "write the value out");
            }
        }
    }
}

fn flatten<'a>(node: &'a Node, prefix: &str, variables: &mut HashMap<String, &'a Node>) {
    let Kind::Map(entries) = &node.kind else { return };
    for entry in entries {
        let path = if prefix.is_empty() { entry.key.clone() } else { format!("{prefix}.{}", entry.key) };
        flatten(&entry.value, &path, variables);
        variables.insert(path, &entry.value);
    }
}

fn split(text: &str) -> (Vec<Part<'_>>, Vec<Slip>) {
    let (mut parts, mut slips) = (Vec::new(), Vec::new());
    let (mut literal, mut at) = (0, 0);
    let mut columns = Columns { text, byte: 0, characters: 0 };
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        let start = columns.of(open);
        let inner = &text[open + 2..];
        let Some(length) = inner.find("}}") else {
            if is_ours(inner.trim_start()) {
                let message = "the braces of this template are not closed".to_owned();
                slips.push(Slip { message, help: "end it with `}}`".into(), start, width: 2 });
            }
            break;
        };
        let close = open + 2 + length + 2;
        let inner = inner[..length].trim();
        let width = columns.of(close) - start;
        match inner.strip_prefix(".vars.").filter(|path| is_path(path)) {
            Some(path) => {
                if literal < open {
                    parts.push(Part::Literal(&text[literal..open]));
                }
                parts.push(Part::Variable { path, start, width });
                literal = close;
            }
            None if is_ours(inner) => {
                let message = format!("`{inner}` is no variable");
                slips.push(Slip { message, help: "write it as `{{ .vars.name }}`".into(), start, width });
            }
            None => {}
        }
        at = close;
    }
    if literal < text.len() || parts.is_empty() {
        parts.push(Part::Literal(&text[literal..]));
    }
    (parts, slips)
}

/// Counts characters as it goes along a text, so that many templates in a long one don't count it all each time.
struct Columns<'t> {
    text: &'t str,
    byte: usize,
    characters: usize,
}

impl Columns<'_> {
    fn of(&mut self, byte: usize) -> usize {
        self.characters += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.characters
    }
}

/// Whether braces with this in them were meant for us: their first word is `vars` or nearly so.
fn is_ours(inner: &str) -> bool {
    let word = inner.strip_prefix('.').unwrap_or(inner);
    let end = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
    nearest(&word[..end], ["vars"]).is_some()
}

fn is_path(path: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    path.split('.').all(|name| !name.is_empty() && name.chars().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn variables(text: &str) -> Vec<&str> {
        let paths = split(text).0.into_iter().filter_map(|part| match part {
            Part::Variable { path, .. } => Some(path),
            Part::Literal(_) => None,
        });
        paths.collect()
    }

    #[test]
    fn variables_are_found_with_or_without_spaces() {
        assert_eq!(variables("{{ .vars.a }}/{{.vars.b.c-d}}"), ["a", "b.c-d"]);
        assert_eq!(
            split("x{{ .vars.a }}y").0,
            [Part::Literal("x"), Part::Variable { path: "a", start: 1, width: 13 }, Part::Literal("y")]
        );
        assert_eq!(split("").0, [Part::Literal("")]);
    }

    #[test]
    fn the_braces_of_others_are_left_alone() {
        for text in ["{{.State.Running}}", "{{", "}}", "{{}}", "{{ range . }}", "${{ github.ref }}"] {
            assert_eq!(split(text), (vec![Part::Literal(text)], vec![]), "{text}");
        }
    }

    #[test]
    fn slips_of_the_pen_are_not_taken_for_text() {
        for text in [
            "{{ .var.a }}",
            "{{ vars.a }}",
            "{{ .vars }}",
            "{{ .vars. }}",
            "{{ .vars.a b }}",
            "{{ .vras.a }}",
            "é{{ .vars.a }",
        ] {
            assert_eq!(split(text).1.len(), 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split_without_loss(text in "(\\{\\{|\\}\\}| |\\.vars|\\.a|é){0,12}") {
            let (parts, _) = split(&text);
            let literals: usize = parts.iter().map(|part| match part {
                Part::Literal(literal) => literal.chars().count(),
                Part::Variable { width, .. } => *width,
            }).sum();
            prop_assert_eq!(literals, text.chars().count());
        }
    }
}

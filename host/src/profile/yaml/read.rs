//! From text to a tree: anchors and aliases resolved, merge keys applied, keys unique and made of text.

use super::node::{Entry, Form, Kind, Node, Scalar, Span};
use super::scalar::Value;
use crate::profile::limits::Limits;
use crate::profile::source::Sources;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use std::borrow::Cow;
use std::collections::HashMap;

/// Reads file number `file` of the sources. What is wrong is reported there; there is no tree if the text could
/// not be read to its end, and none if there is nothing in it.
pub(in crate::profile) fn read(sources: &mut Sources, file: usize, limits: &Limits) -> Option<Node> {
    // The text moves out while it is read, so that what is found can be reported meanwhile.
    let text = sources.text(file).to_owned();
    let mut builder = Builder {
        sources,
        file,
        limits,
        frames: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        documents: 0,
        nodes: 0,
        repeated: 0,
    };
    let mut parser = Parser::new_from_str(&text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                if let Err(Stop) = builder.take(event, span) {
                    return None;
                }
            }
            Err(error) => {
                let span = place_of(&error, file, &text);
                if error.info().contains("recursion limit") {
                    // The scanner's own limit is reached before ours if it has to look ahead.
                    let _ = builder.too_deep(span);
                    return None;
                }
                let help = if error.info().contains("tab") { "indent with spaces" } else { "" };
                builder.sources.report(span, format!("this is not YAML: {}", error.info()), help);
                return None;
            }
        }
    }
    builder.root
}

/// Where the parser stopped. What is missing at the end of the text it finds on a line behind the last one; people
/// are shown the end of that one.
fn place_of(error: &ScanError, file: usize, text: &str) -> Span {
    let mark = error.marker();
    let (lines, last) = (text.split('\n').count(), text.split('\n').next_back().unwrap_or_default());
    let (line, column) = if mark.line() > lines {
        (lines, last.chars().count() + 1)
    } else {
        (mark.line().max(1), mark.col() + 1)
    };
    Span { file, line, column, width: 1 }
}

/// Reading ends here; the reason has been reported.
struct Stop;

struct Builder<'a> {
    sources: &'a mut Sources,
    file: usize,
    limits: &'a Limits,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    repeated: usize,
}

/// A list or a map that has begun.
struct Frame {
    span: Span,
    anchor: usize,
    open: Open,
}

enum Open {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, lines: HashMap<String, usize>, merged: Vec<Node>, key: Option<Key> },
}

/// The key that a map's next value belongs to.
enum Key {
    Text(String, Span),
    /// `<<`
    Merge,
    /// It was wrong, and said so; its value is dropped.
    Wrong,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), Stop> {
        let span = self.place(span);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let message = "a second document begins here";
                    return self.stop(
                        span,
                        message,
                        "a profile is one document: give this one a file of its own",
                    );
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.grow(span, 1, 0)?;
                let scalar = self.scalar(text, style, tag, span);
                self.complete(Node { kind: Kind::Scalar(scalar), span }, anchor)?;
            }
            Event::Alias(anchor) => {
                let Some(mut node) = self.anchors.get(&anchor).cloned() else {
                    return self.stop(span, "this alias is part of what it stands for", "");
                };
                let size = node.measure();
                self.grow(span, size.nodes, size.bytes)?;
                self.check_depth(span, size.depth)?;
                node.span = span;
                self.complete(node, 0)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(span, anchor, tag, "tag:yaml.org,2002:seq", Open::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                let open =
                    Open::Map { entries: Vec::new(), lines: HashMap::new(), merged: Vec::new(), key: None };
                self.begin(span, anchor, tag, "tag:yaml.org,2002:map", open)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.frames.pop() {
                    let kind = match frame.open {
                        Open::List(items) => Kind::List(items),
                        Open::Map { entries, merged, lines, .. } => {
                            Kind::Map(self.merge(entries, &lines, merged))
                        }
                    };
                    self.complete(Node { kind, span: frame.span }, frame.anchor)?;
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn begin(
        &mut self,
        span: Span,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        fitting: &str,
        open: Open,
    ) -> Result<(), Stop> {
        self.grow(span, 1, 0)?;
        self.check_depth(span, 1)?;
        if let Some(tag) = tag.filter(|tag| format!("{}{}", tag.handle, tag.suffix) != fitting) {
            self.refuse_tag(&tag, span);
        }
        self.frames.push(Frame { span, anchor, open });
        Ok(())
    }

    /// A value has been read: it goes where the list or the map around it wants it.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        if anchor > 0 {
            let size = node.measure();
            self.grow(node.span, size.nodes, size.bytes)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map { key: key @ None, lines, .. } => {
                *key = Some(match as_key(node) {
                    Ok(Key::Text(text, span)) => match lines.insert(text.clone(), span.line) {
                        Some(line) => {
                            lines.insert(text.clone(), line);
                            let message = format!("`{text}` is here twice, first in line {line}");
                            self.sources.report(span, message, "");
                            Key::Wrong
                        }
                        None => Key::Text(text, span),
                    },
                    Ok(other) => other,
                    Err((span, message, help)) => {
                        self.sources.report(span, message, help);
                        Key::Wrong
                    }
                });
            }
            Open::Map { key, entries, merged, .. } => match key.take() {
                Some(Key::Text(key, key_span)) => entries.push(Entry { key, key_span, value: node }),
                Some(Key::Merge) => merged.push(node),
                Some(Key::Wrong) | None => {}
            },
        }
        Ok(())
    }

    /// Applies merge keys (<https://yaml.org/type/merge.html>): what the map says itself comes first, then the
    /// merged maps in their order.
    fn merge(
        &mut self,
        mut entries: Vec<Entry>,
        lines: &HashMap<String, usize>,
        merged: Vec<Node>,
    ) -> Vec<Entry> {
        let mut present: HashMap<String, usize> = HashMap::new();
        if !merged.is_empty() {
            present.clone_from(lines);
        }
        for node in merged {
            let maps = match node.kind {
                Kind::List(items) => items,
                _ => vec![node],
            };
            for map in maps {
                let Kind::Map(more) = map.kind else {
                    let message = format!("`<<` merges a map or a list of maps, not {}", map.describe());
                    self.sources.report(map.span, message, "");
                    continue;
                };
                for entry in more {
                    if present.insert(entry.key.clone(), entry.key_span.line).is_none() {
                        entries.push(entry);
                    }
                }
            }
        }
        entries
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<Cow<'_, Tag>>,
        span: Span,
    ) -> Scalar {
        let form = match style {
            ScalarStyle::Plain => Form::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Form::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Form::Block,
        };
        let mut scalar = Scalar { text: text.into_owned(), form };
        let Some(tag) = tag else { return scalar };
        if !tag.is_yaml_core_schema() || tag.suffix == "seq" || tag.suffix == "map" {
            if tag.handle.is_empty() && tag.suffix == "!" {
                // `! 12` is the one tag without a name: it makes text of anything.
                scalar.form = Form::Block;
            } else {
                self.refuse_tag(&tag, span);
            }
            return scalar;
        }
        scalar.form = if tag.suffix == "str" { Form::Block } else { Form::Plain };
        let fits = matches!(
            (tag.suffix.as_str(), scalar.value()),
            ("str", _)
                | ("null", Value::Null)
                | ("bool", Value::Bool(_))
                | ("int" | "float", Value::Number(_))
                | ("float", Value::Unbounded)
        );
        if !fits {
            self.sources.report(
                span,
                format!("`{}` does not fit its tag `!!{}`", scalar.text, tag.suffix),
                "",
            );
        }
        scalar
    }

    fn refuse_tag(&mut self, tag: &Tag, span: Span) {
        // An expression that begins with `!` is a tag to YAML.
        let help = "if this is text, put it in quotes";
        self.sources.report(
            span,
            format!("`{}{}` is a YAML tag that has no meaning here", tag.handle, tag.suffix),
            help,
        );
    }

    fn grow(&mut self, span: Span, nodes: usize, repeated: usize) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        self.repeated = self.repeated.saturating_add(repeated);
        if self.nodes > self.limits.nodes {
            let message = format!("the profile has more than {} values", self.limits.nodes);
            return self.stop(span, &message, "what an alias repeats counts each time");
        }
        if self.repeated > self.limits.repeated_bytes {
            let message =
                format!("anchors and aliases repeat more than {} bytes", self.limits.repeated_bytes);
            return self.stop(span, &message, "");
        }
        Ok(())
    }

    fn check_depth(&mut self, span: Span, more: usize) -> Result<(), Stop> {
        if self.frames.len() + more > self.limits.depth {
            return self.too_deep(span);
        }
        Ok(())
    }

    fn too_deep(&mut self, span: Span) -> Result<(), Stop> {
        let message = format!("lists and maps are nested more than {} deep", self.limits.depth);
        self.stop(span, &message, "")
    }

    fn stop(&mut self, span: Span, message: &str, help: &str) -> Result<(), Stop> {
        self.sources.report(span, message, help);
        Err(Stop)
    }

    fn place(&self, span: saphyr_parser::Span) -> Span {
        let (start, end) = (span.start, span.end);
        // What goes on in the next line is underlined to the end of this one.
        let width =
            if start.line() == end.line() { end.col().saturating_sub(start.col()) } else { usize::MAX };
        Span { file: self.file, line: start.line().max(1), column: start.col() + 1, width: width.max(1) }
    }
}

fn as_key(node: Node) -> Result<Key, (Span, String, &'static str)> {
    let span = node.span;
    let found = node.describe();
    match node.kind {
        Kind::Scalar(Scalar { text, form: Form::Plain }) if text == "<<" => Ok(Key::Merge),
        Kind::Scalar(scalar) if scalar.value() == Value::Text => Ok(Key::Text(scalar.text, span)),
        Kind::Scalar(_) => {
            Err((span, format!("a key has to be text, and this is {found}"), "put it in quotes"))
        }
        // `{{ .vars.name }}` without quotes is a map whose key is a map.
        _ => Err((
            span,
            format!("a key has to be text, and this is {found}"),
            "a template has to be in quotes",
        )),
    }
}

//! The files that a profile is made of, and what was found wrong in them so far.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::model::Location;
use super::yaml::{Form, Scalar, Span};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More than this is not kept, so that a hostile file can't make a list as long as itself.
const KEPT: usize = 1_000;

#[derive(Debug)]
struct Source {
    name: Arc<str>,
    path: PathBuf,
    text: String,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Sources {
    files: Vec<Source>,
    found: Vec<(Span, Diagnostic)>,
}

impl Sources {
    /// Adds a file, whose lines end with `\n` alone, and answers its number.
    pub(super) fn add(&mut self, path: &Path, text: String) -> usize {
        let breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        self.files.push(Source { name: path.to_string_lossy().into(), path: path.to_owned(), text, lines });
        self.files.len() - 1
    }

    pub(super) fn count(&self) -> usize {
        self.files.len()
    }

    pub(super) fn path(&self, file: usize) -> &Path {
        self.files.get(file).map_or(Path::new(""), |source| &source.path)
    }

    pub(super) fn text(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |source| &source.text)
    }

    /// Notes that something is wrong at `span`, and what to do about it if that is not plain from the message.
    pub(super) fn report(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        if self.found.len() >= KEPT || self.found.iter().rev().take(4).any(|(other, _)| *other == span) {
            // The same place again is a consequence of what was said about it already.
            return;
        }
        let location = self.location(span);
        let diagnostic = Diagnostic {
            file: location.file,
            line: location.line,
            column: location.column,
            width: span.width.max(1),
            message: message.into(),
            help: help.into(),
            source: self.line(span).to_owned(),
        };
        self.found.push((span, diagnostic));
    }

    /// What was found wrong, in the order of the files and their lines.
    pub(super) fn finish(mut self) -> Option<Diagnostics> {
        self.found.sort_by_key(|(span, _)| *span);
        let mut found = self.found.into_iter().map(|(_, diagnostic)| diagnostic);
        let first = found.next()?;
        Some(Diagnostics::new(first, found.collect()))
    }

    pub(super) fn is_sound(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn location(&self, span: Span) -> Location {
        let file = self.files.get(span.file).map_or_else(|| "".into(), |source| source.name.clone());
        Location { file, line: span.line, column: if span.line == 0 { 0 } else { span.column } }
    }

    /// The line that `span` is on, without its end.
    fn line(&self, span: Span) -> &str {
        let Some(source) = self.files.get(span.file) else { return "" };
        let Some(start) = span.line.checked_sub(1).and_then(|index| source.lines.get(index)) else {
            return "";
        };
        source.text.get(*start..).and_then(|rest| rest.split('\n').next()).unwrap_or("")
    }

    /// The place of some characters inside a scalar, or of the whole scalar if it was not written as it reads.
    pub(super) fn inside(&self, span: Span, scalar: &Scalar, start: usize, width: usize) -> Span {
        let shift = match scalar.form {
            Form::Plain => 0,
            Form::Quoted => 1,
            Form::Block => return span,
        };
        let column = span.column + shift;
        let mut written = self.line(span).chars().skip(column - 1);
        if scalar.text.chars().all(|c| written.next() == Some(c)) {
            Span { column: column + start, width: width.max(1), ..span }
        } else {
            span
        }
    }

    /// Whether the rest of the line behind a plain scalar is a comment, which may well have been meant as text.
    pub(super) fn is_cut_by_comment(&self, span: Span, scalar: &Scalar) -> bool {
        let behind = span.column - 1 + scalar.text.chars().count();
        let rest: String = self.line(span).chars().skip(behind).collect();
        scalar.form == Form::Plain && rest.trim_start().starts_with('#')
    }
}

//! Reading a file and the files that it extends.

use super::decode::decode;
use super::limits::Limits;
use super::merge::{merge, refuse_twins};
use super::source::Sources;
use super::yaml::{self, Kind, Node, Span};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Reads a file's bytes.
pub(super) type Read<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

pub(super) struct Loader<'a> {
    sources: &'a mut Sources,
    limits: &'a Limits,
    read: Read<'a>,
    /// The files that are being read, each extended by the one before it.
    chain: Vec<PathBuf>,
    /// Whether it has been said that there are too many files.
    full: bool,
}

impl<'a> Loader<'a> {
    pub(super) fn new(sources: &'a mut Sources, limits: &'a Limits, read: Read<'a>) -> Self {
        Self { sources, limits, read, chain: Vec::new(), full: false }
    }

    /// Reads the file at `path` and lays it over what it extends. If there is nothing to look at, the reason has
    /// been reported.
    pub(super) fn load(&mut self, path: &Path, bytes: &[u8]) -> Option<Node> {
        let (text, fault) = decode(bytes.get(..self.limits.file_bytes).unwrap_or(bytes));
        let file = self.sources.add(path, text);
        let start = Span { file, line: 1, column: 1, width: 1 };
        if bytes.len() > self.limits.file_bytes {
            let message = format!("the file is larger than {} bytes", self.limits.file_bytes);
            self.sources.report(Span { line: 0, ..start }, message, "split it and use `extends`");
            return None;
        }
        if let Some(fault) = fault {
            self.sources.report(
                Span { line: fault.line, column: fault.column, ..start },
                fault.message,
                fault.help,
            );
            return None;
        }
        let sound = self.sources.is_sound();
        let root = yaml::read(self.sources, file, self.limits);
        let Some(mut root) = root.filter(|root| !root.is_null()) else {
            if !sound || self.sources.is_sound() {
                self.sources.report(start, "the profile is empty", START);
            }
            return None;
        };
        let description = root.describe();
        let Kind::Map(entries) = &mut root.kind else {
            self.sources.report(root.span, format!("a profile is a map, and this is {description}"), START);
            return None;
        };
        let extends =
            entries.iter().position(|entry| entry.key == "extends").map(|at| entries.remove(at).value);
        refuse_twins(&mut root, self.sources);
        self.chain.push(normal(path));
        let base = extends.and_then(|extends| self.bases(extends, path));
        self.chain.pop();
        Some(merge(base, root))
    }

    /// Reads the files that one extends and lays them over each other, from left to right.
    fn bases(&mut self, extends: Node, path: &Path) -> Option<Node> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let names = match extends.kind {
            Kind::List(items) => items,
            _ if extends.is_null() => Vec::new(),
            _ => vec![extends],
        };
        let mut base = None;
        for name in names {
            let Kind::Scalar(scalar) = &name.kind else {
                let message = format!("`extends` lists files, and this is {}", name.describe());
                self.sources.report(name.span, message, "write `extends: [base.yaml]`");
                continue;
            };
            if let Some(node) = self.base(&folder.join(&scalar.text), name.span) {
                base = Some(merge(base, node));
            }
        }
        base
    }

    fn base(&mut self, path: &Path, span: Span) -> Option<Node> {
        let identity = normal(path);
        if let Some(at) = self.chain.iter().position(|file| *file == identity) {
            let mut round: Vec<String> =
                self.chain[at..].iter().map(|file| file.display().to_string()).collect();
            round.push(identity.display().to_string());
            let message = format!("these files extend each other: {}", round.join(" → "));
            self.sources.report(span, message, "take one of the `extends` out");
            return None;
        }
        // Counting the files bounds the depth as well, whatever names symbolic links give them.
        if self.sources.count() >= self.limits.files {
            if !std::mem::replace(&mut self.full, true) {
                let message = format!("the profile is made of more than {} files", self.limits.files);
                self.sources.report(span, message, "a file that is extended twice counts twice");
            }
            return None;
        }
        match (self.read)(path) {
            Ok(bytes) => self.load(path, &bytes),
            Err(error) => {
                let message = format!("{} cannot be read: {error}", path.display());
                self.sources.report(span, message, "a path here is relative to the folder of this file");
                None
            }
        }
    }
}

const START: &str = "begin with `profile: {name: …}`";

/// A path without `.` and `..`, by its names alone.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match normal.components().next_back() {
                Some(Component::Normal(_)) => {
                    normal.pop();
                }
                Some(Component::RootDir) => {}
                _ => normal.push(".."),
            },
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_taken_out_of_paths() {
        for (path, expected) in [
            ("a/./b", "a/b"),
            ("a/../b", "b"),
            ("../../b", "../../b"),
            ("/../b", "/b"),
            ("a/b/../../..", ".."),
        ] {
            assert_eq!(normal(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}

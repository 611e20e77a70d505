//! `quoin plugin`.

mod inspect;
mod list;
#[cfg(feature = "authoring")]
mod test;

pub(super) use inspect::inspect;
pub(super) use list::list;
#[cfg(feature = "authoring")]
pub(super) use test::test;

use crate::profile::PluginSource;
use crate::report::write_json;
use serde::Serialize;
use std::io::{self, Write};

/// A plugin that the command line names: what it is called by, and where it is.
fn named(text: &str) -> (String, PluginSource) {
    let source = PluginSource::of(text);
    let name = match &source {
        PluginSource::BuiltIn => text.to_owned(),
        PluginSource::File(path) => {
            path.file_stem().map_or_else(|| text.into(), |stem| stem.to_string_lossy().into())
        }
    };
    (name, source)
}

/// JSON below a heading.
fn indented(value: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    write_json(value, &mut text)?;
    String::from_utf8_lossy(&text).lines().try_for_each(|line| writeln!(to, "  {line}"))
}

/// A size that people can read.
fn kilobytes(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}

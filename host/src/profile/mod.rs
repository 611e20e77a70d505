//! Profiles: from YAML text to a [`Profile`] which cannot be wrong from then on.
//!
//! ```
//! use quoin::profile::{self, Limits};
//! use std::path::Path;
//!
//! let text = b"
//! profile: {name: Example}
//! controls:
//!   items:
//!     - id: hosts-exists
//!       observations:
//!         - plugin: file
//!           config: {path: /etc/hosts}
//!           expect: data.exists
//! ";
//! let profile = profile::parse(text, Path::new("example.yaml"), &["file"], &Limits::default(), &profile::no_files);
//! assert_eq!(profile.unwrap().controls[0].observations[0].expect[0].text(), "data.exists");
//! ```
//!
//! The way of a text: `decode` (UTF-8, line ends), `yaml` (a tree that knows its lines), `extend` and `merge` (one
//! tree of all files), `template` (variables), then `shape`, `controls`, `plugins` and `graph` make the types of
//! `model`. Whatever is wrong on the way is collected in `source` and reported at the end, all of it at once.

mod config;
mod controls;
mod decode;
mod diagnostic;
mod duration;
mod extend;
mod graph;
mod limits;
mod merge;
mod model;
mod plugins;
mod retry;
mod shape;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use duration::parse_duration;
pub use limits::Limits;
pub use model::{
    Control, ControlId, Location, Observation, Plugin, PluginName, PluginSource, Profile, Severity,
};
pub use retry::{Backoff, Retry};

use extend::{Loader, Read};
use plugins::Plugins;
use shape::{fields, text};
use source::Sources;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use template::{Templates, refuse_in_vars};
use yaml::{Kind, Node, Span};

/// Reads the profile in a file, and what it extends, with the default [`Limits`].
///
/// `builtins` are the names of the plugins that need no file.
///
/// # Errors
/// With everything that is wrong, at once.
pub fn load(path: &Path, builtins: &[&str]) -> Result<Profile, Diagnostics> {
    let limits = Limits::default();
    let read = |path: &Path| read_file(path, &limits);
    match read(path) {
        Ok(bytes) => parse(&bytes, path, builtins, &limits, &read),
        Err(error) => {
            let help = match error.kind() {
                io::ErrorKind::NotFound => "check the path",
                io::ErrorKind::PermissionDenied => {
                    "check the file's permissions, or run as a user who may read it"
                }
                _ => "name a profile's file",
            };
            let first = Diagnostic {
                file: path.to_string_lossy().into(),
                line: 0,
                column: 0,
                width: 0,
                message: format!("the profile cannot be read: {error}"),
                help: help.into(),
                source: String::new(),
            };
            Err(Diagnostics::new(first, Vec::new()))
        }
    }
}

/// Reads a profile from its text. `name` is what its file is called, `read` gives the bytes of the files that it
/// extends; nothing else is looked at outside of the text.
///
/// # Errors
/// With everything that is wrong, at once.
pub fn parse(
    text: &[u8],
    name: &Path,
    builtins: &[&str],
    limits: &Limits,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
) -> Result<Profile, Diagnostics> {
    let mut sources = Sources::default();
    let read: Read<'_> = read;
    let profile = Loader::new(&mut sources, limits, read)
        .load(name, text)
        .map(|root| assemble(root, name, builtins, limits, &mut sources));
    match (profile, sources.finish()) {
        (Some(profile), None) => Ok(profile),
        (_, found) => Err(found.unwrap_or_default()),
    }
}

/// Gives [`parse`] no files to extend.
///
/// # Errors
/// Always.
pub fn no_files(_: &Path) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::NotFound.into())
}

fn read_file(path: &Path, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than is allowed tells that there is more.
    let most = u64::try_from(limits.file_bytes).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes a profile of the tree of all its files. It is one to be used only if nothing was reported.
fn assemble(
    mut root: Node,
    path: &Path,
    builtins: &[&str],
    limits: &Limits,
    sources: &mut Sources,
) -> Profile {
    expand(&mut root, limits, sources);
    let mut profile = Profile {
        name: String::new(),
        version: String::new(),
        description: None,
        plugins: Vec::new(),
        controls: Vec::new(),
        path: path.to_owned(),
    };
    let start = Span { file: 0, line: 1, column: 1, width: 1 };
    let Some(sections) =
        fields(&root, "a profile", &["profile", "extends", "plugins", "vars", "controls"], sources)
    else {
        return profile;
    };
    match sections.get("profile") {
        Some(node) => head(node, &mut profile, sources),
        None => sources.report(start, "the profile has no name", "begin with `profile: {name: …}`"),
    }
    let mut plugins = Plugins::new(sections.get("plugins"), builtins, sources);
    match sections.get("controls") {
        Some(node) => profile.controls = controls::controls(node, &mut plugins, sources),
        None => {
            let help = "list them under `controls: items:`";
            sources.report(Span { width: 2, ..start }, "the profile has no controls", help);
        }
    }
    profile.plugins = plugins.finish();
    profile
}

/// Replaces the variables in everything below `controls`.
fn expand(root: &mut Node, limits: &Limits, sources: &mut Sources) {
    let vars = root.get("vars").filter(|vars| !vars.is_null()).cloned();
    if let Some(vars) = &vars {
        if !matches!(vars.kind, Kind::Map(_)) {
            let message = format!("`vars` is a map, and this is {}", vars.describe());
            sources.report(vars.span, message, "write it as `vars: {name: value}`");
        }
        refuse_in_vars(vars, sources);
    }
    let mut templates = Templates::new(vars.as_ref(), limits);
    if let Kind::Map(entries) = &mut root.kind {
        for entry in entries.iter_mut().filter(|entry| entry.key == "controls") {
            templates.expand(&mut entry.value, sources);
        }
    }
}

/// Reads `profile`: what it is called.
fn head(node: &Node, profile: &mut Profile, sources: &mut Sources) {
    let Some(given) = fields(node, "`profile`", &["name", "version", "description"], sources) else { return };
    match given.get("name") {
        Some(node) => profile.name = text(node, "a name", sources).unwrap_or_default(),
        None => sources.report(node.span, "the profile has no name", "give it one: `profile: {name: …}`"),
    }
    if let Some(node) = given.get("version") {
        profile.version = text(node, "a version", sources).unwrap_or_default();
    }
    profile.description = given.get("description").and_then(|node| text(node, "a description", sources));
}

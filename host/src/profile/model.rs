//! What a profile says, in types that can't be wrong: ids are unique and well formed, every dependency points at
//! a control, every plugin is named once, every duration is in range.

use super::retry::Retry;
use crate::expect::Expectation;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The longest id or plugin name, in characters.
const NAME_LIMIT: usize = 128;

/// What identifies a control, or names a plugin: letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControlId(Arc<str>);

/// The name that observations call a plugin by; spelled as a [`ControlId`] is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginName(Arc<str>);

macro_rules! spelled {
    ($name:ident) => {
        impl $name {
            /// Reads one.
            ///
            /// # Errors
            /// With the reason, as a sentence's end: `is empty`, `has a space in it`.
            pub fn new(text: &str) -> Result<Self, String> {
                check_spelling(text).map(|()| Self(text.into()))
            }

            /// As it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

spelled!(ControlId);
spelled!(PluginName);

fn check_spelling(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is empty".into());
    }
    if text.chars().count() > NAME_LIMIT {
        return Err(format!("is longer than {NAME_LIMIT} characters"));
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
        Some(' ') => Err("has a space in it".into()),
        Some(other) => Err(format!("has `{other}` in it")),
        None => Ok(()),
    }
}

/// How much a failed control matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Low,
    /// To be put right in time.
    Medium,
    /// To be put right soon.
    High,
    /// To be put right now.
    Critical,
}

impl Severity {
    /// The four words, mildest first.
    pub const WORDS: [&'static str; 4] = ["low", "medium", "high", "critical"];

    /// The severity that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }

    /// Its word in profiles and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a profile's file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file as it was named on the command line or by `extends`.
    pub file: Arc<str>,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Where a plugin's module comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginSource {
    /// It is embedded in the binary, under the plugin's name.
    BuiltIn,
    /// It is read from this file; a relative path has been joined to the folder of the profile that names it.
    File(PathBuf),
}

impl PluginSource {
    /// Where a plugin is that is called so: in a file if that looks like a path, else in the binary.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.contains('/') || text.ends_with(".wasm") {
            true => Self::File(text.into()),
            false => Self::BuiltIn,
        }
    }
}

/// A plugin that the profile lists or an observation uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// What observations call it.
    pub name: PluginName,
    /// Where its module is.
    pub source: PluginSource,
    /// Where the profile names it: in `plugins`, else in the first observation that uses it.
    pub location: Location,
}

/// A whole profile, with everything that it extends merged in.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its version; empty if it says none.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// Every plugin that is listed or used, each name once.
    pub plugins: Vec<Plugin>,
    /// The controls, in the order of the profile.
    pub controls: Vec<Control>,
    /// The file it was read from.
    pub path: PathBuf,
}

/// One thing that is asked of a device.
#[derive(Debug, Clone)]
pub struct Control {
    /// Unique in its profile.
    pub id: ControlId,
    /// For people; the id if the profile gives none.
    pub name: String,
    /// What it means and what to do about it.
    pub description: Option<String>,
    /// How much a failure matters.
    pub severity: Option<Severity>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Words to select it by: those of the defaults first, then its own.
    pub tags: Vec<String>,
    /// The controls that have to pass first, as indices into [`Profile::controls`]; never in a circle.
    pub depends_on: Vec<usize>,
    /// The time that all of its observations together may take, with their retries.
    pub timeout: Duration,
    /// How often to try again, and when.
    pub retry: Retry,
    /// What is looked at; at least one.
    pub observations: Vec<Observation>,
    /// Where the control begins.
    pub location: Location,
}

/// One question to one plugin, and what its answer has to be.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The plugin to ask; [`Profile::plugin`] has it.
    pub plugin: PluginName,
    /// What the plugin is told.
    pub config: Map<String, Value>,
    /// What has to be true of the evidence; if empty, the evidence's own status decides.
    pub expect: Vec<Expectation>,
    /// Where the observation begins.
    pub location: Location,
    pub(super) config_locations: BTreeMap<String, Location>,
}

impl Profile {
    /// The plugin of that name. Every [`Observation::plugin`] has one.
    #[must_use]
    pub fn plugin(&self, name: &PluginName) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.name == *name)
    }
}

impl Observation {
    /// Where the configuration value at a JSON pointer (RFC 6901, `""` for the whole) was written, or the
    /// nearest value around it if that one was not written at all.
    #[must_use]
    pub fn config_location(&self, pointer: &str) -> &Location {
        let mut pointer = pointer;
        loop {
            if let Some(location) = self.config_locations.get(pointer) {
                return location;
            }
            match pointer.rfind('/') {
                Some(parent) => pointer = &pointer[..parent],
                None => return &self.location,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_with_few_characters() {
        assert_eq!(ControlId::new("sshd-1.2_b").unwrap().as_str(), "sshd-1.2_b");
        assert_eq!(ControlId::new("").unwrap_err(), "is empty");
        assert_eq!(ControlId::new("a b").unwrap_err(), "has a space in it");
        assert_eq!(ControlId::new("a/b").unwrap_err(), "has `/` in it");
        assert_eq!(PluginName::new("é").unwrap_err(), "has `é` in it");
        assert!(ControlId::new(&"a".repeat(128)).is_ok());
        assert_eq!(ControlId::new(&"a".repeat(129)).unwrap_err(), "is longer than 128 characters");
    }

    #[test]
    fn severities_have_one_word_each_and_an_order() {
        for word in Severity::WORDS {
            assert_eq!(Severity::from_word(word).unwrap().to_string(), word);
        }
        assert_eq!(Severity::from_word("High"), None);
        assert!(Severity::Low < Severity::Critical);
    }
}

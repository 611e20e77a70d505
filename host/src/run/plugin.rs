//! What a run needs to be told about plugins, and what it says when they are not ready.

use super::outcome::Observer;
use crate::profile::Profile;
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What the operator says about plugins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// The directory that is audited in place of `/`.
    pub root: Option<PathBuf>,
    /// Capabilities beyond what configurations need, as `kind:pattern`.
    pub grants: Vec<String>,
    /// Plugins get all that they declare.
    pub trust_plugins: bool,
    /// What plugins log is shown.
    pub show_log: bool,
}

/// Loads the plugins that the selected controls of a profile need, and answers who makes their observations.
pub type Prepare = fn(&Arc<Profile>, &[bool], &Setup) -> Result<Arc<dyn Observer>, PluginErrors>;

/// What a plugin of this binary says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PluginSummary {
    /// What profiles call it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it checks.
    pub description: String,
    /// The module's size in bytes.
    pub bytes: usize,
    /// What it wants to be allowed, as `kind:pattern`.
    pub capabilities: Vec<String>,
}

/// Asks every built-in plugin about itself.
pub type Describe = fn() -> Result<Vec<PluginSummary>, PluginErrors>;

/// Something that is wrong with one plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginError {
    /// What the profile calls it.
    pub plugin: String,
    /// Where the profile names it; empty where no profile does.
    pub location: String,
    /// What is wrong, and what was expected.
    pub message: String,
}

/// Everything that keeps a profile's plugins from being ready; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginErrors(pub Vec<PluginError>);

impl fmt::Display for PluginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.location.is_empty() {
            write!(f, "{}: ", self.location)?;
        }
        write!(f, "plugin {}: {}", self.plugin, self.message)
    }
}

impl fmt::Display for PluginErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the profile's plugins are not ready; nothing was run\n")?;
        self.0.iter().try_for_each(|error| write!(f, "\n{error}"))
    }
}

impl std::error::Error for PluginErrors {}

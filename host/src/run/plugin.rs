//! What a run needs to be told about plugins, and what it says when they are not ready.

use super::outcome::Observer;
use crate::linux::{LogSink, OpenRootError};
use crate::network::OpenNetworkError;
use crate::profile::Profile;
use quoin_engine::capability::{Capability, CapabilityError};
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What the operator says about plugins.
pub struct Setup {
    /// The directory that is audited in place of `/`.
    pub root: Option<PathBuf>,
    /// The device that network checks go out from, on a stack of our own; else they use this machine's sockets.
    pub net: Option<String>,
    /// Certificate authorities to trust, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Capabilities beyond what configurations need.
    pub grants: Vec<Capability>,
    /// Plugins get all that they declare.
    pub trust_plugins: bool,
    /// Takes what plugins log.
    pub log: Arc<LogSink>,
}

/// Plugins that are ready to run.
pub struct Prepared {
    /// Who makes observations with them.
    pub observer: Arc<dyn Observer>,
    /// What the operator should know about them.
    pub warnings: Vec<String>,
}

/// Loads the plugins that the selected controls of a profile need, and answers who makes their observations.
pub type Prepare = fn(&Arc<Profile>, &[bool], Setup) -> Result<Prepared, PrepareError>;

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
pub type Describe = fn() -> Result<Vec<PluginSummary>, PrepareError>;

/// Why plugins are not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrepareError {
    /// There is no such root directory.
    Root(OpenRootError),
    /// The network cannot be reached in the way that was asked for.
    Network(OpenNetworkError),
    /// The operator's grants are too many.
    Grants(CapabilityError),
    /// Everything that is wrong with the plugins; never empty.
    Plugins(Vec<PluginError>),
}

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

impl fmt::Display for PluginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.location.is_empty() {
            write!(f, "{}: ", self.location)?;
        }
        write!(f, "plugin {}: {}", self.plugin, self.message)
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(error) => write!(f, "--root: {error}"),
            Self::Network(error) => error.fmt(f),
            Self::Grants(error) => write!(f, "--grant: {error}"),
            Self::Plugins(errors) => {
                f.write_str("plugins cannot be used; nothing was run\n")?;
                errors.iter().try_for_each(|error| write!(f, "\n{error}"))
            }
        }
    }
}

impl std::error::Error for PrepareError {}

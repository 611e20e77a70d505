//! What a run needs to be told about plugins, and what it says when they are not ready.

use super::outcome::Observer;
use crate::plugin::{OpenError, Setup};
use crate::profile::Profile;
use std::fmt;
use std::sync::Arc;

/// Plugins that are ready to run.
pub struct Prepared {
    /// Who makes observations with them.
    pub observer: Arc<dyn Observer>,
    /// What the operator should know about them.
    pub warnings: Vec<String>,
}

/// Loads the plugins that the selected controls of a profile need, and answers who makes their observations.
pub type Prepare = fn(&Arc<Profile>, &[bool], Setup) -> Result<Prepared, PrepareError>;

/// Why plugins are not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrepareError {
    /// No plugin can be run in the way that was asked for.
    Open(OpenError),
    /// Everything that is wrong with the plugins and their configurations; never empty.
    Plugins(Vec<PluginError>),
}

/// Something that is wrong with one plugin, or with what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginError {
    /// What the profile calls it.
    pub plugin: String,
    /// Where the profile names it, or tells it so.
    pub location: String,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl fmt::Display for PluginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: plugin {}: {}", self.location, self.plugin, self.message)
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Plugins(errors) => {
                f.write_str("plugins cannot be used as the profile says; nothing was run\n")?;
                errors.iter().try_for_each(|error| write!(f, "\n{error}"))
            }
        }
    }
}

impl std::error::Error for PrepareError {}

impl From<OpenError> for PrepareError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

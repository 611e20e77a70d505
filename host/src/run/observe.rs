//! The joint between the scheduler and the engine.

use super::{Observer, PluginError, PluginErrors, PluginSummary, Setup};
use crate::profile::Profile;
use std::sync::Arc;

/// Loads the plugins that the selected controls of a profile need, and answers who makes their observations.
///
/// # Errors
///
/// Everything that is wrong with any of them.
pub fn prepare(
    profile: &Arc<Profile>,
    selected: &[bool],
    setup: &Setup,
) -> Result<Arc<dyn Observer>, PluginErrors> {
    let _ = (selected, setup);
    let missing = |plugin: &crate::profile::Plugin| PluginError {
        plugin: plugin.name.to_string(),
        location: plugin.location.to_string(),
        message: "this build has no engine".into(),
    };
    Err(PluginErrors(profile.plugins.iter().map(missing).collect()))
}

/// Asks every built-in plugin about itself.
///
/// # Errors
///
/// When one of them does not answer.
pub fn describe() -> Result<Vec<PluginSummary>, PluginErrors> {
    Ok(Vec::new())
}

//! The joint between the scheduler and the plugins of a profile.

use super::outcome::{Observer, Outcome};
use super::plugin::{PluginError, PrepareError, Prepared};
use crate::plugin::{Plugin, Setup, Workbench};
use crate::profile::{self, Control, Observation, PluginName, Profile};
use quoin_abi::error::{ErrorDetail, ErrorType};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// Makes observations with plugins.
struct Engineer {
    bench: Workbench,
    plugins: BTreeMap<PluginName, Plugin>,
    /// Plugins that do not fit what is audited, each with why.
    unsuited: BTreeMap<PluginName, String>,
}

/// Loads the plugins that the selected controls of a profile need, asks each once what it is, holds the configurations of
/// those controls against it, and answers who makes their observations.
///
/// # Errors
///
/// Everything that is wrong with any of them.
pub fn prepare(profile: &Arc<Profile>, selected: &[bool], setup: Setup) -> Result<Prepared, PrepareError> {
    let bench = Workbench::open(setup)?;
    let load = |needed: &&profile::Plugin| {
        bench.load_from(needed.name.as_str(), &needed.source).map_err(|error| error.to_string())
    };
    let (mut plugins, mut warnings, mut errors) = (BTreeMap::new(), Vec::new(), Vec::new());
    let needed = needed(profile, selected);
    for (needed, loaded) in needed.iter().zip(at_once(&needed, load)) {
        match loaded {
            Ok(plugin) => {
                let name = &needed.name;
                warnings.extend(plugin.warnings().iter().map(|warning| format!("plugin {name}: {warning}")));
                plugins.insert(name.clone(), plugin);
            }
            Err(message) => errors.push(PluginError {
                plugin: needed.name.to_string(),
                location: needed.location.to_string(),
                message,
            }),
        }
    }
    for observation in observations(profile, selected) {
        let Some(plugin) = plugins.get(&observation.plugin) else { continue };
        let said = |pointer: &str, message: String| PluginError {
            plugin: observation.plugin.to_string(),
            location: observation.config_location(pointer).to_string(),
            message,
        };
        match plugin.configure(Value::Object(observation.config.clone())) {
            Ok(config) => {
                let more = plugin.warnings_about(&config).into_iter();
                warnings.extend(more.map(|warning| said("", warning.to_string()).to_string()));
            }
            Err(error) => {
                errors.extend(error.misfits.into_iter().map(|misfit| said(&misfit.pointer, misfit.message)));
            }
        }
    }
    let unsuited = plugins.iter().filter_map(|(name, plugin)| Some((name.clone(), plugin.unsuited()?)));
    let unsuited = unsuited.collect();
    match errors.is_empty() {
        true => Ok(Prepared { observer: Arc::new(Engineer { bench, plugins, unsuited }), warnings }),
        false => Err(PrepareError::Plugins(errors)),
    }
}

/// The selected controls' observations.
fn observations<'a>(profile: &'a Profile, selected: &'a [bool]) -> impl Iterator<Item = &'a Observation> {
    let controls = profile.controls.iter().zip(selected).filter(|(_, selected)| **selected);
    controls.flat_map(|(control, _)| &control.observations)
}

/// The plugins that they ask.
fn needed<'a>(profile: &'a Profile, selected: &[bool]) -> Vec<&'a profile::Plugin> {
    let used: Vec<_> = observations(profile, selected).map(|observation| &observation.plugin).collect();
    profile.plugins.iter().filter(|plugin| used.contains(&&plugin.name)).collect()
}

/// Does `work` for each of `items`, on a thread each where there are several.
fn at_once<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let work = &work;
    match items {
        [one] => vec![work(one)],
        // No system has so few threads left that a handful of plugins were too many; the profile limits their number.
        several => thread::scope(|scope| {
            let threads: Vec<_> = several.iter().map(|item| scope.spawn(move || work(item))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        }),
    }
}

impl Observer for Engineer {
    fn observe(&self, _: &Control, observation: &Observation, deadline: Instant) -> Outcome {
        let Some(plugin) = self.plugins.get(&observation.plugin) else {
            let text = format!("plugin {} has not been loaded", observation.plugin);
            return Outcome::error(ErrorDetail::new(ErrorType::Internal, "EPLUGIN", text));
        };
        match plugin.configure(Value::Object(observation.config.clone())) {
            Ok(config) => {
                let left = deadline.saturating_duration_since(Instant::now());
                plugin.observe(&config, left).judge(&observation.expect)
            }
            Err(error) => Outcome::error(ErrorDetail::new(ErrorType::Config, "ECONFIG", error.to_string())),
        }
    }

    fn unsuited(&self, control: &Control) -> Option<String> {
        control.observations.iter().find_map(|observation| self.unsuited.get(&observation.plugin)).cloned()
    }

    fn interrupt(&self) {
        self.bench.interrupt();
    }
}

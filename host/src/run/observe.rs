//! The joint between the scheduler and the engine: a profile's plugins, ready to make its observations.

use super::judge::judge;
use super::outcome::{Observer, Outcome};
use super::platform;
use super::plugin::{PluginError, PluginSummary, PrepareError, Prepared, Setup};
use crate::builtin;
use crate::linux::Machine;
use crate::network::Networking;
use crate::policy::{OperatorGrants, PluginPolicy};
use crate::profile::{self, Control, Observation, PluginName, PluginSource, Profile};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::metadata::Metadata;
use quoin_engine::capability::{CapabilitySet, Grants};
use quoin_engine::host::{Host as _, LogLevel, LogLine};
use quoin_engine::{Deadline, Engine, Limits, Plugin, Session};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// What a plugin may take to say what it is.
const DESCRIBE: Duration = Duration::from_secs(10);
/// What commands may take to end by themselves when the run is interrupted.
const FAREWELL: Duration = Duration::from_millis(500);

/// A plugin that has said what it is, and what it may do.
struct Ready {
    plugin: Plugin,
    policy: PluginPolicy,
    metadata: Metadata,
}

/// Makes observations with plugins.
struct Engineer {
    machine: Arc<Machine>,
    plugins: BTreeMap<PluginName, Ready>,
    /// Plugins that do not fit what is audited, each with why.
    unsuited: BTreeMap<PluginName, String>,
}

/// Loads the plugins that the selected controls of a profile need, asks each once what it is, and answers who makes
/// their observations.
///
/// # Errors
///
/// Everything that is wrong with any of them.
pub fn prepare(profile: &Arc<Profile>, selected: &[bool], setup: Setup) -> Result<Prepared, PrepareError> {
    let operator = OperatorGrants::new(setup.grants, setup.trust_plugins).map_err(PrepareError::Grants)?;
    let network = match (&setup.root, &setup.net) {
        // An image is on no network; a stack of our own is on one all the same.
        (Some(_), None) => None,
        (_, net) => {
            let network = Networking::open(net.as_deref(), setup.ca_file.as_deref());
            Some(network.map_err(PrepareError::Network)?)
        }
    };
    let machine = Machine::open(setup.root.as_deref(), network, setup.log).map_err(PrepareError::Root)?;
    let engine = Engine::new(Limits::default());
    let load = |needed: &&profile::Plugin| -> Result<(Ready, Vec<String>), String> {
        let name = needed.name.as_str();
        let (plugin, metadata, schema) = load(&engine, &machine, name, &bytes(needed)?)?;
        let (policy, warnings) = PluginPolicy::new(&metadata.capabilities, &schema, &operator);
        let warnings = warnings.iter().map(|warning| format!("plugin {name}: {warning}")).collect();
        Ok((Ready { plugin, policy, metadata }, warnings))
    };
    let (mut plugins, mut warnings, mut errors) = (BTreeMap::new(), Vec::new(), Vec::new());
    let needed = needed(profile, selected);
    for (needed, loaded) in needed.iter().zip(at_once(&needed, load)) {
        match loaded {
            Ok((ready, more)) => {
                plugins.insert(needed.name.clone(), ready);
                warnings.extend(more);
            }
            Err(message) => errors.push(PluginError {
                plugin: needed.name.to_string(),
                location: needed.location.to_string(),
                message,
            }),
        }
    }
    let unsuited = plugins.iter().filter_map(|(name, ready)| {
        let why = platform::unsuited(&ready.metadata, ready.policy.declared(), setup.root.is_some())?;
        Some((name.clone(), format!("plugin {name} {why}")))
    });
    let unsuited = unsuited.collect();
    match errors.is_empty() {
        true => Ok(Prepared { observer: Arc::new(Engineer { machine, plugins, unsuited }), warnings }),
        false => Err(PrepareError::Plugins(errors)),
    }
}

/// Asks every built-in plugin about itself.
///
/// # Errors
///
/// When one of them does not answer.
pub fn describe() -> Result<Vec<PluginSummary>, PrepareError> {
    let machine = Machine::open(None, None, Arc::new(|_, _| {})).map_err(PrepareError::Root)?;
    let engine = Engine::new(Limits::default());
    let summary = |builtin: &builtin::Builtin| {
        let (name, wasm) = (builtin.name.to_owned(), builtin.wasm());
        let (_, metadata, _) = load(&engine, &machine, builtin.name, &wasm).map_err(|message| {
            let (plugin, location) = (name.clone(), String::new());
            PrepareError::Plugins(vec![PluginError { plugin, location, message }])
        })?;
        let (declared, _) = CapabilitySet::from_declared(&metadata.capabilities);
        Ok(PluginSummary {
            name,
            version: metadata.version,
            description: metadata.description,
            bytes: wasm.len(),
            capabilities: declared.capabilities().map(ToString::to_string).collect(),
        })
    };
    builtin::BUILTINS.iter().map(summary).collect()
}

/// The plugins of the selected controls' observations.
fn needed<'a>(profile: &'a Profile, selected: &[bool]) -> Vec<&'a profile::Plugin> {
    let controls = profile.controls.iter().zip(selected).filter(|(_, selected)| **selected);
    let used: Vec<_> = controls.flat_map(|(control, _)| &control.observations).map(|it| &it.plugin).collect();
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

/// A plugin's module.
fn bytes(plugin: &profile::Plugin) -> Result<Vec<u8>, String> {
    match &plugin.source {
        PluginSource::BuiltIn => match builtin::find(plugin.name.as_str()) {
            Some(builtin) => Ok(builtin.wasm()),
            None => {
                Err(format!("there is no such built-in plugin; there are: {}", builtin::names().join(", ")))
            }
        },
        PluginSource::File(path) => {
            read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
        }
    }
}

/// A regular file's bytes, no more than one more than a module may have.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let most = u64::try_from(Limits::default().module_bytes).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Loads a module and asks it what it is. It is granted nothing for that.
fn load(
    engine: &Engine,
    machine: &Arc<Machine>,
    name: &str,
    bytes: &[u8],
) -> Result<(Plugin, Metadata, Value), String> {
    let plugin = engine.load(bytes).map_err(|error| error.to_string())?;
    let host = machine.host(name);
    let deadline = Deadline::after(host.system().monotonic(), DESCRIBE);
    let session = Session { host: Box::new(host), grants: Grants::none(), deadline };
    let mut instance =
        plugin.instantiate(session).map_err(|failure| format!("it does not start: {failure}"))?;
    let metadata =
        instance.describe().map_err(|failure| format!("it does not describe itself: {failure}"))?;
    let schema = instance.schema().map_err(|failure| format!("it gives no schema: {failure}"))?;
    Ok((plugin, metadata, schema))
}

impl Observer for Engineer {
    fn observe(&self, _: &Control, observation: &Observation, deadline: Instant) -> Outcome {
        let Some(ready) = self.plugins.get(&observation.plugin) else {
            let text = format!("plugin {} has not been loaded", observation.plugin);
            return Outcome::error(ErrorDetail::new(ErrorType::Internal, "EPLUGIN", text));
        };
        let host = self.machine.host(observation.plugin.as_str());
        let (grants, warnings) = ready.policy.grants(&observation.config);
        for warning in &warnings {
            host.log(&LogLine { level: LogLevel::Warn, message: &warning.to_string(), attrs: &[] });
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let deadline = Deadline::after(host.system().monotonic(), left);
        let session = Session { host: Box::new(host), grants, deadline };
        let seen = match ready.plugin.instantiate(session) {
            Ok(instance) => instance.observe(&observation.config),
            Err(failure) => return Outcome::error(failure.detail()),
        };
        let mut outcome = match seen.evidence {
            Ok(evidence) => judge(evidence, &observation.expect),
            // A plugin that is refused something may well panic. The refusal is what can be put right.
            Err(failure) => Outcome::error(match seen.refusals.first() {
                Some(refusal) => ErrorDetail {
                    wrapped: Some(Box::new(failure.detail())),
                    ..ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", refusal.to_string())
                },
                None => failure.detail(),
            }),
        };
        if let Some(error) = outcome.error.as_mut().filter(|error| error.kind == ErrorType::Capability) {
            // Why no grant came of the configuration.
            for warning in warnings {
                error.message = format!("{}; {warning}", error.message);
            }
        }
        outcome
    }

    fn unsuited(&self, control: &Control) -> Option<String> {
        control.observations.iter().find_map(|observation| self.unsuited.get(&observation.plugin)).cloned()
    }

    fn interrupt(&self) {
        self.machine.interrupt(FAREWELL);
    }
}

//! [`Plugin`]: a module that has said what it is, and may be asked.

use super::config::{Config, ConfigError};
use super::seen::Seen;
use super::workbench::LoadError;
use crate::linux::Machine;
use crate::policy::{OperatorGrants, PluginPolicy, Warning};
use quoin_abi::metadata::Metadata;
use quoin_engine::capability::{CapabilitySet, Grants};
use quoin_engine::host::Host as _;
use quoin_engine::{Deadline, Engine, Generation, Observation, Session};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a plugin may take to say what it is.
const DESCRIBE: Duration = Duration::from_secs(10);

/// A plugin that has said what it is. Each observation is made by an instance of its own.
pub struct Plugin {
    name: String,
    module: quoin_engine::Plugin,
    machine: Arc<Machine>,
    metadata: Metadata,
    schema: Value,
    policy: PluginPolicy,
    warnings: Vec<Warning>,
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name)
            .field("module", &self.module)
            .finish_non_exhaustive()
    }
}

impl Plugin {
    /// Loads a module and asks it what it is. It is granted nothing for that.
    pub(super) fn load(
        engine: &Engine,
        machine: &Arc<Machine>,
        name: &str,
        bytes: &[u8],
        operator: &OperatorGrants,
    ) -> Result<Self, LoadError> {
        let module = engine.load(bytes).map_err(LoadError::Module)?;
        let host = machine.host(name);
        let deadline = Deadline::after(host.system().monotonic(), DESCRIBE);
        let session = Session { host: Box::new(host), grants: Grants::none(), deadline };
        let mut instance = module.instantiate(session).map_err(LoadError::Start)?;
        let metadata = instance.describe().map_err(LoadError::Describe)?;
        let schema = instance.schema().map_err(LoadError::Schema)?;
        let (policy, warnings) = PluginPolicy::new(&metadata.capabilities, &schema, operator);
        let (name, machine) = (name.to_owned(), Arc::clone(machine));
        Ok(Self { name, module, machine, metadata, schema, policy, warnings })
    }

    /// What it is called by: a built-in plugin's name, or its file's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which form of the guest contract it speaks.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.module.generation()
    }

    /// What it says about itself.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The JSON Schema of its configuration.
    #[must_use]
    pub const fn schema(&self) -> &Value {
        &self.schema
    }

    /// The capabilities that it declares, as far as they are well-formed.
    #[must_use]
    pub fn declared(&self) -> &CapabilitySet {
        self.policy.declared()
    }

    /// What in its declarations grants nothing, because it is malformed.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Makes a configuration fit, or says why it does not.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names everything that is wrong with it.
    pub fn configure(&self, config: Value) -> Result<Config, ConfigError> {
        Config::new(config)
    }

    /// Makes one observation, with a fresh instance that may do what the configuration needs and the operator allows.
    #[must_use]
    pub fn observe(&self, config: &Config, timeout: Duration) -> Seen {
        let start = Instant::now();
        let host = self.machine.host(&self.name);
        let (grants, warnings) = self.policy.grants(config.get());
        let deadline = Deadline::after(host.system().monotonic(), timeout);
        let observation = match self.module.instantiate(Session { host: Box::new(host), grants, deadline }) {
            Ok(instance) => instance.observe(config.get()),
            Err(failure) => {
                Observation { evidence: Err(failure), refusals: Vec::new(), fuel: 0, memory_bytes: 0 }
            }
        };
        Seen { observation, warnings, time: start.elapsed() }
    }
}

//! [`Plugin`]: a module that has said what it is, and may be asked.

use super::platform::unsuited;
use super::seen::Seen;
use super::workbench::LoadError;
use crate::linux::Machine;
use crate::policy::{OperatorGrants, PluginPolicy, Warning};
use crate::schema::{Config, ConfigError, Schema};
use quoin_abi::metadata::Metadata;
use quoin_engine::capability::{CapabilitySet, Grants};
use quoin_engine::host::Host as _;
use quoin_engine::{Deadline, Engine, Failure, Generation, Observation, Session};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a plugin may take to say what it is.
const DESCRIBE: Duration = Duration::from_secs(10);

/// A module, and what it says when it is asked what it is.
pub(super) struct Answers {
    machine: Arc<Machine>,
    module: quoin_engine::Plugin,
    pub(super) metadata: Result<Metadata, Failure>,
    pub(super) schema: Result<Value, Failure>,
}

impl Answers {
    /// Loads a module and asks it. It is granted nothing for that.
    pub(super) fn of(
        engine: &Engine,
        machine: &Arc<Machine>,
        name: &str,
        bytes: &[u8],
    ) -> Result<Self, LoadError> {
        let module = engine.load(bytes).map_err(LoadError::Module)?;
        let host = machine.host(name);
        let deadline = Deadline::after(host.system().monotonic(), DESCRIBE);
        let session = Session { host: Box::new(host), grants: Grants::none(), deadline };
        let mut instance = module.instantiate(session).map_err(LoadError::Start)?;
        let metadata = instance.describe();
        // After a trap or a limit there is nobody left to ask.
        let schema = match &metadata {
            Ok(_) | Err(Failure::Contract(_) | Failure::Plugin(_)) => instance.schema(),
            Err(failure) => Err(failure.clone()),
        };
        Ok(Self { machine: Arc::clone(machine), module, metadata, schema })
    }
}

/// A plugin that has said what it is. Each observation is made by an instance of its own.
pub struct Plugin {
    name: String,
    module: quoin_engine::Plugin,
    machine: Arc<Machine>,
    metadata: Metadata,
    schema: Schema,
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
    /// What has been found out about a module makes a plugin, if it is all there.
    pub(super) fn new(answers: Answers, name: &str, operator: &OperatorGrants) -> Result<Self, LoadError> {
        let Answers { machine, module, metadata, schema } = answers;
        let metadata = metadata.map_err(LoadError::Describe)?;
        let schema = Schema::new(schema.map_err(LoadError::Schema)?).map_err(LoadError::Unfit)?;
        let (policy, warnings) = PluginPolicy::new(&metadata.capabilities, &schema, operator);
        Ok(Self { name: name.to_owned(), module, machine, metadata, schema, policy, warnings })
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
    pub const fn schema(&self) -> &Schema {
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

    /// Why it makes no sense for what is audited, if it does not: it is for another system, or looks at a running one where
    /// an unpacked image is audited.
    #[must_use]
    pub fn unsuited(&self) -> Option<String> {
        let why = unsuited(&self.metadata, self.declared(), self.machine.is_image())?;
        Some(format!("plugin {} {why}", self.name))
    }

    /// Fills in the defaults of what a configuration leaves out, and checks it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] has everything in it that does not fit the plugin's schema.
    pub fn configure(&self, config: Value) -> Result<Config, ConfigError> {
        self.schema.configure(config)
    }

    /// Why no capability comes of a value of the configuration: the plugin may well be refused what it needs.
    #[must_use]
    pub fn warnings_about(&self, config: &Config) -> Vec<Warning> {
        self.policy.grants(config).1
    }

    /// What a configuration asks for, for whoever runs the plugin elsewhere. Paths that it names literally are not among it.
    #[must_use]
    pub fn asked(&self, config: &Config) -> CapabilitySet {
        self.policy.asked(config)
    }

    /// Makes one observation, with a fresh instance that may do what the configuration needs and the operator allows.
    /// The configuration has to be of this plugin.
    #[must_use]
    pub fn observe(&self, config: &Config, timeout: Duration) -> Seen {
        let start = Instant::now();
        let host = self.machine.host(&self.name);
        let (grants, warnings) = self.policy.grants(config);
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

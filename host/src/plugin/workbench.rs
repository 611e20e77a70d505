//! [`Workbench`]: where plugins are loaded and run.

use super::loaded::{Answers, Plugin};
use super::setup::{OpenError, Setup};
use crate::builtin;
use crate::linux::Machine;
use crate::network::Networking;
use crate::policy::OperatorGrants;
use crate::profile::PluginSource;
use crate::schema::SchemaError;
use quoin_engine::{Engine, Failure, Limits};
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What commands may take to end by themselves when a run is interrupted.
const FAREWELL: Duration = Duration::from_millis(500);

/// Where plugins are loaded and run: a machine, an engine, and what the operator allows.
pub struct Workbench {
    pub(super) machine: Arc<Machine>,
    pub(super) engine: Engine,
    operator: OperatorGrants,
}

impl Workbench {
    /// Gets everything ready that plugins need.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where the root, the network or the grants are not what they should be.
    pub fn open(setup: Setup) -> Result<Self, OpenError> {
        let operator = OperatorGrants::new(setup.grants, setup.trust_plugins).map_err(OpenError::Grants)?;
        let network = match (&setup.root, &setup.net) {
            // An image is on no network; a stack of our own is on one all the same.
            (Some(_), None) => None,
            (_, net) => {
                let network = Networking::open(net.as_deref(), setup.ca_file.as_deref());
                Some(network.map_err(OpenError::Network)?)
            }
        };
        let machine = Machine::open(setup.root.as_deref(), network, setup.log).map_err(OpenError::Root)?;
        Ok(Self { machine, engine: Engine::new(Limits::default()), operator })
    }

    /// Loads the module in a file. The plugin is called by the file's name without its extension.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says everything that is wrong with it.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Plugin, LoadError> {
        let path = path.as_ref();
        let name = path.file_stem().map_or_else(|| "plugin".into(), |stem| stem.to_string_lossy());
        self.load_from(&name, &PluginSource::File(path.to_owned()))
    }

    /// Loads a plugin from where a profile has it.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says everything that is wrong with it.
    pub fn load_from(&self, name: &str, source: &PluginSource) -> Result<Plugin, LoadError> {
        self.finish(name, self.ask(name, &bytes(name, source)?)?)
    }

    /// Asks a module what it is.
    pub(super) fn ask(&self, name: &str, bytes: &[u8]) -> Result<Answers, LoadError> {
        Answers::of(&self.engine, &self.machine, name, bytes)
    }

    pub(super) fn finish(&self, name: &str, answers: Answers) -> Result<Plugin, LoadError> {
        Plugin::new(answers, name, &self.operator)
    }

    /// Ends what plugins wait for, and the commands that run on their behalf. Nothing begins any more.
    pub fn interrupt(&self) {
        self.machine.interrupt(FAREWELL);
    }
}

/// A plugin's module.
pub(super) fn bytes(name: &str, source: &PluginSource) -> Result<Vec<u8>, LoadError> {
    match source {
        PluginSource::BuiltIn => match builtin::find(name) {
            Some(builtin) => Ok(builtin.wasm()),
            None => Err(LoadError::NoBuiltIn(name.into())),
        },
        PluginSource::File(path) => read(path).map_err(|error| LoadError::Read(path.clone(), error)),
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

/// Why a plugin cannot be used.
#[derive(Debug)]
pub enum LoadError {
    /// There is no built-in plugin of that name.
    NoBuiltIn(String),
    /// The file cannot be read.
    Read(PathBuf, io::Error),
    /// The module is no plugin.
    Module(quoin_engine::LoadError),
    /// It does not start.
    Start(Failure),
    /// It does not say what it is.
    Describe(Failure),
    /// It does not say what its configuration looks like.
    Schema(Failure),
    /// What it says about its configuration is not understood.
    Unfit(SchemaError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBuiltIn(name) => write!(
                f,
                "there is no built-in plugin `{name}`; there are: {}. A file is named by its path, ./{name}.wasm",
                builtin::names().join(", ")
            ),
            Self::Read(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Module(error) => error.fmt(f),
            Self::Start(failure) => write!(f, "it does not start: {failure}"),
            Self::Describe(failure) => write!(f, "it does not describe itself: {failure}"),
            Self::Schema(failure) => write!(f, "it gives no schema: {failure}"),
            Self::Unfit(error) => write!(f, "its schema cannot be used: {error}"),
        }
    }
}

impl std::error::Error for LoadError {}

//! [`Setup`]: what the operator says about plugins.

use crate::linux::{LogSink, OpenRootError};
use crate::network::OpenNetworkError;
use quoin_engine::capability::{Capability, CapabilityError};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What the operator says about plugins. By default they see this machine, and are granted nothing that their
/// configuration does not need.
pub struct Setup {
    /// The directory that is audited in place of `/`.
    pub root: Option<PathBuf>,
    /// The device that network checks go out from, on a stack of our own; else they use this machine's sockets.
    pub net: Option<String>,
    /// Certificate authorities to trust, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Capabilities beyond what configurations need, each `"kind:pattern".parse()`.
    pub grants: Vec<Capability>,
    /// Plugins get all that they declare.
    pub trust_plugins: bool,
    /// Takes what plugins log.
    pub log: Arc<LogSink>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            root: None,
            net: None,
            ca_file: None,
            grants: Vec::new(),
            trust_plugins: false,
            log: Arc::new(|_, _| {}),
        }
    }
}

/// Why no plugin can be run in this way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// There is no such root directory.
    Root(OpenRootError),
    /// The network cannot be reached in the way that was asked for.
    Network(OpenNetworkError),
    /// The operator's grants are too many.
    Grants(CapabilityError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(error) => write!(f, "--root: {error}"),
            Self::Network(error) => error.fmt(f),
            Self::Grants(error) => write!(f, "--grant: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

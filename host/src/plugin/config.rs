//! [`Config`]: a configuration that fits its plugin.

use serde_json::{Map, Value};
use std::fmt;

/// A configuration that fits its plugin, with the plugin's defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Config(Map<String, Value>);

impl Config {
    pub(super) fn new(value: Value) -> Result<Self, ConfigError> {
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(ConfigError),
        }
    }

    /// What the plugin is told.
    #[must_use]
    pub const fn get(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// Why a configuration does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError;

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a configuration is a JSON object, such as {\"path\": \"/etc/hosts\"}")
    }
}

impl std::error::Error for ConfigError {}

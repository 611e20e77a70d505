//! What an observation answers, whatever the generation of the plugin that made it.

use crate::error::ErrorDetail;
use alloc::string::String;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The normalised result of one observation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The plugin's own verdict, which decides where a profile has no `expect`.
    pub status: bool,
    /// The values that were seen.
    pub data: Map<String, Value>,
    /// Set when the observation could not be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
    /// When it was made, RFC 3339 in UTC.
    pub timestamp: String,
    /// What the plugin kept of its raw material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

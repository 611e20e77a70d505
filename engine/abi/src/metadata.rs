//! What a plugin says about itself.

use crate::capability::Capabilities;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The normalised answer of `describe` or `_manifest`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The plugin's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it checks, in a sentence.
    pub description: String,
    /// What it wants to be allowed.
    pub capabilities: Capabilities,
    /// The only operating system it makes sense on (`linux`), if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The SDK that built it (manifest generation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk_version: Option<String>,
    /// The oldest host it runs on (manifest generation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_host_version: Option<String>,
}

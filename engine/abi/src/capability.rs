//! How a capability is written down, in both forms of the contract. What it means is `quoin-engine`'s to say.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// A capability as a plugin declares it: `{"kind": "fs", "pattern": "read:/etc/**"}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// `fs`, `network`, `exec` or `env`.
    pub kind: String,
    /// What of that kind; its grammar depends on the kind.
    pub pattern: String,
}

/// The structured form, as manifests carry it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GrantSet {
    /// Hosts and ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Rules<NetworkRule>>,
    /// Files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fs: Option<Rules<FsRule>>,
    /// Environment variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<EnvRule>,
    /// Programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<ExecRule>,
}

/// A list of rules, any of which grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules<T> {
    /// The rules.
    #[serde(default = "Vec::new")]
    pub rules: Vec<T>,
}

/// Every host of the list on every port of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkRule {
    /// Names, `*.example.com`, addresses, CIDR blocks, or `*`.
    pub hosts: Vec<String>,
    /// Ports and ranges as text (`443`, `8000-8100`, `*`).
    pub ports: Vec<String>,
}

/// Globs of files that may be read and written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FsRule {
    /// May be read.
    pub read: Vec<String>,
    /// May be written.
    pub write: Vec<String>,
}

/// Environment variables by name, `PREFIX_*` or `*`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvRule {
    /// The names.
    pub vars: Vec<String>,
}

/// Programs by name, path or glob.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecRule {
    /// The commands.
    pub commands: Vec<String>,
}

/// Either form, as `describe` may carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Capabilities {
    /// A list of kind and pattern.
    List(Vec<Declared>),
    /// The structured form.
    Structured(GrantSet),
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

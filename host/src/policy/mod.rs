//! What an observation may do: what its plugin declares, cut down to what its configuration needs and what the
//! operator grants.
//!
//! ```
//! use quoin::policy::{OperatorGrants, PluginPolicy};
//! use quoin::schema::Schema;
//! use quoin_engine::capability::Access;
//! use serde_json::json;
//!
//! let declared = serde_json::from_value(json!([{"kind": "fs", "pattern": "read:**"}]))?;
//! let schema = json!({"properties": {"path": {"type": "string", "x-capability": "fs:read:{value}"}}});
//! let schema = Schema::new(schema)?;
//! let (policy, warnings) = PluginPolicy::new(&declared, &schema, &OperatorGrants::default());
//! assert!(warnings.is_empty());
//!
//! let config = schema.configure(json!({"path": "/etc/passwd"}))?;
//! let (grants, warnings) = policy.grants(&config);
//! assert!(warnings.is_empty());
//! assert!(grants.decide(Access::FsRead("/etc/passwd")).is_ok());
//! assert!(grants.decide(Access::FsRead("/etc/shadow")).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod derive;
mod template;

use crate::schema::{Config, Schema};
use derive::Annotations;
use quoin_abi::capability::Capabilities;
use quoin_engine::capability::{Capability, CapabilityError, CapabilitySet, Grants};
use std::fmt;
use template::Derived;

/// What the operator allows on the command line, besides what the profile's configuration needs.
#[derive(Debug, Clone, Default)]
pub struct OperatorGrants {
    granted: CapabilitySet,
    trust_plugins: bool,
}

impl OperatorGrants {
    /// The capabilities of every `--grant`, and whether `--trust-plugins` was said: all that a plugin declares.
    ///
    /// # Errors
    ///
    /// Where the capabilities are too many or too large together.
    pub fn new(
        granted: impl IntoIterator<Item = Capability>,
        trust_plugins: bool,
    ) -> Result<Self, CapabilityError> {
        Ok(Self { granted: CapabilitySet::new(granted)?, trust_plugins })
    }
}

/// The policy of one plugin in one run, from which the grants of each of its observations are made.
#[derive(Debug, Clone)]
pub struct PluginPolicy {
    declared: CapabilitySet,
    granted: CapabilitySet,
    annotations: Annotations,
}

impl PluginPolicy {
    /// Reads what a plugin declares and what its configuration's JSON Schema says about capabilities. What is
    /// malformed grants nothing and is among the warnings.
    ///
    /// A property may carry `x-capability`, a text or a list of them: `"fs:read:{value}"`,
    /// `"network:outbound:{host}:{port}"`. Where none does, the known keys hold: `path`, `url`, `host` with `port`,
    /// `hostname`, `command`.
    #[must_use]
    pub fn new(declared: &Capabilities, schema: &Schema, operator: &OperatorGrants) -> (Self, Vec<Warning>) {
        let (declared, errors) = CapabilitySet::from_declared(declared);
        let mut warnings: Vec<_> = errors.into_iter().map(Warning::Declared).collect();
        let annotations = Annotations::new(schema, &mut warnings);
        let granted = operator.granted.clone();
        let granted = if operator.trust_plugins { granted.union(&declared) } else { granted };
        let broad = granted.capabilities().filter_map(|capability| {
            Some(Warning::Broad { capability: capability.to_string(), why: capability.breadth(&declared)? })
        });
        for warning in broad {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        (Self { declared, granted, annotations }, warnings)
    }

    /// What an observation with this configuration may do. A value that no grant can be made of is among the
    /// warnings, with its place.
    #[must_use]
    pub fn grants(&self, config: &Config) -> (Grants, Vec<Warning>) {
        let mut warnings = Vec::new();
        let mut literals = Vec::new();
        let mut capabilities = Vec::new();
        self.annotations.derive(config, &mut |derived| match derived {
            Ok(Derived::Literal(literal)) => literals.push(literal),
            Ok(Derived::Capability(capability)) => capabilities.push(capability),
            Err(warning) => warnings.push(warning),
        });
        let derived = CapabilitySet::new(capabilities).unwrap_or_else(|error| {
            warnings.push(Warning::Derived(error));
            CapabilitySet::default()
        });
        let grants = Grants::new(self.declared.clone(), self.granted.clone(), literals);
        (grants.with_configured(&derived), warnings)
    }

    /// What the plugin declares, as far as it is well-formed.
    #[must_use]
    pub fn declared(&self) -> &CapabilitySet {
        &self.declared
    }
}

/// Something that grants nothing because it is malformed, and the run goes on without it; or that grants very much.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A capability that the plugin declares.
    Declared(CapabilityError),
    /// A capability that was granted, and allows more than it seems to.
    Broad {
        /// The capability.
        capability: String,
        /// What it allows.
        why: String,
    },
    /// An `x-capability` in the plugin's schema.
    Annotation {
        /// The property.
        at: String,
        /// The annotation.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A value of the configuration.
    Value {
        /// Where it is: `targets[2].host`.
        at: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The configuration asks for too much at once.
    Derived(CapabilityError),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(error) => {
                write!(f, "the plugin declares a capability that grants nothing: {error}")
            }
            Self::Broad { capability, why } => write!(f, "the grant {capability} is broad: {why}"),
            Self::Annotation { at, text, problem } => write!(
                f,
                "x-capability `{}` of `{}` in the plugin's schema grants nothing: {problem}",
                text.escape_debug(),
                at.escape_debug()
            ),
            Self::Value { at, problem } => {
                write!(f, "no capability can be derived from `{}`: {problem}", at.escape_debug())
            }
            Self::Derived(error) => {
                write!(f, "no capability can be derived from this configuration: {error}")
            }
        }
    }
}

#[cfg(test)]
mod tests;

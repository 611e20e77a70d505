//! [`Plugin`]: what an author writes.

use crate::fields::Fields;
use crate::host::Host;
use crate::network::Connection;
use crate::time;
use alloc::string::String;
use quoin_abi::error::ErrorDetail;
use serde::Serialize;
use serde_json::{Map, Value};

/// A check plugin.
pub trait Plugin {
    /// The configuration of an observation.
    type Config: Config;

    /// What the plugin says about itself.
    const METADATA: Metadata;

    /// A JSON Schema (2020-12) of [`Plugin::Config`]. A property with the annotation `x-capability`
    /// (`"fs:read:{value}"`) tells the host which grant its value needs.
    const SCHEMA: &'static str;

    /// Makes one observation. Every observation has an instance of the module for itself.
    ///
    /// # Errors
    ///
    /// When the observation could not be made. That something is missing or wrong on the machine is not an error
    /// but evidence.
    fn observe(config: Self::Config, host: &impl Host) -> Result<Observation, ErrorDetail>;
}

/// A configuration, which can't be wrong once it is read.
pub trait Config: Sized {
    /// Takes the fields that there are. One that is left is unknown, which the SDK reports.
    ///
    /// # Errors
    ///
    /// Where a field is missing or wrong, naming it.
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail>;
}

/// What an observation found.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The plugin's own verdict, which decides where a profile has no `expect`.
    pub status: bool,
    /// The values that were seen: `data` in a profile's expressions.
    pub data: Map<String, Value>,
    /// Why the rest could not be found out. Whatever is expected of such evidence, the observation is an error, unless
    /// `error` itself is what an expectation is about.
    pub error: Option<ErrorDetail>,
}

impl Observation {
    /// An observation without any value.
    #[must_use]
    pub fn new(status: bool) -> Self {
        Self { status, data: Map::new(), error: None }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Adds that no more could be found out, which makes the status false.
    #[must_use]
    pub fn but(mut self, error: ErrorDetail) -> Self {
        self.status = false;
        self.error = Some(error);
        self
    }

    /// Adds a value or replaces it.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.put(name, value.into());
    }

    /// What came of connecting: `connected`, which is the status, all that was found, and `error_code` and
    /// `error_message` where there is no connection.
    #[must_use]
    pub fn connection(found: Connection) -> Self {
        let mut seen =
            Self::new(found.connected).with("connected", found.connected).with("response_time_ms", 0);
        seen.pass_on(found.data);
        if let Some(error) = found.error {
            seen.set("error_code", error.code);
            seen.set("error_message", error.message);
        }
        seen
    }

    /// A value that is text; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.data.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Adds all of what a host function found.
    pub fn pass_on(&mut self, data: Map<String, Value>) {
        for (name, value) in data {
            self.data.insert(name, value);
        }
    }

    /// Adds `tls_cert_days_remaining` where there is a `tls_cert_not_after`: whole days from `now` (nanoseconds since the
    /// Unix epoch), less than 0 once it has passed.
    pub fn count_certificate_days(&mut self, now: u64) {
        if let Some(not_after) = time::seconds(self.text("tls_cert_not_after")) {
            let left = not_after - i64::try_from(now / 1_000_000_000).unwrap_or(i64::MAX);
            self.set("tls_cert_days_remaining", left.div_euclid(86_400));
        }
    }

    /// Adds that something is not as the configuration expects, which makes the status false. The first such thing is
    /// the one that is told.
    pub fn expectation_failed(&mut self, what: String) {
        if self.data.contains_key("expectation_failed") {
            return;
        }
        self.status = false;
        self.set("expectation_failed", true);
        self.set("expectation_error", what);
    }

    /// Apart and never inlined: plugins set dozens of values, and each copy of this costs two hundred bytes.
    #[inline(never)]
    fn put(&mut self, name: &str, value: Value) {
        self.data.insert(name.into(), value);
    }
}

/// What a plugin says about itself; on the wire, `quoin_abi::metadata::Metadata`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// The plugin's name: lower-case letters, digits and hyphens.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it checks, in a sentence.
    pub description: &'static str,
    /// The only operating system it makes sense on (`linux`), if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<&'static str>,
    /// The most that it ever wants to be allowed.
    pub capabilities: &'static [Capability],
}

/// A capability that a plugin declares; on the wire, `quoin_abi::capability::Declared`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Capability {
    /// `fs`, `network`, `exec` or `env`.
    pub kind: &'static str,
    /// What of that kind.
    pub pattern: &'static str,
}

//! [`Config`]: a configuration that fits its schema.

use super::annotation::Annotation;
use super::document::Schema;
use super::effort::Effort;
use super::evaluate::evaluate;
use serde_json::{Map, Value};
use std::fmt;

/// A configuration that fits its schema, with the schema's defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    values: Map<String, Value>,
    annotations: Vec<Annotation>,
}

impl Config {
    /// What the plugin is told.
    #[must_use]
    pub const fn get(&self) -> &Map<String, Value> {
        &self.values
    }

    /// What the schema says about capabilities that its values need.
    #[must_use]
    pub fn annotations(&self) -> &[Annotation] {
        &self.annotations
    }
}

impl Schema {
    /// Fills in the defaults of what is left out, makes `1` of `1.0` where an integer is asked for, and checks the whole.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] has everything that is wrong with it, or says that finding out is too much work.
    pub fn configure(&self, config: Value) -> Result<Config, ConfigError> {
        self.configure_within(Effort::default(), config)
    }

    pub(super) fn configure_within(
        &self,
        mut effort: Effort,
        mut config: Value,
    ) -> Result<Config, ConfigError> {
        self.fill(&mut config, &mut effort);
        let (misfits, annotations) = evaluate(self, &config, effort);
        match config {
            Value::Object(values) if misfits.is_empty() => Ok(Config { values, annotations }),
            _ if !misfits.is_empty() => Err(ConfigError { misfits }),
            _ => Err(ConfigError { misfits: vec![Misfit::new(String::new(), "", ConfigError::NO_OBJECT)] }),
        }
    }
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Never empty.
    pub misfits: Vec<Misfit>,
}

/// A value that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The value, as a JSON pointer (RFC 6901). One that is missing has the pointer that it would have.
    pub pointer: String,
    /// Which value, and what is wrong with it: ``` `targets[2].port`: expected a whole number, found text ```.
    pub message: String,
}

impl Misfit {
    /// `place` names the value; empty for the configuration as a whole.
    pub(super) fn new(pointer: String, place: &str, message: &str) -> Self {
        let message = match (place, message) {
            ("", message) => format!("the configuration: {message}"),
            (place, message) if message.starts_with("is ") => format!("`{place}` {message}"),
            (place, message) => format!("`{place}`: {message}"),
        };
        Self { pointer, message }
    }
}

impl ConfigError {
    const NO_OBJECT: &str = r#"expected an object, such as {"path": "/etc/hosts"}"#;
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, misfit) in self.misfits.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&misfit.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

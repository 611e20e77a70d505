//! JSON Schema: what a plugin says about its configuration, and whether one fits.
//!
//! All that Quoin knows of schemas is here: the configuration is checked and completed, and what annotations
//! (`x-capability`) apply to its values is carried on to `policy`, which knows what they mean.
//!
//! ```
//! use quoin::schema::Schema;
//! use serde_json::json;
//!
//! let schema = Schema::new(json!({
//!     "type": "object",
//!     "properties": {
//!         "host": {"type": "string", "x-capability": "network:outbound:{value}:{port}"},
//!         "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 443},
//!     },
//!     "required": ["host"],
//!     "additionalProperties": false,
//! }))?;
//! let config = schema.configure(json!({"host": "a.example"}))?;
//! assert_eq!(config.get()["port"], 443);
//! assert_eq!(config.annotations()[0].pointer, "/host");
//!
//! let error = schema.configure(json!({"hots": "a.example", "port": 0})).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "`host` is missing; expected text\n\
//!      `hots`: there is no such key; did you mean `host`?\n\
//!      `port`: expected at least 1, found 0"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is understood
//!
//! Draft 2020-12, which is meant where there is no `$schema`, 2019-09, and drafts 7 and 6, without their format assertions:
//! `format` is an annotation. A schema that leads out of itself or needs what is not here (`$dynamicRef`,
//! `$recursiveRef`, an `$id` below the root) is refused when it is read; nothing is ever fetched. Keywords that nobody
//! knows are annotations.

mod annotation;
mod assertion;
mod config;
mod defaults;
mod document;
mod effort;
mod evaluate;
mod keyword;
mod number;
mod place;

pub use annotation::Annotation;
pub use config::{Config, ConfigError, Misfit};
pub use document::{Schema, SchemaError};

#[cfg(test)]
mod tests;

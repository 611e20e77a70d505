//! Names: how they are resolved.

mod config;

pub use config::Config;

//! Quoin on Linux: profiles, scheduling, reports and the command line around the check engine.
//!
//! The author of a plugin finds in [`plugin`] what a test of it needs, with an example.

pub mod builtin;
pub mod cli;
pub mod expect;
pub mod linux;
mod nearest;
pub mod network;
pub mod plugin;
pub mod policy;
pub mod profile;
pub mod report;
pub mod run;
#[cfg(feature = "authoring")]
pub mod scaffold;
pub mod schema;
mod unpack;

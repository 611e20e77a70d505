//! Runs one WebAssembly check plugin, safely.
//!
//! ```text
//! Engine::load(bytes) -> Plugin          once: any bytes at all, a clear error where they are no plugin
//! Plugin::instantiate(session) -> Instance   a fresh one for each observation
//! Instance::describe, schema, observe        one normalised form for all three generations of the contract
//! ```
//!
//! The engine knows no file, socket or clock: it asks a [`Host`](host::Host), after it has decided
//! ([`capability`]) that the guest may. What a guest uses is bounded by [`Limits`] and
//! by the [`Deadline`] of its [`Session`].

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod capability;
mod command;
mod deadline;
mod failure;
mod gate;
mod guest;
pub mod host;
mod hostcall;
mod limits;
#[cfg(any(test, feature = "model"))]
pub mod model;
mod outline;
mod plugin;
mod session;
pub mod system;
mod time;
pub mod wasi;

pub use command::Command;
pub use deadline::Deadline;
pub use failure::Failure;
pub use gate::Gate;
pub use guest::generation::Generation;
pub use guest::instance::{Instance, Observation};
pub use limits::{Exceeded, Limits};
pub use outline::Outline;
pub use plugin::{Engine, LoadError, Plugin, Problem};
pub use session::Session;
pub use time::UnixTime;

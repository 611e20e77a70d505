//! Runs one WebAssembly check plugin, safely.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod capability;
pub mod deadline;
mod guest;
pub mod host;
pub mod limits;
#[cfg(any(test, feature = "model"))]
pub mod model;
pub mod system;
pub mod wasi;

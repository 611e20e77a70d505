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
pub mod system;
pub mod wasi;

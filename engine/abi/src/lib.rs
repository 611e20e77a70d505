//! The types that cross the boundary between a Quoin host and its check plugins.
//!
//! Guests and hosts share this crate, so that both sides read the same JSON. It does nothing: what a request
//! means and whether it is allowed is decided in `quoin-engine`.
//!
//! - [`evidence`]: what an observation answers.
//! - [`error`]: the one error record of the contract.
//! - [`metadata`]: what a plugin says about itself.
//! - [`capability`]: how a capability is written down.
//! - [`host`]: requests and responses of the host functions.
//! - [`packed`]: an address and a length in one 64-bit value.

#![no_std]

extern crate alloc;

pub mod capability;
pub mod error;
pub mod evidence;
pub mod host;
pub mod metadata;
pub mod packed;

//! Quoin.

pub mod expect;
mod nearest;
pub mod policy;
pub mod profile;

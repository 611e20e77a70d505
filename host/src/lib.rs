//! Quoin.

pub mod expect;
mod nearest;
pub mod profile;

//! Quoin.

pub mod expect;
pub mod profile;

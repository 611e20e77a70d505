//! Quoin.

pub mod expect;
pub mod policy;
pub mod profile;

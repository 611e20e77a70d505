//! Quoin.

pub mod policy;

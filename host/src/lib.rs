//! Quoin.

pub mod linux;

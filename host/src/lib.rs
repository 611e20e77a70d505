//! Quoin.

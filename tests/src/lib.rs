//! What crosses crates. This library is what its tests share; run them with `tests/run`, which provides the tools
//! that they name.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

pub mod build;
pub mod go;
pub mod go_test;
pub mod guests;
pub mod lab;
pub mod machine;
pub mod programs;
pub mod rust;

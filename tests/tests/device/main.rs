//! A binary for a device, on the device or under its emulator: what this machine's own build can't show. `QUOIN_PROGRAM`
//! says how it is run; `cargo xtask dist … --prove` runs all of this, as root.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod disk;
mod native;
mod place;
mod smoke;
mod userland;

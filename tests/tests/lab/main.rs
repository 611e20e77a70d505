//! The network lab: `quoin check` on hosts of our own, against real servers, over the kernel's stack and over Quoin's.
//! Run it with `tests/run lab`; it needs root.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod addresses;
mod devices;
mod example;
mod policy;
mod profile;
mod resolver;
mod segmentation;
mod stacks;
mod systemd;
mod world;

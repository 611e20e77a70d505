//! A lab: hosts that are network namespaces, wires between them, and real servers that answer on them.
//!
//! Nothing of it touches the machine's own network. Every [`Namespace`] has a name of its own with our process id in it,
//! and takes all that lives in it along when it is dropped; what a crashed run left behind goes when the next one
//! starts. Only root can make one, so tests that need it are `#[ignore]`d and run by `tests/run lab`.

mod certificates;
mod compare;
mod firewall;
mod listener;
mod namespace;
mod process;
mod quoin;
mod stale;
mod wait;
mod wire;

pub mod dnsmasq;
pub mod misbehaving;
pub mod named;
pub mod nginx;
pub mod openssl;
pub mod postfix;
pub mod router;
pub mod segment;

pub use certificates::{Certificate, Certificates};
pub use compare::{differences, evidence};
pub use firewall::filter;
pub use listener::Listener;
pub use namespace::Namespace;
pub use process::Server;
pub use quoin::{Check, Outcome};
pub use wait::until;
pub use wire::{bridge, connect, wire};

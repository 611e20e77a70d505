//! Network checks: a network stack behind one small trait, twice, and the protocols above it, once.
//!
//! | module | what it is |
//! |---|---|
//! | [`stack`] | [`Stack`] and [`Stream`]: connect TCP, exchange UDP, each with a [`Deadline`] |
//! | [`policy`] | [`Policy`]: who may be connected to, asked after every resolution and before every redirect |
//! | [`Network`] | a stack, and how names are resolved on it: what every client is given |
//! | `link` | a stack of our own on a link-layer device: a host apart from this one (feature `link`) |
//! | [`tls`] | handshakes, and what they show |
//! | [`script`] | a stack in memory whose peers speak from a script (feature `script`) |
//!
//! Nothing here knows of guests or profiles, and nothing waits without a deadline.

#![cfg_attr(not(any(feature = "std", test)), no_std)]

extern crate alloc;

mod error;
#[cfg(feature = "link")]
pub mod link;
mod network;
pub mod policy;
#[cfg(any(test, feature = "script"))]
pub mod script;
pub mod stack;
mod time;
pub mod tls;

pub use error::{Code, Error};
pub use network::Network;
pub use policy::Policy;
pub use stack::{Stack, Stream};
pub use time::{Deadline, Instant};

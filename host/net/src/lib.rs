//! Network checks: a network stack behind one small trait, twice, and the protocols above it, once.
//!
//! | module | what it is |
//! |---|---|
//! | [`stack`] | [`Stack`] and [`Stream`]: connect TCP, exchange UDP, each with a [`Deadline`] |
//! | `kernel` | the kernel's sockets (feature `std`) |
//! | [`dns`] | names: the resolver and its configuration |
//! | [`policy`] | [`Policy`]: who may be connected to, asked after every resolution and before every redirect |
//! | [`Network`] | a stack, and how names are resolved on it: what every client is given |
//! | `link` | a stack of our own on a link-layer device: a host apart from this one (feature `link`) |
//! | [`tls`] | handshakes, and what they show |
//! | [`http`] | HTTP/1.1: a request, its redirects, and the answer |
//! | [`smtp`] | what a mail server says of itself, and STARTTLS |
//! | `script` | a stack in memory whose peers speak from a script (feature `script`) |
//!
//! Nothing here knows of guests or profiles, and nothing waits without a deadline.

#![cfg_attr(not(any(feature = "std", test)), no_std)]

extern crate alloc;

mod cancel;
mod connection;
pub mod dns;
mod error;
mod excerpt;
pub mod http;
#[cfg(feature = "std")]
pub mod kernel;
#[cfg(feature = "link")]
pub mod link;
mod network;
pub mod policy;
#[cfg(feature = "std")]
mod random;
#[cfg(any(test, feature = "script"))]
pub mod script;
pub mod smtp;
pub mod stack;
mod time;
pub mod tls;

pub use cancel::Cancel;
pub use error::{Code, Error};
pub use network::Network;
pub use policy::Policy;
pub use stack::{Stack, Stream};
pub use time::{Deadline, Instant};

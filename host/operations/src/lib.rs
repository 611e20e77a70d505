//! The joint between the engine and the network clients: the four operations that plugins ask of a network, on Linux
//! and where there is none.
//!
//! The engine has decided that an operation may begin. What it leads to is asked of the engine's [`Gate`]; nothing is
//! decided here.
//!
//! ```
//! use quoin_engine::{Gate, capability::Grants, host::Destination};
//! use quoin_net::{Deadline, Network, Stack, dns, kernel::KernelStack, tls::Trust};
//! use quoin_operations::Operations;
//! use std::time::Duration;
//!
//! let stack = KernelStack::new();
//! let (names, trust) = (dns::Config::default(), Trust::embedded());
//! let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
//! let operations =
//!     Operations { network: Network { stack: &stack, dns: &names }, trust: &trust, unix_seconds: 0, deadline };
//! let grants = Grants::none();
//! let to = Destination { host: "127.0.0.1", port: 9 };
//! let response = operations.tcp_connect(to, &Default::default(), &mut Gate::new(&grants));
//! assert_eq!(response.error.unwrap().code, "ENOTCAPABLE");
//! ```

#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod dns;
mod error;
mod handshake;
mod http;
mod policy;
mod smtp;
mod tcp;

use core::time::Duration;
use error::detail;
use policy::Checkpoint;
use quoin_engine::Gate;
use quoin_net::tls::Trust;
use quoin_net::{Deadline, Instant, Network};

/// What one operation is carried out with.
#[derive(Clone, Copy)]
pub struct Operations<'a> {
    /// The stack, and how names are resolved on it.
    pub network: Network<'a>,
    /// Whose certificates are believed.
    pub trust: &'a Trust,
    /// Seconds since the Unix epoch, which certificates are held against.
    pub unix_seconds: u64,
    /// When it has to be done, on the stack's clock.
    pub deadline: Deadline,
}

impl Operations<'_> {
    fn now(&self) -> Instant {
        self.network.stack.now()
    }

    /// Milliseconds since `started`.
    fn milliseconds(&self, started: Instant) -> u64 {
        milliseconds(self.now().since(started))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! [`Policy`]: who may be connected to.

use crate::Error;
use core::net::SocketAddr;

/// Decides on every destination that comes up while something is carried out. Nothing is connected to that it has not been
/// asked about.
pub trait Policy {
    /// May `host`, a name or an address, be talked to on `port`? Asked before every redirect.
    ///
    /// # Errors
    ///
    /// A [`Code::Refused`](crate::Code::Refused) that says what is missing.
    fn host(&mut self, host: &str, port: u16) -> Result<(), Error>;

    /// May this address, which `host` led to, be connected to? Asked after every resolution.
    ///
    /// # Errors
    ///
    /// A [`Code::Refused`](crate::Code::Refused) that says what is missing.
    fn address(&mut self, host: &str, address: SocketAddr) -> Result<(), Error>;
}

/// Everything is allowed: for tools and tests that have decided already.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllowAll;

impl Policy for AllowAll {
    fn host(&mut self, _: &str, _: u16) -> Result<(), Error> {
        Ok(())
    }

    fn address(&mut self, _: &str, _: SocketAddr) -> Result<(), Error> {
        Ok(())
    }
}

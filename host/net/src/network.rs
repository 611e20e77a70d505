//! [`Network`]: a stack, and how names are resolved on it.

use crate::{Code, Deadline, Error, Policy, Stack, Stream, dns};
use alloc::boxed::Box;
use core::net::{IpAddr, SocketAddr};

/// What every protocol client is given.
#[derive(Clone, Copy)]
pub struct Network<'a> {
    /// What carries it.
    pub stack: &'a dyn Stack,
    /// How names are resolved on it.
    pub dns: &'a dns::Config,
}

impl<'a> Network<'a> {
    /// Connects to `host`, a name or an address (an IPv6 address with or without brackets), on `port`.
    ///
    /// # Errors
    ///
    /// As [`Stack::connect`] and `policy` say.
    pub fn connect(
        &self,
        host: &str,
        port: u16,
        policy: &mut dyn Policy,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + 'a>, Error> {
        let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let address: IpAddr = inside
            .unwrap_or(host)
            .parse()
            .map_err(|_| Error::new(Code::Unsupported, "names are not resolved yet"))?;
        let address = SocketAddr::new(address, port);
        policy.address(host, address)?;
        self.stack.connect(address, deadline)
    }
}

//! [`Network`]: a stack, and how names are resolved on it.

use crate::{Code, Deadline, Error, Policy, Stack, Stream, dns};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt::Write;
use core::net::SocketAddr;

/// What every protocol client is given.
#[derive(Clone, Copy)]
pub struct Network<'a> {
    /// What carries it.
    pub stack: &'a dyn Stack,
    /// How names are resolved on it.
    pub dns: &'a dns::Config,
}

impl<'a> Network<'a> {
    /// Connects to `host`, a name or an address (an IPv6 address with or without brackets), on `port`. Each address of a name is
    /// tried, one after the other, and each gets its fair share of the time that is left then. [`Stream::peer_addr`] tells which
    /// it was.
    ///
    /// # Errors
    ///
    /// As [`dns::addresses`], [`Stack::connect`] and `policy` say. Where every address failed, the message has what became of
    /// each, and the code is
    ///
    /// 1. the refusal of `policy`, if it refused any of them: that nothing could be connected to proves nothing then;
    /// 2. else what went wrong on this side (interrupted, no resources left), if anything did, for the same reason;
    /// 3. else what says most about the peer: refused, reset, not permitted, no answer in time, host unreachable, network
    ///    unreachable.
    pub fn connect(
        &self,
        host: &str,
        port: u16,
        policy: &mut dyn Policy,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + 'a>, Error> {
        let addresses = dns::addresses(self, host, deadline)?;
        let mut refusal = None;
        let mut failures = Failures::default();
        for (number, address) in addresses.iter().enumerate() {
            let address = SocketAddr::new(*address, port);
            if let Err(error) = policy.address(host, address) {
                refusal = refusal.or(Some(error));
                continue;
            }
            let now = self.stack.now();
            let share = deadline.left(now).map(|left| {
                let remaining = u32::try_from(addresses.len() - number).unwrap_or(u32::MAX);
                Deadline::after(now, left / remaining)
            });
            match share.and_then(|connected| self.stack.connect_by(address, connected, deadline)) {
                Ok(stream) => return Ok(stream),
                Err(error) if error.code() == Code::Canceled => return Err(error),
                Err(error) => failures.add(address, error),
            }
        }
        Err(refusal.unwrap_or_else(|| failures.most_telling(host, port)))
    }
}

/// What became of each address.
#[derive(Default)]
struct Failures {
    list: String,
    number: usize,
    worst: Option<Error>,
}

impl Failures {
    fn add(&mut self, address: SocketAddr, error: Error) {
        let separator = if self.number == 0 { "" } else { "; " };
        let written = write!(self.list, "{separator}{address}: {error}");
        // A string takes whatever it is given.
        debug_assert!(written.is_ok());
        self.number += 1;
        if self.worst.as_ref().is_none_or(|worst| telling(&error) > telling(worst)) {
            self.worst = Some(error);
        }
    }

    fn most_telling(self, host: &str, port: u16) -> Error {
        match self.worst {
            Some(worst) if self.number > 1 => {
                Error::new(worst.code(), format!("connecting to {host}, port {port}: {}", self.list))
            }
            // The list is this one address and its failure.
            Some(worst) => Error::new(worst.code(), format!("connecting to {}", self.list)),
            None => Error::new(Code::NoData, format!("{host} has no address")),
        }
    }
}

/// How much a failure says, as [`Network::connect`] has it.
fn telling(error: &Error) -> u8 {
    match error.code() {
        Code::ConnectionRefused => 6,
        Code::ConnectionReset => 5,
        Code::PermissionDenied => 4,
        Code::TimedOut => 3,
        Code::HostUnreachable => 2,
        Code::NetworkUnreachable => 1,
        Code::AddressNotAvailable => 0,
        _ => 7,
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::AllowAll;
    use crate::script::{Event, ScriptStack};
    use std::time::Duration;

    fn config() -> dns::Config {
        dns::Config::default().with_hosts("192.0.2.1 both\n192.0.2.2 both\n2001:db8::1 both")
    }

    fn addresses() -> [SocketAddr; 3] {
        ["[2001:db8::1]:80", "192.0.2.1:80", "192.0.2.2:80"].map(|text| text.parse().unwrap())
    }

    fn connect<'a>(
        stack: &'a ScriptStack,
        dns: &'a dns::Config,
        policy: &mut dyn Policy,
        host: &str,
    ) -> Result<Box<dyn Stream + 'a>, Error> {
        let deadline = Deadline::after(stack.now(), Duration::from_secs(9));
        Network { stack, dns }.connect(host, 80, policy, deadline)
    }

    struct Refuse(SocketAddr);

    impl Policy for Refuse {
        fn host(&mut self, _: &str, _: u16) -> Result<(), Error> {
            Ok(())
        }

        fn address(&mut self, host: &str, address: SocketAddr) -> Result<(), Error> {
            match address == self.0 {
                true => Err(Error::new(Code::Refused, format!("{host} is {address}, which is not granted"))),
                false => Ok(()),
            }
        }
    }

    #[test]
    fn each_address_is_tried_with_its_share_of_the_time() {
        let (stack, dns) = (ScriptStack::new(), config());
        let [first, second, third] = addresses();
        stack.fail(first, Code::TimedOut);
        stack.fail(second, Code::TimedOut);
        stack.serve(third, || vec![Event::Wait(Duration::from_secs(2)), Event::Send(b"x".to_vec())]);
        let mut stream = connect(&stack, &dns, &mut AllowAll, "both").unwrap();
        assert_eq!(stream.peer_addr(), third);
        assert_eq!(stack.now().as_nanos(), 6_000_000_000);
        // The stream itself has all the time that is left.
        assert_eq!(stream.read(&mut [0]), Ok(1));
        assert_eq!(stack.connects(), addresses());
    }

    #[test]
    fn what_became_of_each_address_is_told() {
        let (stack, dns) = (ScriptStack::new(), config());
        let [first, second, third] = addresses();
        stack.fail(first, Code::NetworkUnreachable);
        stack.fail(third, Code::TimedOut);
        let error = connect(&stack, &dns, &mut AllowAll, "both").err().unwrap();
        assert_eq!(error.code(), Code::ConnectionRefused);
        assert_eq!(
            error.message(),
            "connecting to both, port 80: [2001:db8::1]:80: network unreachable; 192.0.2.1:80: connection refused; \
             192.0.2.2:80: no answer in time"
        );
        // What went wrong on this side proves nothing about the other.
        stack.fail(second, Code::Exhausted);
        assert_eq!(connect(&stack, &dns, &mut AllowAll, "both").err().unwrap().code(), Code::Exhausted);
    }

    #[test]
    fn a_refusal_is_never_mistaken_for_a_closed_port() {
        let (stack, dns) = (ScriptStack::new(), config());
        let [first, second, third] = addresses();
        for refused in [first, second, third] {
            let error = connect(&stack, &dns, &mut Refuse(refused), "both").err().unwrap();
            assert_eq!(error.code(), Code::Refused);
            assert_eq!(error.message(), format!("both is {refused}, which is not granted"));
        }
        assert_eq!(stack.connects().len(), 6);
        // Where another one can be connected to, that is the answer.
        stack.serve(third, Vec::<Event>::new);
        assert_eq!(connect(&stack, &dns, &mut Refuse(first), "both").unwrap().peer_addr(), third);
    }

    #[test]
    fn an_interrupt_ends_it_all() {
        let (stack, dns) = (ScriptStack::new(), config());
        stack.fail(addresses()[0], Code::Canceled);
        let error = connect(&stack, &dns, &mut AllowAll, "both").err().unwrap();
        assert_eq!(error.code(), Code::Canceled);
        assert_eq!(stack.connects().len(), 1);
    }

    #[test]
    fn addresses_need_no_resolver_and_names_that_are_none_are_told() {
        let (stack, dns) = (ScriptStack::new(), dns::Config::default());
        stack.serve(addresses()[0], Vec::<Event>::new);
        for host in ["2001:db8::1", "[2001:db8::1]"] {
            assert_eq!(connect(&stack, &dns, &mut AllowAll, host).unwrap().peer_addr(), addresses()[0]);
        }
        let error = connect(&stack, &dns, &mut AllowAll, "192.0.2.1").err().unwrap();
        assert_eq!(error.message(), "connecting to 192.0.2.1:80: connection refused");
        for (host, code) in [
            ("", Code::Invalid),
            ("[192.0.2.1]", Code::Invalid),
            ("192.0.2.256", Code::Invalid),
            ("localhost", Code::NameNotFound),
        ] {
            assert_eq!(connect(&stack, &dns, &mut AllowAll, host).err().unwrap().code(), code, "{host}");
        }
    }
}

//! [`Network`]: a stack, and how names are resolved on it.

use crate::{Code, Deadline, Error, Policy, Stack, Stream, dns};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt::Write;
use core::net::SocketAddr;
use core::time::Duration;

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
    /// tried, one after the other, and each gets its fair share of the time that is left then, and no less than 200 ms.
    /// [`Stream::peer_addr`] tells which it was. Half of the time is for resolving the name.
    ///
    /// # Errors
    ///
    /// As [`dns::addresses`], [`Stack::connect`] and `policy` say. Where every address failed, the message has what became of
    /// each, and the code is
    ///
    /// 1. the refusal of `policy`, if it refused any of them: that nothing could be connected to proves nothing then;
    /// 2. else why one of the address families is not known, if that is so;
    /// 3. else what went wrong on this side (interrupted, no resources left, no time left to try the address), if anything did,
    ///    for the same reason;
    /// 4. else what says most about the peer: refused, reset, not permitted, no answer in time, host unreachable, network
    ///    unreachable.
    pub fn connect(
        &self,
        host: &str,
        port: u16,
        policy: &mut dyn Policy,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + 'a>, Error> {
        let begun = self.stack.now();
        // A slow name server must not make an open port look closed.
        let resolved = Deadline::after(begun, deadline.left(begun).map_err(not_tried)? / 2);
        let dns::Addresses { found: addresses, unknown } = dns::addresses(self, host, resolved)?;
        let mut refusal = None;
        let mut failures = Failures::default();
        for (number, address) in addresses.iter().enumerate() {
            let address = SocketAddr::new(*address, port);
            if let Err(error) = policy.address(host, address) {
                refusal = refusal.or(Some(error));
                continue;
            }
            let now = self.stack.now();
            let share = deadline.left(now).map_err(not_tried).and_then(|left| {
                let remaining = u32::try_from(addresses.len() - number).unwrap_or(u32::MAX);
                match (left / remaining).max(LEAST_TRY) {
                    least if least <= left => Ok(Deadline::after(now, least)),
                    _ if number == 0 => Ok(deadline),
                    _ => Err(Code::NotTried.into()),
                }
            });
            match share.and_then(|connected| self.stack.connect_by(address, connected, deadline)) {
                Ok(stream) => return Ok(stream),
                Err(error) if error.code() == Code::Canceled => return Err(error),
                Err(error) => failures.add(address, error),
            }
        }
        Err(match (refusal, unknown) {
            (Some(refusal), _) => refusal,
            (None, Some(unknown)) => {
                let known = failures.most_telling(host, port);
                Error::new(unknown.code(), format!("{known}; and not all addresses are known: {unknown}"))
            }
            (None, None) => failures.most_telling(host, port),
        })
    }
}

/// What each address gets at least: a host at the other end of the world answers within it.
const LEAST_TRY: Duration = Duration::from_millis(200);

fn not_tried(_: Error) -> Error {
    Code::NotTried.into()
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
    fn many_addresses_have_time_to_answer_each_and_what_was_not_tried_is_not_closed() {
        let hosts: String = (1..=16).fold(String::new(), |hosts, n| hosts + &format!("192.0.2.{n} many\n"));
        let dns = dns::Config::default().with_hosts(&hosts);
        let stack = ScriptStack::new();
        for n in 1..=16 {
            stack.fail(SocketAddr::from(([192, 0, 2, n], 80)), Code::TimedOut);
        }
        let network = Network { stack: &stack, dns: &dns };
        let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
        let error = network.connect("many", 80, &mut AllowAll, deadline).err().unwrap();
        assert_eq!(stack.connects().len(), 5);
        assert_eq!(error.code(), Code::NotTried);
        assert!(
            error.message().contains("192.0.2.5:80: no answer in time; 192.0.2.6:80: not tried"),
            "{error}"
        );
        // Nothing was sent, so there is no silence to speak of.
        let error = network.connect("192.0.2.1", 80, &mut AllowAll, deadline).err().unwrap();
        assert_eq!(error.code(), Code::NotTried);
        assert_eq!(stack.connects().len(), 5);
    }

    #[test]
    fn what_the_name_servers_do_is_not_what_the_host_does() {
        let server: SocketAddr = "192.0.2.53:53".parse().unwrap();
        let dns = dns::Config { servers: Vec::from([server]), ..dns::Config::default() };
        // A is the address of a host where nothing listens; nobody answers for AAAA, and then nobody answers at all.
        let stack = ScriptStack::new();
        stack.answer(server, |query| {
            let is_a = query.windows(4).any(|end| end == [0, 1, 0, 1]);
            let mut answer = query.to_vec();
            answer[2] |= 0x80;
            // Without the additional record that the question has.
            let question = query.len() - 11;
            answer.truncate(question);
            answer[10..12].copy_from_slice(&[0, 0]);
            answer[6..8].copy_from_slice(&[0, 1]);
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1]);
            if is_a { Vec::from([answer]) } else { Vec::new() }
        });
        let network = Network { stack: &stack, dns: &dns };
        let connect = || {
            let deadline = Deadline::after(stack.now(), Duration::from_secs(8));
            network.connect("a.example", 80, &mut AllowAll, deadline)
        };
        let error = connect().err().unwrap();
        assert_eq!(error.code(), Code::NotResolved, "{error}");
        assert!(error.message().contains("192.0.2.1:80: connection refused; and not all"), "{error}");
        // What was found is of use all the same.
        stack.serve("192.0.2.1:80".parse().unwrap(), Vec::<Event>::new);
        assert!(connect().is_ok());
        stack.answer(server, |_| Vec::new());
        let begun = stack.now();
        assert_eq!(connect().err().unwrap().code(), Code::NotResolved);
        assert_eq!(stack.now().since(begun), Duration::from_secs(4), "the other half is for connecting");
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

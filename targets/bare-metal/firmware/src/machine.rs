//! [`Machine`]: the board as the engine sees it. A clock that counts from power-on, randomness, log lines, the network; no
//! files, no commands, no environment, no users.

use crate::clock;
use crate::entropy::Entropy;
use crate::ethernet::Lan9118;
use crate::serial::Serial;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use quoin_abi::host::{
    ConnectResponse, DnsRequest, DnsResponse, HttpRequest, HttpResponse, SmtpRequest, TcpRequest,
};
use quoin_engine::host::{Destination, Host, LogLevel, LogLine};
use quoin_engine::system::{Interest, Readiness, System};
use quoin_engine::wasi::Errno;
use quoin_engine::{Deadline, Gate};
use quoin_frames::{Level, Log, Message};
use quoin_net::link::{LocalStack, Platform};
use quoin_net::tls::Trust;
use quoin_net::{Error, Instant, Network, dns};
use quoin_operations::Operations;

/// What the network stack is given: time, randomness, and a way to wait.
pub struct Wait {
    /// Where its randomness comes from.
    pub entropy: Rc<Entropy>,
}

impl Platform for Wait {
    fn now(&self) -> Instant {
        clock::now()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.entropy.fill(bytes);
        Ok(())
    }

    /// It returns early, with the next tick, for what may have come by then.
    fn idle(&self, _: Instant) {
        clock::sleep();
    }
}

/// The board, once it is on the network.
pub struct Machine {
    /// The network.
    pub stack: LocalStack<Lan9118, Wait>,
    names: dns::Config,
    trust: Trust,
    entropy: Rc<Entropy>,
}

impl Machine {
    /// The board, with a stack that has its addresses.
    pub fn new(stack: LocalStack<Lan9118, Wait>, entropy: Rc<Entropy>) -> Self {
        Self { stack, names: dns::Config::default(), trust: Trust::embedded(), entropy }
    }

    /// The engine's clock is the stack's.
    fn operations(&self, deadline: Deadline) -> Operations<'_> {
        let start = Instant::from_nanos(0);
        Operations {
            network: Network { stack: &self.stack, dns: &self.names },
            trust: &self.trust,
            unix_seconds: 0,
            deadline: quoin_net::Deadline::after(start, Duration::from_nanos(deadline.at())),
        }
    }
}

/// A host for one instance of a plugin.
pub struct BoardHost {
    /// The board.
    pub machine: Rc<Machine>,
    /// Where log lines go.
    pub serial: Rc<Serial>,
    /// The plugin's name.
    pub plugin: String,
}

impl System for BoardHost {
    fn monotonic(&self) -> u64 {
        clock::now().as_nanos()
    }

    /// Since power-on: there is no calendar. The reader of the report knows better.
    fn realtime(&self) -> u64 {
        self.monotonic()
    }

    fn resolution(&self) -> u64 {
        1_000
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), Errno> {
        self.machine.entropy.fill(buffer);
        Ok(())
    }

    /// There are no files to wait for.
    fn wait(&self, interests: &[Interest<'_>], nanoseconds: u64) -> Result<Vec<Readiness>, Errno> {
        let until = self.monotonic().saturating_add(nanoseconds);
        while self.monotonic() < until {
            clock::sleep();
        }
        Ok(interests.iter().map(|_| Readiness::default()).collect())
    }
}

impl Host for BoardHost {
    fn system(&self) -> &dyn System {
        self
    }

    fn log(&self, line: &LogLine<'_>) {
        let level = match line.level {
            LogLevel::Debug => Level::Debug,
            LogLevel::Info => Level::Info,
            LogLevel::Warn => Level::Warn,
            LogLevel::Error => Level::Error,
        };
        let (plugin, message) = (self.plugin.clone(), line.message.into());
        self.serial.send(&Message::Log(Log { level, plugin, message }));
    }

    fn dns_lookup(
        &self,
        server: Option<Destination<'_>>,
        request: &DnsRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> DnsResponse {
        self.machine.operations(deadline).dns_lookup(server, request, gate)
    }

    fn http_request(
        &self,
        to: Destination<'_>,
        request: &HttpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
        body_bytes: usize,
    ) -> HttpResponse {
        self.machine.operations(deadline).http_request(to, request, gate, body_bytes)
    }

    fn tcp_connect(
        &self,
        to: Destination<'_>,
        request: &TcpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        self.machine.operations(deadline).tcp_connect(to, request, gate)
    }

    fn smtp_connect(
        &self,
        to: Destination<'_>,
        request: &SmtpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        self.machine.operations(deadline).smtp_connect(to, request, gate)
    }
}

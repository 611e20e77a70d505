//! [`ScriptStack`]: a stack in memory whose peers speak from a script, with a clock that moves only when someone waits.
//!
//! ```
//! # #[cfg(feature = "script")] {
//! use embedded_io::Read as _;
//! use quoin_net::script::{Event, ScriptStack};
//! use quoin_net::{Code, Deadline, Stack};
//! use std::time::Duration;
//!
//! let stack = ScriptStack::new();
//! let server = "192.0.2.1:25".parse().unwrap();
//! stack.serve(server, || vec![Event::Send(b"220 hello\r\n".into()), Event::Stall]);
//! let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
//! let mut stream = stack.connect(server, deadline).unwrap();
//! let mut buffer = [0; 100];
//! assert_eq!(stream.read(&mut buffer), Ok(11));
//! assert_eq!(stream.read(&mut buffer).unwrap_err().code(), Code::TimedOut);
//! # }
//! ```

use crate::{Code, Deadline, Error, Instant, Stack, Stream};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// What a peer does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It sends bytes.
    Send(Vec<u8>),
    /// It lets time go by.
    Wait(Duration),
    /// It says nothing more, ever.
    Stall,
    /// It resets the connection.
    Reset,
    /// It ends its side of the connection.
    Close,
}

/// One connection's other end.
pub trait Peer {
    /// What it does when the connection is made.
    fn greet(&mut self) -> Vec<Event> {
        Vec::new()
    }

    /// What it does when it is sent bytes.
    fn hear(&mut self, bytes: &[u8]) -> Vec<Event>;
}

/// A peer that does the same whatever it hears: these events, once.
impl Peer for Vec<Event> {
    fn greet(&mut self) -> Vec<Event> {
        core::mem::take(self)
    }

    fn hear(&mut self, _: &[u8]) -> Vec<Event> {
        Vec::new()
    }
}

/// A peer that only answers.
impl<F: FnMut(&[u8]) -> Vec<Event>> Peer for F {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        self(bytes)
    }
}

type Accept = Box<dyn FnMut() -> Result<Box<dyn Peer>, Error>>;
type Answer = Box<dyn FnMut(&[u8]) -> Vec<Vec<u8>>>;

/// A stack in memory. What nobody serves refuses connections.
#[derive(Default)]
pub struct ScriptStack {
    clock: Cell<u64>,
    random: Cell<u64>,
    split: Cell<usize>,
    connects: RefCell<Vec<SocketAddr>>,
    servers: RefCell<BTreeMap<SocketAddr, Accept>>,
    answerers: RefCell<BTreeMap<SocketAddr, Answer>>,
    name_servers: RefCell<Vec<IpAddr>>,
}

impl ScriptStack {
    /// One without any peer, at the start of its clock.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Each connection to `at` gets a peer of its own.
    pub fn serve<P: Peer + 'static>(&self, at: SocketAddr, mut peer: impl FnMut() -> P + 'static) {
        self.servers.borrow_mut().insert(at, Box::new(move || Ok(Box::new(peer()))));
    }

    /// Connections to `at` fail so. [`Code::TimedOut`] uses up the time for connecting.
    pub fn fail(&self, at: SocketAddr, code: Code) {
        self.servers.borrow_mut().insert(at, Box::new(move || Err(code.into())));
    }

    /// Each datagram to `at` is answered by these.
    pub fn answer(&self, at: SocketAddr, answer: impl FnMut(&[u8]) -> Vec<Vec<u8>> + 'static) {
        self.answerers.borrow_mut().insert(at, Box::new(answer));
    }

    /// Streams give and take no more than so many bytes at once; 0 is any number.
    pub fn split(&self, bytes: usize) {
        self.split.set(bytes);
    }

    /// What [`Stack::name_servers`] answers.
    pub fn set_name_servers(&self, servers: Vec<IpAddr>) {
        *self.name_servers.borrow_mut() = servers;
    }

    /// Where connections went, and datagrams, in their order.
    #[must_use]
    pub fn connects(&self) -> Vec<SocketAddr> {
        self.connects.borrow().clone()
    }

    fn pass(&self, until: Instant) {
        self.clock.set(self.clock.get().max(until.as_nanos()));
    }
}

impl Stack for ScriptStack {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.clock.get())
    }

    /// Not random at all, so that a test is the same each time.
    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        for byte in bytes {
            // The constants of Knuth's MMIX generator.
            let next = self
                .random
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.random.set(next);
            *byte = next.to_be_bytes()[0];
        }
        Ok(())
    }

    fn connect_by(
        &self,
        to: SocketAddr,
        connected: Deadline,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + '_>, Error> {
        self.connects.borrow_mut().push(to);
        deadline.left(self.now())?;
        let accepted = match self.servers.borrow_mut().get_mut(&to) {
            Some(accept) => accept(),
            None => Err(Code::ConnectionRefused.into()),
        };
        let mut peer = accepted.inspect_err(|error| {
            if error.code() == Code::TimedOut {
                self.pass(connected.earlier(deadline).at());
            }
        })?;
        let events = peer.greet().into();
        Ok(Box::new(ScriptStream { stack: self, to, deadline, peer, events, ended: false }))
    }

    fn exchange(
        &self,
        to: SocketAddr,
        datagram: &[u8],
        deadline: Deadline,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error> {
        self.connects.borrow_mut().push(to);
        deadline.left(self.now())?;
        let answers = match self.answerers.borrow_mut().get_mut(&to) {
            Some(answer) => answer(datagram),
            None => return Err(Code::ConnectionRefused.into()),
        };
        answers.into_iter().find(|answer| accept(answer)).ok_or_else(|| {
            self.pass(deadline.at());
            Code::TimedOut.into()
        })
    }

    fn name_servers(&self) -> Vec<IpAddr> {
        self.name_servers.borrow().clone()
    }
}

struct ScriptStream<'a> {
    stack: &'a ScriptStack,
    to: SocketAddr,
    deadline: Deadline,
    peer: Box<dyn Peer>,
    events: VecDeque<Event>,
    ended: bool,
}

impl ScriptStream<'_> {
    fn at_once(&self, length: usize) -> usize {
        match self.stack.split.get() {
            0 => length,
            split => length.min(split),
        }
    }
}

impl embedded_io::ErrorType for ScriptStream<'_> {
    type Error = Error;
}

impl embedded_io::Read for ScriptStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        while !buffer.is_empty() && !self.ended {
            self.deadline.left(self.stack.now())?;
            match self.events.pop_front() {
                Some(Event::Send(mut bytes)) if !bytes.is_empty() => {
                    let taken = self.at_once(bytes.len().min(buffer.len()));
                    buffer[..taken].copy_from_slice(&bytes[..taken]);
                    self.events.push_front(Event::Send(bytes.split_off(taken)));
                    return Ok(taken);
                }
                Some(Event::Send(_)) => {}
                Some(Event::Wait(time)) => self.stack.pass(Deadline::after(self.stack.now(), time).at()),
                Some(Event::Stall) | None => self.stack.pass(self.deadline.at()),
                Some(Event::Reset) => {
                    self.events.push_front(Event::Reset);
                    return Err(Code::ConnectionReset.into());
                }
                Some(Event::Close) => self.ended = true,
            }
        }
        Ok(0)
    }
}

impl embedded_io::Write for ScriptStream<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.deadline.left(self.stack.now())?;
        if self.events.front() == Some(&Event::Reset) {
            return Err(Code::ConnectionReset.into());
        }
        let taken = self.at_once(bytes.len());
        let more = self.peer.hear(&bytes[..taken]);
        self.events.extend(more);
        Ok(taken)
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Stream for ScriptStream<'_> {
    fn local_addr(&self) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 200], 50_000))
    }

    fn peer_addr(&self) -> SocketAddr {
        self.to
    }
}

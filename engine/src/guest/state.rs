//! [`State`]: everything that belongs to one instance, as its host functions find it in the store.

use crate::capability::{Access, Grants, Refusal};
use crate::deadline::Deadline;
use crate::failure::Failure;
use crate::gate::Gate;
use crate::guest::limiter::Limiter;
use crate::guest::memory::Exports;
use crate::host::{Host, LogLevel, LogLine};
use crate::hostcall::Response;
use crate::limits::{Exceeded, Limits};
use crate::session::Session;
use crate::wasi::Wasi;
use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use core::fmt;
use quoin_abi::error::ErrorType;
use quoin_abi::host::LogAttr;

/// The store's data.
pub(crate) struct State {
    /// The machine.
    pub(crate) host: Box<dyn Host>,
    /// The WASI side of the instance: descriptors, arguments, environment.
    pub(crate) wasi: Wasi,
    /// What this instance may do.
    pub(crate) grants: Grants,
    /// What it was refused so far, each once.
    pub(crate) refusals: Vec<Refusal>,
    /// When it has to be done.
    pub(crate) deadline: Deadline,
    /// What it may use.
    pub(crate) limits: Arc<Limits>,
    /// Fuel that is left, besides the slice that is in the store.
    pub(crate) fuel_left: u64,
    /// Watches memory and tables grow.
    pub(crate) limiter: Limiter,
    /// The linear memory, once there is an instance.
    pub(crate) memory: Option<wasmi::Memory>,
    /// How to take and give back blocks of it; a command has no such exports.
    pub(crate) exports: Option<Exports>,
    /// The host is inside the guest's `allocate`. A host function that needs memory would call it again, and so on
    /// until our own stack overflows.
    pub(crate) allocating: bool,
    /// Log lines so far.
    pub(crate) log_lines: usize,
    /// The last line that was logged as an error: where the guest traps, mostly the message of its panic.
    pub(crate) last_error: String,
}

impl State {
    /// What an instance starts with, before it is one.
    pub(crate) fn new(
        session: Session,
        wasi: impl FnOnce(&dyn Host, &mut Grants) -> Wasi,
        limits: Arc<Limits>,
    ) -> Self {
        let Session { host, mut grants, deadline } = session;
        Self {
            wasi: wasi(&*host, &mut grants),
            host,
            grants,
            refusals: Vec::new(),
            deadline,
            limiter: Limiter::new(&limits),
            fuel_left: limits.fuel,
            limits,
            memory: None,
            exports: None,
            allocating: false,
            log_lines: 0,
            last_error: String::new(),
        }
    }

    /// Decides an access and remembers a refusal.
    pub(crate) fn decide(&mut self, access: Access<'_>) -> Result<(), Refusal> {
        let decided = self.grants.decide(access);
        if let Err(refusal) = &decided {
            self.refuse(refusal);
        }
        decided
    }

    /// Remembers a refusal, once, and no more of them than there is room for: the guest chooses how many there are.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        if self.refusals.len() < self.limits.refusals
            && !self.refusals.iter().any(|known| known.is_like(refusal))
        {
            self.refusals.push(refusal.clone());
        }
    }

    /// Has the host carry out a network operation, and remembers what it was refused on the way if that is why it failed.
    pub(crate) fn through_gate<R: Response>(
        &mut self,
        operation: impl FnOnce(&dyn Host, &mut Gate<'_>) -> R,
    ) -> R {
        let mut gate = Gate::new(&self.grants);
        let response = operation(&*self.host, &mut gate);
        let refusals = gate.into_refusals();
        if response.error().is_some_and(|error| error.kind == ErrorType::Capability) {
            refusals.iter().for_each(|refusal| self.refuse(refusal));
        }
        response
    }

    /// Hands one line to the host, cut to its limit.
    ///
    /// # Errors
    ///
    /// A trap, when there are too many.
    pub(crate) fn log(
        &mut self,
        level: LogLevel,
        message: &str,
        attrs: &[LogAttr],
    ) -> Result<(), wasmi::Error> {
        self.log_cut(level, message, attrs, 0)
    }

    /// Like [`State::log`], for a line of which `cut` bytes are gone already.
    ///
    /// # Errors
    ///
    /// A trap, when there are too many lines.
    pub(crate) fn log_cut(
        &mut self,
        level: LogLevel,
        message: &str,
        attrs: &[LogAttr],
        cut: usize,
    ) -> Result<(), wasmi::Error> {
        if self.log_lines >= self.limits.log_lines {
            return Err(Trap::from(Exceeded::LogLines(self.limits.log_lines)).into());
        }
        self.log_lines += 1;
        let kept = message.floor_char_boundary(self.limits.log_line_bytes);
        let cut = cut + message.len() - kept;
        let message = if cut == 0 {
            alloc::borrow::Cow::Borrowed(message)
        } else {
            alloc::format!("{}… ({cut} bytes cut)", &message[..kept]).into()
        };
        self.host.log(&LogLine { level, message: &message, attrs });
        if level == LogLevel::Error {
            self.last_error = message.into_owned();
        }
        Ok(())
    }

    /// A trap where the deadline has passed. Every host function looks at the clock: a guest that does nothing but call the
    /// host burns hardly any fuel.
    pub(crate) fn check_deadline(&self) -> Result<(), wasmi::Error> {
        if self.deadline.passed(self.host.system().monotonic()) {
            return Err(Trap::from(Exceeded::Deadline).into());
        }
        Ok(())
    }
}

/// Why a host function ends the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trap {
    /// A limit was hit.
    Exceeded(Exceeded),
    /// The guest broke the contract; the text says how.
    Contract(alloc::string::String),
    /// `proc_exit` with this code.
    Exit(u32),
}

impl From<Exceeded> for Trap {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exceeded(exceeded) => exceeded.fmt(f),
            Self::Contract(text) => f.write_str(text),
            Self::Exit(code) => write!(f, "the plugin called proc_exit({code})"),
        }
    }
}

impl wasmi::errors::HostError for Trap {}

impl From<Trap> for wasmi::Error {
    fn from(trap: Trap) -> Self {
        Self::host(trap)
    }
}

impl From<Failure> for Trap {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Exceeded(exceeded) => Self::Exceeded(exceeded),
            Failure::Exit(code) => Self::Exit(code),
            other => Self::Contract(alloc::format!("{other}")),
        }
    }
}

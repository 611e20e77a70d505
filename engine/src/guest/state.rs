//! [`State`]: everything that belongs to one instance, as its host functions find it in the store.

use crate::capability::{Access, Grants, Refusal};
use crate::deadline::Deadline;
use crate::host::{Host, LogLevel, LogLine};
use crate::limits::{Exceeded, Limits};
use crate::wasi::Wasi;
use alloc::{boxed::Box, vec::Vec};
use core::fmt;
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
    pub(crate) limits: Limits,
    /// The linear memory, once there is an instance.
    pub(crate) memory: Option<wasmi::Memory>,
    /// Log lines so far.
    pub(crate) log_lines: usize,
}

impl State {
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
        if self.refusals.len() < self.limits.refusals && !self.refusals.contains(refusal) {
            self.refusals.push(refusal.clone());
        }
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
        Ok(())
    }

    /// A trap where the deadline has passed.
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

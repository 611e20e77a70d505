//! [`Failure`]: why a guest did not answer.

use crate::guest::limiter::Limiter;
use crate::guest::state::Trap;
use crate::limits::{Exceeded, Limits};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use quoin_abi::error::{ErrorDetail, ErrorType};
use wasmi::TrapCode;
use wasmi::errors::{ErrorKind, InstantiationError};

/// Why a guest did not answer. Whatever it is, the instance is gone and nothing else is harmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It hit a limit.
    Exceeded(Exceeded),
    /// It trapped: an unreachable instruction (a panic), an access out of bounds, a division by zero, …
    Trap(String),
    /// It broke the contract; the text says how.
    Contract(String),
    /// It called `proc_exit`.
    Exit(u32),
    /// It answered an error of its own where metadata or a schema was asked for.
    Plugin(ErrorDetail),
}

impl Failure {
    /// The failure as the contract's error record.
    #[must_use]
    pub fn detail(&self) -> ErrorDetail {
        let (kind, code) = match self {
            Self::Plugin(detail) => return detail.clone(),
            Self::Exceeded(Exceeded::Deadline) => (ErrorType::Timeout, "ETIMEDOUT"),
            Self::Exceeded(_) => (ErrorType::Internal, "ELIMIT"),
            Self::Trap(_) => (ErrorType::Panic, "ETRAP"),
            Self::Contract(_) => (ErrorType::Validation, "ECONTRACT"),
            Self::Exit(_) => (ErrorType::Execution, "EEXIT"),
        };
        ErrorDetail::new(kind, code, self.to_string())
    }

    /// Reads a wasmi error: our own traps come out as what they were, wasmi's limits as ours.
    pub(crate) fn from_wasmi(error: wasmi::Error, limiter: &Limiter, limits: &Limits) -> Self {
        if let Some(trap) = error.downcast_ref::<Trap>() {
            return match trap {
                Trap::Exceeded(exceeded) => Self::Exceeded(*exceeded),
                Trap::Contract(text) => Self::Contract(text.clone()),
                Trap::Exit(code) => Self::Exit(*code),
            };
        }
        if let Some(exceeded) = limiter.denied() {
            return Self::Exceeded(exceeded);
        }
        match error.as_trap_code() {
            Some(TrapCode::StackOverflow) => Self::Exceeded(Exceeded::CallDepth(limits.call_depth)),
            Some(TrapCode::OutOfFuel) => Self::Exceeded(Exceeded::Fuel(limits.fuel)),
            Some(TrapCode::UnreachableCodeReached) => Self::Trap(
                "the plugin stopped itself (unreachable instruction), which is how a panic ends".into(),
            ),
            Some(TrapCode::OutOfSystemMemory) => Self::Trap("the machine has no memory left for it".into()),
            _ => match error.kind() {
                // wasmi's own text shows where the table lies in its memory.
                ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit {
                    table_index,
                    len,
                    ..
                }) => Self::Trap(format!(
                    "an element segment does not fit its table ({len} at index {table_index})"
                )),
                _ => Self::compiling(&error).unwrap_or_else(|| Self::Trap(error.to_string())),
            },
        }
    }

    /// Functions are compiled when they are first called, which is when it shows that one is not valid.
    fn compiling(error: &wasmi::Error) -> Option<Self> {
        let (ErrorKind::Read(_)
        | ErrorKind::Wasm(_)
        | ErrorKind::Translation(_)
        | ErrorKind::UserLimits(_)
        | ErrorKind::ImplementationLimits(_)
        | ErrorKind::Ir(_)) = error.kind()
        else {
            return None;
        };
        let mut why = error.to_string();
        if why.starts_with("lazy function compilation") {
            // wasmi tells the reason once and does not look at the function again.
            why = "an earlier call of it told why".into();
        }
        Some(Self::Contract(format!("a function of it is not valid WebAssembly: {why}")))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exceeded(exceeded) => exceeded.fmt(f),
            Self::Trap(text) => write!(f, "the plugin trapped: {text}"),
            Self::Contract(text) => write!(f, "the plugin broke the guest contract: {text}"),
            Self::Exit(code) => write!(f, "the plugin called proc_exit({code}) instead of answering"),
            Self::Plugin(detail) => detail.fmt(f),
        }
    }
}

impl core::error::Error for Failure {}

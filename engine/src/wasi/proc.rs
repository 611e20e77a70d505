//! The process: `proc_exit`, `proc_raise`.

use super::Errno;
use super::memory::Memory;
use super::outcome::Outcome;
use crate::guest::state::{State, Trap};

/// Ends the guest. It does not return.
///
/// - `code`: the exit code, 0 for success.
///
/// # Errors
///
/// Always [`Trap::Exit`].
pub(super) fn proc_exit(code: u32) -> Result<(), wasmi::Error> {
    Err(Trap::Exit(code).into())
}

/// Sends the guest a signal, which nothing here can: there are no signals.
///
/// - `signal`: the signal.
///
/// # Errors
///
/// - `Inval`: there is no such signal.
/// - `Nosys`: always else.
pub(super) fn proc_raise(memory: &mut Memory<'_>, state: &mut State, signal: u32) -> Outcome {
    let _ = (memory, state);
    // The last one that is defined is SIGSYS, 30.
    Err(if signal > 30 { Errno::Inval } else { Errno::Nosys }.into())
}

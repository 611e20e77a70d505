//! Clocks: `clock_res_get`, `clock_time_get`.

use super::Errno;
use super::memory::Memory;
use super::outcome::Outcome;
use crate::guest::state::State;
use crate::system::System;

/// The clocks that there are. The two that count processor time (2 and 3) do not exist here: a guest shares its
/// process with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Since the Unix epoch.
    Realtime,
    /// Since some moment, and never going back.
    Monotonic,
}

impl Clock {
    /// From the guest.
    ///
    /// # Errors
    ///
    /// `Inval` for any other clock, as the specification has it for one that is not supported.
    pub(super) fn from_id(id: u32) -> Result<Self, Errno> {
        match id {
            0 => Ok(Self::Realtime),
            1 => Ok(Self::Monotonic),
            _ => Err(Errno::Inval),
        }
    }

    /// What it shows, in nanoseconds.
    pub(super) fn now(self, system: &dyn System) -> u64 {
        match self {
            Self::Realtime => system.realtime(),
            Self::Monotonic => system.monotonic(),
        }
    }
}

/// Tells a clock's resolution.
///
/// - `id`: the clock, 0 for real time, 1 for the monotonic clock;
/// - `out`: where its resolution goes, in nanoseconds, never 0.
///
/// # Errors
///
/// - `Inval`: there is no such clock.
/// - `Fault`: the address is not in memory.
pub(super) fn clock_res_get(memory: &mut Memory<'_>, state: &mut State, id: u32, out: u32) -> Outcome {
    Clock::from_id(id)?;
    Ok(memory.put_u64(out, state.host.system().resolution().max(1))?)
}

/// Reads a clock.
///
/// - `id`: the clock, 0 for real time, 1 for the monotonic clock;
/// - `precision`: how many nanoseconds the answer may be off, which it never is here;
/// - `out`: where the time goes, in nanoseconds.
///
/// # Errors
///
/// - `Inval`: there is no such clock.
/// - `Fault`: the address is not in memory.
pub(super) fn clock_time_get(
    memory: &mut Memory<'_>,
    state: &mut State,
    id: u32,
    precision: u64,
    out: u32,
) -> Outcome {
    let _ = precision;
    let clock = Clock::from_id(id)?;
    Ok(memory.put_u64(out, clock.now(state.host.system()))?)
}

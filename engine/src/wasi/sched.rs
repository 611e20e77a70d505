//! Scheduling: `sched_yield`.

use super::memory::Memory;
use super::outcome::Outcome;
use crate::guest::state::State;

/// Lets others run for a moment.
///
/// # Errors
///
/// None.
pub(super) fn sched_yield(memory: &mut Memory<'_>, state: &mut State) -> Outcome {
    let _ = memory;
    state.host.system().yield_now();
    Ok(())
}

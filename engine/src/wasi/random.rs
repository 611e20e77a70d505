//! Random data: `random_get`.

use super::memory::Memory;
use super::outcome::Outcome;
use super::wait::CHUNK;
use crate::guest::state::State;

/// Fills memory with unpredictable bytes of the system.
///
/// - `buf`, `len`: what to fill.
///
/// # Errors
///
/// - `Fault`: that is not in memory; nothing is written then.
/// - `Io`: the system has none.
pub(super) fn random_get(memory: &mut Memory<'_>, state: &mut State, buf: u32, len: u32) -> Outcome {
    for chunk in memory.bytes_mut(buf, len)?.chunks_mut(CHUNK as usize) {
        state.check_deadline()?;
        state.host.system().random(chunk)?;
    }
    Ok(())
}

//! Arguments: `args_get`, `args_sizes_get`.

use super::memory::Memory;
use super::outcome::Outcome;
use super::strings;
use crate::guest::state::State;

/// Reads the arguments.
///
/// - `argv`: where the address of each argument goes, 4 bytes each;
/// - `argv_buf`: where the arguments go, each with a NUL behind it.
///
/// # Errors
///
/// `Fault`: an address is not in memory.
pub(super) fn args_get(memory: &mut Memory<'_>, state: &mut State, argv: u32, argv_buf: u32) -> Outcome {
    strings::put(memory, &state.wasi.args, argv, argv_buf)
}

/// Tells how much room [`args_get`] needs.
///
/// - `count`: where the number of arguments goes;
/// - `size`: where the number of bytes goes that they take, with a NUL each.
///
/// # Errors
///
/// - `Fault`: an address is not in memory.
/// - `Overflow`: a number is too large.
pub(super) fn args_sizes_get(memory: &mut Memory<'_>, state: &mut State, count: u32, size: u32) -> Outcome {
    strings::put_sizes(memory, &state.wasi.args, count, size)
}

//! Environment variables: `environ_get`, `environ_sizes_get`.

use super::memory::Memory;
use super::outcome::Outcome;
use super::strings;
use crate::guest::state::State;

/// Reads the environment variables, of which a plugin has those that it was granted.
///
/// - `environ`: where the address of each variable goes, 4 bytes each;
/// - `environ_buf`: where the variables go, each as `NAME=value` with a NUL behind it.
///
/// # Errors
///
/// `Fault`: an address is not in memory.
pub(super) fn environ_get(
    memory: &mut Memory<'_>,
    state: &mut State,
    environ: u32,
    environ_buf: u32,
) -> Outcome {
    strings::put(memory, &state.wasi.env, environ, environ_buf)
}

/// Tells how much room [`environ_get`] needs.
///
/// - `count`: where the number of variables goes;
/// - `size`: where the number of bytes goes that they take, with a NUL each.
///
/// # Errors
///
/// - `Fault`: an address is not in memory.
/// - `Overflow`: a number is too large.
pub(super) fn environ_sizes_get(
    memory: &mut Memory<'_>,
    state: &mut State,
    count: u32,
    size: u32,
) -> Outcome {
    strings::put_sizes(memory, &state.wasi.env, count, size)
}

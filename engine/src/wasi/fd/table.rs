//! Which descriptors there are: `fd_close`, `fd_renumber`.

use crate::guest::state::State;
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;

/// Closes a descriptor.
///
/// - `fd`: the descriptor, which may be a preopened directory.
///
/// # Errors
///
/// `Badf`: it is not open.
pub(crate) fn fd_close(memory: &mut Memory<'_>, state: &mut State, fd: u32) -> Outcome {
    let _ = memory;
    state.wasi.descriptors.remove(fd)?;
    Ok(())
}

/// Moves a descriptor onto another one, which is closed.
///
/// - `from`: the descriptor that gets another number;
/// - `to`: the number that it gets.
///
/// # Errors
///
/// `Badf`: one of them is not open.
pub(crate) fn fd_renumber(memory: &mut Memory<'_>, state: &mut State, from: u32, to: u32) -> Outcome {
    let _ = memory;
    state.wasi.descriptors.renumber(from, to)?;
    Ok(())
}

//! Sockets: `sock_accept`, `sock_recv`, `sock_send`, `sock_shutdown`. A guest has none: what it exchanges with the
//! network goes through host functions, which check what it may.

use super::Errno;
use super::memory::Memory;
use super::outcome::{Failure, Outcome};
use crate::guest::state::State;

fn no_socket(state: &State, fd: u32) -> Failure {
    match state.wasi.descriptors.get(fd) {
        Ok(_) => Errno::Notsock.into(),
        Err(errno) => errno.into(),
    }
}

/// Accepts a connection.
///
/// - `fd`: a listening socket;
/// - `flags`: flags of the descriptor to be (`fdflags`);
/// - `out`: where the connection's descriptor goes.
///
/// # Errors
///
/// - `Badf`: `fd` is not open.
/// - `Notsock`: always else.
pub(super) fn sock_accept(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    flags: u32,
    out: u32,
) -> Outcome {
    let _ = (memory, flags, out);
    Err(no_socket(state, fd))
}

/// Receives a message.
///
/// - `fd`: a socket;
/// - `iovs`, `count`: buffers for the message;
/// - `flags`: `riflags`;
/// - `size`, `out_flags`: where its size and flags (`roflags`) go.
///
/// # Errors
///
/// - `Badf`: `fd` is not open.
/// - `Notsock`: always else.
#[expect(clippy::too_many_arguments, reason = "the specification has as many")]
pub(super) fn sock_recv(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    iovs: u32,
    count: u32,
    flags: u32,
    size: u32,
    out_flags: u32,
) -> Outcome {
    let _ = (memory, iovs, count, flags, size, out_flags);
    Err(no_socket(state, fd))
}

/// Sends a message.
///
/// - `fd`: a socket;
/// - `iovs`, `count`: the message;
/// - `flags`: `siflags`, of which there are none;
/// - `size`: where the number of bytes sent goes.
///
/// # Errors
///
/// - `Badf`: `fd` is not open.
/// - `Notsock`: always else.
pub(super) fn sock_send(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    iovs: u32,
    count: u32,
    flags: u32,
    size: u32,
) -> Outcome {
    let _ = (memory, iovs, count, flags, size);
    Err(no_socket(state, fd))
}

/// Closes a socket's sending or receiving side.
///
/// - `fd`: a socket;
/// - `how`: the sides (`sdflags`).
///
/// # Errors
///
/// - `Badf`: `fd` is not open.
/// - `Notsock`: always else.
pub(super) fn sock_shutdown(memory: &mut Memory<'_>, state: &mut State, fd: u32, how: u32) -> Outcome {
    let _ = (memory, how);
    Err(no_socket(state, fd))
}

//! Preopened directories: `fd_prestat_get`, `fd_prestat_dir_name`.

use crate::guest::state::State;
use crate::wasi::Errno;
use crate::wasi::descriptor::{Descriptors, Directory, Object};
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;

fn name(descriptors: &Descriptors, fd: u32) -> Result<&str, Errno> {
    match &descriptors.get(fd)?.object {
        Object::Directory(Directory { preopen: Some(name), .. }) => Ok(name),
        _ => Err(Errno::Badf),
    }
}

/// Describes a preopened directory. Guests call it for 3, 4, … until it answers `Badf`.
///
/// - `fd`: the descriptor;
/// - `out`: where a `prestat` goes, 8 bytes.
///
/// # Errors
///
/// - `Badf`: it is not open, or not preopened.
/// - `Fault`: the address is not in memory.
pub(crate) fn fd_prestat_get(memory: &mut Memory<'_>, state: &mut State, fd: u32, out: u32) -> Outcome {
    let len = name(&state.wasi.descriptors, fd)?.len();
    let len = u32::try_from(len).map_err(|_| Errno::Overflow)?;
    // The tag 0, a directory, fills four bytes.
    Ok(memory.put_u64(out, u64::from(len) << 32)?)
}

/// Reads what a preopened directory is called.
///
/// - `fd`: the descriptor;
/// - `buf`, `len`: where the name goes, without a NUL.
///
/// # Errors
///
/// - `Badf`: it is not open, or not preopened.
/// - `Nametoolong`: the name is longer than `len`.
/// - `Fault`: the address is not in memory.
pub(crate) fn fd_prestat_dir_name(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    buf: u32,
    len: u32,
) -> Outcome {
    let name = name(&state.wasi.descriptors, fd)?;
    if name.len() > len as usize {
        return Err(Errno::Nametoolong.into());
    }
    Ok(memory.put(buf, name.as_bytes())?)
}

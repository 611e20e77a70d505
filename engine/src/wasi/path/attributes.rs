//! Attributes by path: `path_filestat_get`, `path_filestat_set_times`, `path_readlink`.

use super::{links, place};
use crate::guest::state::State;
use crate::wasi::Errno;
use crate::wasi::access::{Need, resolve};
use crate::wasi::layout;
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;
use crate::wasi::rights::Rights;
use crate::wasi::walk::{End, Links};

/// Reads the attributes of a file.
///
/// - `fd`: a directory;
/// - `flags`: `lookupflags`, 1 to follow a link that the path ends with;
/// - `path`, `len`: the path, from that directory;
/// - `out`: where a `filestat` goes, 64 bytes.
///
/// # Errors
///
/// - `Badf`: `fd` is not open. `Notdir`: it, or something on the way, is no directory.
/// - `Notcapable`: it has no right to `PATH_FILESTAT_GET`, or the file is not granted.
/// - `Perm`: the path leads out of a command's directory.
/// - `Inval`: there is no such flag, or the path has a NUL in it. `Ilseq`: the path is no UTF-8.
/// - `Noent`: there is no such file. `Loop`: there are too many links. `Nametoolong`: the path is too long.
/// - `Fault`: an address is not in memory.
/// - `Acces`, `Io`, …: what the system says.
pub(crate) fn path_filestat_get(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    flags: u32,
    path: u32,
    len: u32,
    out: u32,
) -> Outcome {
    let from = place(state, fd, Rights::PATH_FILESTAT_GET)?;
    memory.check(out, 1, 64)?;
    let found = resolve(state, &from, memory.path(path, len)?, links(flags)?, &[Need::Read])?;
    Ok(layout::put_filestat(memory, out, &found.stat()?)?)
}

/// Sets the times of a file.
///
/// - `fd`: a directory;
/// - `flags`: `lookupflags`, 1 to follow a link that the path ends with;
/// - `path`, `len`: the path, from that directory;
/// - `atim`, `mtim`: times of access and modification, in nanoseconds since the Unix epoch;
/// - `fst_flags`: `fstflags`, which of them to set, and whether to the time now instead.
///
/// # Errors
///
/// As for [`path_filestat_get`], and
///
/// - `Notcapable`: it has no right to `PATH_FILESTAT_SET_TIMES`, or the file is not granted for writing.
/// - `Inval`: of the times, one flag says "now" and another says when.
#[expect(clippy::too_many_arguments, reason = "the specification has as many")]
pub(crate) fn path_filestat_set_times(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    flags: u32,
    path: u32,
    len: u32,
    atim: u64,
    mtim: u64,
    fst_flags: u32,
) -> Outcome {
    let (atime, mtime) = layout::times(atim, mtim, fst_flags)?;
    let from = place(state, fd, Rights::PATH_FILESTAT_SET_TIMES)?;
    let found = resolve(state, &from, memory.path(path, len)?, links(flags)?, &[Need::Write])?;
    found.stat()?;
    let node = found.place.node();
    match &found.end {
        End::Here => node.open_directory()?.set_times(atime, mtime)?,
        End::Entry(entry) => node.set_times(&entry.name, atime, mtime)?,
        End::Missing(_) => return Err(Errno::Noent.into()),
    }
    Ok(())
}

/// Reads the text of a symbolic link.
///
/// - `fd`: a directory;
/// - `path`, `len`: the link's path, from that directory;
/// - `buf`, `buf_len`: where the text goes, as much of it as fits;
/// - `out`: where the number of bytes goes that were written.
///
/// # Errors
///
/// As for [`path_filestat_get`], and
///
/// - `Notcapable`: it has no right to `PATH_READLINK`.
/// - `Inval`: it is no link.
#[expect(clippy::too_many_arguments, reason = "the specification has as many")]
pub(crate) fn path_readlink(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    path: u32,
    len: u32,
    buf: u32,
    buf_len: u32,
    out: u32,
) -> Outcome {
    let from = place(state, fd, Rights::PATH_READLINK)?;
    memory.check(out, 1, 4)?;
    memory.check(buf, buf_len, 1)?;
    let found = resolve(state, &from, memory.path(path, len)?, Links::Keep, &[Need::Read])?;
    found.stat()?;
    let End::Entry(entry) = &found.end else { return Err(Errno::Inval.into()) };
    let text = entry.node.read_link()?;
    let fits = text.len().min(buf_len as usize);
    memory.put(buf, &text.as_bytes()[..fits])?;
    Ok(memory.put_u32(out, u32::try_from(fits).map_err(|_| Errno::Overflow)?)?)
}

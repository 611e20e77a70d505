//! Attributes of descriptors and of what they stand for: `fd_fdstat_*`, `fd_filestat_*`.

use crate::guest::state::State;
use crate::system::{Kind, Stat};
use crate::wasi::Errno;
use crate::wasi::access::{Need, permit, permit_place};
use crate::wasi::descriptor::{FdFlags, GrantedPath, Object};
use crate::wasi::layout;
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;
use crate::wasi::rights::Rights;

/// Describes a descriptor.
///
/// - `fd`: the descriptor;
/// - `out`: where an `fdstat` goes, 24 bytes.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Fault`: the address is not in memory.
pub(crate) fn fd_fdstat_get(memory: &mut Memory<'_>, state: &mut State, fd: u32, out: u32) -> Outcome {
    Ok(layout::put_fdstat(memory, out, state.wasi.descriptors.get(fd)?)?)
}

/// Sets the flags of a descriptor: `APPEND` and `NONBLOCK`.
///
/// - `fd`: the descriptor;
/// - `flags`: all flags that it is to have.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Inval`: there is no such flag.
/// - `Notcapable`: it has no right to `FD_FDSTAT_SET_FLAGS`.
/// - `Notsup`: `DSYNC`, `RSYNC` or `SYNC` would change.
pub(crate) fn fd_fdstat_set_flags(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    flags: u32,
) -> Outcome {
    let _ = memory;
    let flags = FdFlags::from_bits(flags)?;
    let descriptor = state.wasi.descriptors.get_mut(fd)?;
    descriptor.require(Rights::FD_FDSTAT_SET_FLAGS)?;
    for fixed in [FdFlags::DSYNC, FdFlags::RSYNC, FdFlags::SYNC] {
        if flags.has(fixed) != descriptor.flags.has(fixed) {
            return Err(Errno::Notsup.into());
        }
    }
    if let Object::File(open) = &descriptor.object {
        open.file.set_flags(flags.has(FdFlags::APPEND), flags.has(FdFlags::NONBLOCK))?;
    }
    descriptor.flags = flags;
    Ok(())
}

/// Gives up rights of a descriptor.
///
/// - `fd`: the descriptor;
/// - `base`: the rights that it keeps;
/// - `inheriting`: the rights that descriptors opened through it may still have.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Notcapable`: a right would be gained.
pub(crate) fn fd_fdstat_set_rights(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Outcome {
    let _ = memory;
    let (base, inheriting) = (Rights::from_bits(base), Rights::from_bits(inheriting));
    let descriptor = state.wasi.descriptors.get_mut(fd)?;
    if !descriptor.base.contains(base) || !descriptor.inheriting.contains(inheriting) {
        return Err(Errno::Notcapable.into());
    }
    descriptor.base = base;
    descriptor.inheriting = inheriting;
    Ok(())
}

/// Reads the attributes of what a descriptor stands for.
///
/// - `fd`: the descriptor;
/// - `out`: where a `filestat` goes, 64 bytes.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Notcapable`: it has no right to `FD_FILESTAT_GET`, or it is a directory that is not granted.
/// - `Fault`: the address is not in memory.
/// - `Io`, …: what the system says.
pub(crate) fn fd_filestat_get(memory: &mut Memory<'_>, state: &mut State, fd: u32, out: u32) -> Outcome {
    memory.check(out, 1, 64)?;
    let descriptor = state.wasi.descriptors.get(fd)?;
    descriptor.require(Rights::FD_FILESTAT_GET)?;
    let stat = match &descriptor.object {
        Object::Directory(directory) => {
            let place = directory.place.clone();
            permit_place(state, &place, Need::Read)?;
            place.node().stat()?
        }
        Object::File(open) => open.file.stat()?,
        Object::Empty | Object::Log(_) => Stat {
            dev: 0,
            ino: 0,
            kind: Kind::CharDevice,
            mode: 0,
            nlink: 1,
            uid: 0,
            gid: 0,
            size: 0,
            atime: 0,
            mtime: 0,
            ctime: 0,
        },
    };
    Ok(layout::put_filestat(memory, out, &stat)?)
}

/// Sets a file's size: cuts it, or fills it up with zeros.
///
/// - `fd`: a file that was opened for writing;
/// - `size`: its size to be.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Isdir`: it is a directory.
/// - `Notcapable`: it has no right to `FD_FILESTAT_SET_SIZE`.
/// - `Inval`: it has no size.
/// - `Fbig`, `Nospc`, `Io`, …: what the system says.
pub(crate) fn fd_filestat_set_size(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    size: u64,
) -> Outcome {
    let _ = memory;
    match &state.wasi.descriptors.data(fd, Rights::FD_FILESTAT_SET_SIZE)?.object {
        Object::File(open) => Ok(open.file.set_size(size)?),
        _ => Err(Errno::Inval.into()),
    }
}

/// Sets the times of a file or directory.
///
/// - `fd`: it;
/// - `atim`, `mtim`: times of access and modification, in nanoseconds since the Unix epoch;
/// - `flags`: `fstflags`, which of them to set, and whether to the time now instead.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Inval`: there is no such flag, or one says "now" and another says when, or it has no times.
/// - `Notcapable`: it has no right to `FD_FILESTAT_SET_TIMES`, or it is not granted for writing.
/// - `Perm`, `Io`, …: what the system says.
pub(crate) fn fd_filestat_set_times(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    atim: u64,
    mtim: u64,
    flags: u32,
) -> Outcome {
    let _ = memory;
    let (atime, mtime) = layout::times(atim, mtim, flags)?;
    let descriptor = state.wasi.descriptors.get(fd)?;
    descriptor.require(Rights::FD_FILESTAT_SET_TIMES)?;
    // A descriptor that was opened for reading is enough for the system, but this changes the file.
    match &descriptor.object {
        Object::Directory(directory) => {
            let place = directory.place.clone();
            permit_place(state, &place, Need::Write)?;
        }
        Object::File(open) => {
            if let Some(GrantedPath { path, in_own_process }) = open.granted_as.clone() {
                permit(state, &path, in_own_process, Need::Write).map_err(|_| Errno::Notcapable)?;
            }
        }
        Object::Empty | Object::Log(_) => {}
    }
    match &mut state.wasi.descriptors.get_mut(fd)?.object {
        Object::Directory(directory) => Ok(directory.file()?.set_times(atime, mtime)?),
        Object::File(open) => Ok(open.file.set_times(atime, mtime)?),
        Object::Empty | Object::Log(_) => Err(Errno::Inval.into()),
    }
}

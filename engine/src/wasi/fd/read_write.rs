//! Data of files: `fd_read`, `fd_write`, `fd_pread`, `fd_pwrite`, `fd_seek`, `fd_tell`, `fd_advise`, `fd_allocate`,
//! `fd_sync`, `fd_datasync`.

use crate::guest::state::State;
use crate::system::{Kind, Whence};
use crate::wasi::Errno;
use crate::wasi::descriptor::{Descriptor, FdFlags, Object};
use crate::wasi::memory::{Memory, behind};
use crate::wasi::outcome::Outcome;
use crate::wasi::output;
use crate::wasi::rights::Rights;
use crate::wasi::wait::Transfer;
use alloc::vec::Vec;

/// The most parts of memory that one call reads or writes, as on Linux; it stops short after them.
const PARTS_MAX: usize = 1024;

/// Reads an array of `iovec`s, checks that all of them lie within memory, and answers the first that are not empty.
/// They are read before any data is, which may overwrite them.
fn parts(memory: &Memory<'_>, iovs: u32, count: u32) -> Result<Vec<(u32, u32)>, Errno> {
    memory.check(iovs, count, 8)?;
    let mut parts = Vec::new();
    let mut total = 0_u32;
    for index in 0..count {
        let iov = behind(iovs, index * 8)?;
        let (ptr, len) = (memory.u32(iov)?, memory.u32(behind(iov, 4)?)?);
        memory.check(ptr, len, 1)?;
        if len > 0 && parts.len() < PARTS_MAX {
            total = total.checked_add(len).ok_or(Errno::Inval)?;
            parts.push((ptr, len));
        }
    }
    Ok(parts)
}

fn transfer<'a>(descriptor: &'a Descriptor, write: bool, offset: Option<u64>) -> Option<Transfer<'a>> {
    match &descriptor.object {
        Object::File(open) => {
            let nonblock = descriptor.flags.has(FdFlags::NONBLOCK);
            Some(Transfer { file: &*open.file, write, nonblock, offset })
        }
        _ => None,
    }
}

/// What has positions in it, or `Spipe`, which says more than `Notcapable` where no right could help.
fn seekable(state: &State, fd: u32, rights: Rights) -> Result<&Descriptor, Errno> {
    let descriptor = state.wasi.descriptors.data(fd, Rights::NONE)?;
    let stream = !matches!(descriptor.kind, Kind::File | Kind::BlockDevice);
    match descriptor.require(rights) {
        Err(_) if stream => Err(Errno::Spipe),
        decided => decided.map(|()| descriptor),
    }
}

/// Reads from a descriptor at its position, which moves. Waits for the first byte unless the descriptor is
/// `NONBLOCK`.
///
/// - `fd`: the descriptor;
/// - `iovs`, `count`: the parts of memory to fill, one after the other;
/// - `out`: where the number of bytes goes that were read; 0 is the end.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Isdir`: it is a directory.
/// - `Notcapable`: it has no right to `FD_READ`.
/// - `Fault`: an address or a part is not in memory.
/// - `Inval`: the parts together are too long.
/// - `Again`: it is `NONBLOCK` and there is nothing yet.
/// - `Io`, …: what the system says.
pub(crate) fn fd_read(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Outcome {
    let descriptor = state.wasi.descriptors.data(fd, Rights::FD_READ)?;
    memory.check(out, 1, 4)?;
    let parts = parts(memory, iovs, count)?;
    let done = match transfer(descriptor, false, None) {
        Some(transfer) => transfer.run(state, memory, &parts)?,
        None => 0,
    };
    Ok(memory.put_u32(out, done)?)
}

/// Reads from a file at an offset, and leaves its position where it is.
///
/// - `fd`: the file;
/// - `iovs`, `count`: the parts of memory to fill, one after the other;
/// - `offset`: where in the file;
/// - `out`: where the number of bytes goes that were read; 0 is the end.
///
/// # Errors
///
/// As for [`fd_read`], and
///
/// - `Notcapable`: it has no right to `FD_SEEK`.
/// - `Inval`: the offset is too large.
/// - `Spipe`: it has no positions.
pub(crate) fn fd_pread(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Outcome {
    let descriptor = seekable(state, fd, Rights::FD_READ | Rights::FD_SEEK)?;
    memory.check(out, 1, 4)?;
    let parts = parts(memory, iovs, count)?;
    i64::try_from(offset).map_err(|_| Errno::Inval)?;
    let transfer = transfer(descriptor, false, Some(offset)).ok_or(Errno::Spipe)?;
    let done = transfer.run(state, memory, &parts)?;
    Ok(memory.put_u32(out, done)?)
}

/// Writes to a descriptor at its position, or at the end with `APPEND`. Waits until something can be written unless
/// the descriptor is `NONBLOCK`.
///
/// - `fd`: the descriptor;
/// - `iovs`, `count`: the parts of memory to write, one after the other;
/// - `out`: where the number of bytes goes that were written.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Isdir`: it is a directory.
/// - `Notcapable`: it has no right to `FD_WRITE`.
/// - `Fault`: an address or a part is not in memory.
/// - `Inval`: the parts together are too long.
/// - `Again`: it is `NONBLOCK` and takes nothing yet.
/// - `Nospc`, `Pipe`, `Io`, …: what the system says.
pub(crate) fn fd_write(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    iovs: u32,
    count: u32,
    out: u32,
) -> Outcome {
    let descriptor = state.wasi.descriptors.data(fd, Rights::FD_WRITE)?;
    memory.check(out, 1, 4)?;
    let parts = parts(memory, iovs, count)?;
    let done = if let Object::Log(stream) = descriptor.object {
        let mut done = 0;
        for (ptr, len) in parts {
            output::write(state, stream, memory.bytes(ptr, len)?)?;
            done += len;
        }
        done
    } else {
        let transfer = transfer(descriptor, true, None).ok_or(Errno::Badf)?;
        transfer.run(state, memory, &parts)?
    };
    Ok(memory.put_u32(out, done)?)
}

/// Writes to a file at an offset, and leaves its position where it is.
///
/// - `fd`: the file;
/// - `iovs`, `count`: the parts of memory to write, one after the other;
/// - `offset`: where in the file; with `APPEND` some systems write to the end nevertheless, Linux among them;
/// - `out`: where the number of bytes goes that were written.
///
/// # Errors
///
/// As for [`fd_write`], and
///
/// - `Notcapable`: it has no right to `FD_SEEK`.
/// - `Inval`: the offset is too large.
/// - `Spipe`: it has no positions.
pub(crate) fn fd_pwrite(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Outcome {
    let descriptor = seekable(state, fd, Rights::FD_WRITE | Rights::FD_SEEK)?;
    memory.check(out, 1, 4)?;
    let parts = parts(memory, iovs, count)?;
    i64::try_from(offset).map_err(|_| Errno::Inval)?;
    let transfer = transfer(descriptor, true, Some(offset)).ok_or(Errno::Spipe)?;
    let done = transfer.run(state, memory, &parts)?;
    Ok(memory.put_u32(out, done)?)
}

/// Moves the position of a descriptor.
///
/// - `fd`: the descriptor;
/// - `offset`: how far;
/// - `whence`: from the start (0), the position (1) or the end (2);
/// - `out`: where the new position goes.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Isdir`: it is a directory.
/// - `Notcapable`: it has no right to `FD_SEEK`; for asking where it is, `FD_TELL` is enough.
/// - `Inval`: `whence` is none of these, or the position would be before the start.
/// - `Spipe`: it has no positions.
/// - `Fault`: the address is not in memory.
pub(crate) fn fd_seek(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    offset: i64,
    whence: u32,
    out: u32,
) -> Outcome {
    let whence = match whence {
        0 => Whence::Set,
        1 => Whence::Cur,
        2 => Whence::End,
        _ => return Err(Errno::Inval.into()),
    };
    let asks = offset == 0 && whence == Whence::Cur;
    let descriptor = match seekable(state, fd, Rights::FD_SEEK) {
        Err(Errno::Notcapable) if asks => seekable(state, fd, Rights::FD_TELL),
        decided => decided,
    }?;
    memory.check(out, 1, 8)?;
    let Object::File(open) = &descriptor.object else { return Err(Errno::Spipe.into()) };
    Ok(memory.put_u64(out, open.file.seek(offset, whence)?)?)
}

/// Tells the position of a descriptor.
///
/// - `fd`: the descriptor;
/// - `out`: where the position goes.
///
/// # Errors
///
/// As for [`fd_seek`]; `FD_TELL` is the right that it needs.
pub(crate) fn fd_tell(memory: &mut Memory<'_>, state: &mut State, fd: u32, out: u32) -> Outcome {
    fd_seek(memory, state, fd, 0, 1, out)
}

/// Says how a file will be used, which changes nothing here.
///
/// - `fd`: the file;
/// - `offset`, `len`: which part of it;
/// - `advice`: how, from 0 (normally) to 5 (only once).
///
/// # Errors
///
/// - `Badf`: it is not open, or a directory.
/// - `Inval`: there is no such advice.
/// - `Notcapable`: it has no right to `FD_ADVISE`.
/// - `Spipe`: it has no positions.
pub(crate) fn fd_advise(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    offset: u64,
    len: u64,
    advice: u32,
) -> Outcome {
    let _ = (memory, offset, len);
    if advice > 5 {
        return Err(Errno::Inval.into());
    }
    match seekable(state, fd, Rights::FD_ADVISE) {
        Ok(descriptor) if matches!(descriptor.kind, Kind::Fifo | Kind::Socket) => Err(Errno::Spipe.into()),
        Ok(_) => Ok(()),
        Err(Errno::Isdir) => Err(Errno::Badf.into()),
        Err(errno) => Err(errno.into()),
    }
}

/// Makes sure that there is room for a part of a file, and makes the file as long.
///
/// - `fd`: a file that was opened for writing;
/// - `offset`, `len`: which part.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Isdir`: it is a directory.
/// - `Notcapable`: it has no right to `FD_ALLOCATE`.
/// - `Inval`: the part is empty.
/// - `Fbig`: the part ends beyond the largest file.
/// - `Spipe`: it has no positions.
/// - `Notsup`, `Nospc`, `Io`, …: what the system says.
pub(crate) fn fd_allocate(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    offset: u64,
    len: u64,
) -> Outcome {
    let _ = memory;
    let descriptor = seekable(state, fd, Rights::FD_ALLOCATE)?;
    if len == 0 {
        return Err(Errno::Inval.into());
    }
    if offset.checked_add(len).is_none_or(|end| i64::try_from(end).is_err()) {
        return Err(Errno::Fbig.into());
    }
    match &descriptor.object {
        Object::File(open) => Ok(open.file.allocate(offset, len)?),
        _ => Err(Errno::Spipe.into()),
    }
}

fn sync(state: &mut State, fd: u32, right: Rights, data_only: bool) -> Outcome {
    let descriptor = state.wasi.descriptors.get_mut(fd)?;
    descriptor.require(right)?;
    match &mut descriptor.object {
        Object::Directory(directory) => Ok(directory.file()?.sync(data_only)?),
        Object::File(open) => Ok(open.file.sync(data_only)?),
        Object::Empty | Object::Log(_) => Err(Errno::Inval.into()),
    }
}

/// Writes a file's data to the disk.
///
/// - `fd`: the file or directory.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Notcapable`: it has no right to `FD_DATASYNC`.
/// - `Inval`: it is not on a disk.
/// - `Io`, …: what the system says.
pub(crate) fn fd_datasync(memory: &mut Memory<'_>, state: &mut State, fd: u32) -> Outcome {
    let _ = memory;
    sync(state, fd, Rights::FD_DATASYNC, true)
}

/// Writes a file's data and attributes to the disk.
///
/// - `fd`: the file or directory.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Notcapable`: it has no right to `FD_SYNC`.
/// - `Inval`: it is not on a disk.
/// - `Io`, …: what the system says.
pub(crate) fn fd_sync(memory: &mut Memory<'_>, state: &mut State, fd: u32) -> Outcome {
    let _ = memory;
    sync(state, fd, Rights::FD_SYNC, false)
}

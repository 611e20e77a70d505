//! Making, removing and moving: `path_create_directory`, `path_remove_directory`, `path_unlink_file`, `path_rename`.

use super::place;
use crate::guest::state::State;
use crate::system::Kind;
use crate::wasi::Errno;
use crate::wasi::access::{Need, resolve};
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;
use crate::wasi::rights::Rights;
use crate::wasi::walk::{End, Links};

/// Makes a directory.
///
/// - `fd`: a directory;
/// - `path`, `len`: the new directory's path, from that directory.
///
/// # Errors
///
/// - `Badf`: `fd` is not open. `Notdir`: it, or something on the way, is no directory.
/// - `Notcapable`: it has no right to `PATH_CREATE_DIRECTORY`, or the path is not granted for writing.
/// - `Perm`: the path leads out of a command's directory.
/// - `Inval`: the path has a NUL in it. `Ilseq`: the path is no UTF-8.
/// - `Exist`: there is something already.
/// - `Noent`: a directory on the way is missing. `Loop`: there are too many links. `Nametoolong`: the path is too
///   long.
/// - `Fault`: the path is not in memory.
/// - `Acces`, `Nospc`, `Io`, …: what the system says.
pub(crate) fn path_create_directory(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    path: u32,
    len: u32,
) -> Outcome {
    let from = place(state, fd, Rights::PATH_CREATE_DIRECTORY)?;
    let found = resolve(state, &from, memory.path(path, len)?, Links::Never, &[Need::Write])?;
    match &found.end {
        End::Missing(name) => Ok(found.place.node().create_directory(name)?),
        End::Here | End::Entry(_) => Err(Errno::Exist.into()),
    }
}

/// Removes an empty directory.
///
/// - `fd`: a directory;
/// - `path`, `len`: the path of the one to be removed, from that directory.
///
/// # Errors
///
/// As for [`path_create_directory`], and
///
/// - `Notcapable`: it has no right to `PATH_REMOVE_DIRECTORY`.
/// - `Inval`: the path ends in `.` or `..`.
/// - `Noent`: there is none. `Notdir`: it is something else. `Notempty`: it is not empty.
pub(crate) fn path_remove_directory(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    path: u32,
    len: u32,
) -> Outcome {
    let from = place(state, fd, Rights::PATH_REMOVE_DIRECTORY)?;
    let found = resolve(state, &from, memory.path(path, len)?, Links::Never, &[Need::Write])?;
    match &found.end {
        End::Here => Err(Errno::Inval.into()),
        End::Missing(_) => Err(Errno::Noent.into()),
        End::Entry(entry) if entry.stat.kind != Kind::Directory => Err(Errno::Notdir.into()),
        End::Entry(entry) => Ok(found.place.node().remove_directory(&entry.name)?),
    }
}

/// Removes anything but a directory; a link itself, not what it leads to.
///
/// - `fd`: a directory;
/// - `path`, `len`: the path, from that directory.
///
/// # Errors
///
/// As for [`path_create_directory`], and
///
/// - `Notcapable`: it has no right to `PATH_UNLINK_FILE`.
/// - `Noent`: there is none. `Isdir`: it is a directory. `Notdir`: a slash follows what is no directory.
pub(crate) fn path_unlink_file(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    path: u32,
    len: u32,
) -> Outcome {
    let from = place(state, fd, Rights::PATH_UNLINK_FILE)?;
    let found = resolve(state, &from, memory.path(path, len)?, Links::Never, &[Need::Write])?;
    if found.stat()?.kind == Kind::Directory {
        return Err(Errno::Isdir.into());
    }
    match &found.end {
        End::Entry(entry) => Ok(found.place.node().unlink(&entry.name)?),
        End::Here | End::Missing(_) => Err(Errno::Isdir.into()),
    }
}

/// Moves a file or directory, over another one if there is one.
///
/// A plugin needs both paths granted for writing, and the old one for reading too, because the file may be readable
/// where it goes. It cannot move directories: what is in them would come under other grants.
///
/// - `fd`: a directory;
/// - `old`, `old_len`: the path to move, from there;
/// - `new_fd`: a directory;
/// - `new`, `new_len`: the path to move it to, from there.
///
/// # Errors
///
/// As for [`path_create_directory`], and
///
/// - `Notcapable`: they have no right to `PATH_RENAME_SOURCE` and `PATH_RENAME_TARGET`, or a path is not granted.
/// - `Noent`: there is nothing to move. `Busy`: a path ends in `.` or `..`.
/// - `Notdir`: a slash follows what is no directory, or a directory would replace something else.
/// - `Isdir`: a file would replace a directory. `Notempty`: the directory to replace is not empty.
/// - `Xdev`: the paths are on two file systems, or a plugin moves a directory; what is there can be copied.
#[expect(clippy::too_many_arguments, reason = "the specification has as many")]
pub(crate) fn path_rename(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    old: u32,
    old_len: u32,
    new_fd: u32,
    new: u32,
    new_len: u32,
) -> Outcome {
    let old_from = place(state, fd, Rights::PATH_RENAME_SOURCE)?;
    let new_from = place(state, new_fd, Rights::PATH_RENAME_TARGET)?;
    let (old, new) = (memory.path(old, old_len)?, memory.path(new, new_len)?);
    let old = resolve(state, &old_from, old, Links::Never, &[Need::Write, Need::Read])?;
    let new = resolve(state, &new_from, new, Links::Never, &[Need::Write])?;
    let directory = old.stat()?.kind == Kind::Directory;
    let name = match &old.end {
        End::Entry(entry) => &entry.name,
        End::Here | End::Missing(_) => return Err(Errno::Busy.into()),
    };
    let new_name = match &new.end {
        End::Here => return Err(Errno::Busy.into()),
        End::Missing(_) if new.slash && !directory => return Err(Errno::Notdir.into()),
        End::Missing(name) => name,
        End::Entry(entry) => {
            new.stat()?;
            &entry.name
        }
    };
    if directory && old.place.base().granted() {
        return Err(Errno::Xdev.into());
    }
    Ok(old.place.node().rename(name, new.place.node(), new_name)?)
}

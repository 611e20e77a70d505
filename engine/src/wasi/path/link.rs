//! Links: `path_link`, `path_symlink`.

use super::{links, place};
use crate::guest::state::State;
use crate::system::Kind;
use crate::wasi::Errno;
use crate::wasi::access::{Need, resolve};
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;
use crate::wasi::rights::Rights;
use crate::wasi::walk::{End, Found, Links};

/// The name that a new link gets.
///
/// # Errors
///
/// `Exist` where there is something already, `Notdir` where a slash follows what is no directory, `Noent` where a
/// slash follows a name that does not exist, which no link can be.
fn new_name(found: &Found) -> Result<&str, Errno> {
    match &found.end {
        End::Here => Err(Errno::Exist),
        End::Entry(_) => found.stat().and(Err(Errno::Exist)),
        End::Missing(_) if found.slash => Err(Errno::Noent),
        End::Missing(name) => Ok(name),
    }
}

/// Gives a file another name.
///
/// A plugin needs both paths granted for writing, and the old one for reading too, because the other name may be
/// granted otherwise.
///
/// - `old_fd`: a directory;
/// - `flags`: `lookupflags`, 1 to follow a link that the old path ends with;
/// - `old`, `old_len`: the path of a file, from there;
/// - `new_fd`: a directory;
/// - `new`, `new_len`: the other path, from there.
///
/// # Errors
///
/// - `Badf`: a descriptor is not open. `Notdir`: it, or something on the way, is no directory.
/// - `Notcapable`: they have no right to `PATH_LINK_SOURCE` and `PATH_LINK_TARGET`, or a path is not granted.
/// - `Perm`: the old path is a directory's, or a path leads out of a command's directory.
/// - `Inval`: there is no such flag, or a path has a NUL in it. `Ilseq`: a path is no UTF-8.
/// - `Exist`: there is something at the new path already.
/// - `Noent`: there is nothing at the old path, or a slash follows the new one.
/// - `Loop`: there are too many links. `Nametoolong`: a path is too long.
/// - `Fault`: a path is not in memory.
/// - `Xdev`, `Mlink`, `Acces`, `Io`, …: what the system says.
#[expect(clippy::too_many_arguments, reason = "the specification has as many")]
pub(crate) fn path_link(
    memory: &mut Memory<'_>,
    state: &mut State,
    old_fd: u32,
    flags: u32,
    old: u32,
    old_len: u32,
    new_fd: u32,
    new: u32,
    new_len: u32,
) -> Outcome {
    let old_from = place(state, old_fd, Rights::PATH_LINK_SOURCE)?;
    let new_from = place(state, new_fd, Rights::PATH_LINK_TARGET)?;
    let (old, new) = (memory.path(old, old_len)?, memory.path(new, new_len)?);
    let old = resolve(state, &old_from, old, links(flags)?, &[Need::Write, Need::Read])?;
    let new = resolve(state, &new_from, new, Links::Never, &[Need::Write])?;
    if old.stat()?.kind == Kind::Directory {
        return Err(Errno::Perm.into());
    }
    let new_name = new_name(&new)?;
    match &old.end {
        End::Entry(entry) => Ok(old.place.node().link(&entry.name, new.place.node(), new_name)?),
        End::Here | End::Missing(_) => Err(Errno::Perm.into()),
    }
}

/// Makes a symbolic link.
///
/// - `text`, `text_len`: what it says. It may begin with `/` only where the guest knows the preopened directory as
///   `/`, since elsewhere it could not be followed;
/// - `fd`: a directory;
/// - `path`, `len`: the new link's path, from there.
///
/// # Errors
///
/// - `Badf`: `fd` is not open. `Notdir`: it, or something on the way, is no directory.
/// - `Notcapable`: it has no right to `PATH_SYMLINK`, or the path is not granted for writing.
/// - `Perm`: the path leads out of a command's directory, or the text begins with `/` and may not.
/// - `Inval`: the text or the path has a NUL in it. `Ilseq`: one of them is no UTF-8.
/// - `Exist`: there is something already.
/// - `Noent`: the text is empty, a directory on the way is missing, or a slash follows the path.
/// - `Loop`: there are too many links. `Nametoolong`: the text or the path is too long.
/// - `Fault`: one of them is not in memory.
/// - `Acces`, `Nospc`, `Io`, …: what the system says.
pub(crate) fn path_symlink(
    memory: &mut Memory<'_>,
    state: &mut State,
    text: u32,
    text_len: u32,
    fd: u32,
    path: u32,
    len: u32,
) -> Outcome {
    let from = place(state, fd, Rights::PATH_SYMLINK)?;
    let (text, path) = (memory.path(text, text_len)?, memory.path(path, len)?);
    if text.starts_with('/') && !from.base().is_root() {
        return Err(Errno::Perm.into());
    }
    let found = resolve(state, &from, path, Links::Never, &[Need::Write])?;
    Ok(found.place.node().symlink(text, new_name(&found)?)?)
}

//! Files by path: `path_*`.

mod attributes;
mod change;
mod link;
mod open;

pub(super) use attributes::{path_filestat_get, path_filestat_set_times, path_readlink};
pub(super) use change::{path_create_directory, path_remove_directory, path_rename, path_unlink_file};
pub(super) use link::{path_link, path_symlink};
pub(super) use open::path_open;

use super::Errno;
use super::place::Place;
use super::rights::Rights;
use super::walk::Links;
use crate::guest::state::State;

/// Where the directory of a descriptor is.
///
/// # Errors
///
/// `Badf` where it is not open, `Notdir` where it is no directory, `Notcapable` without the rights.
fn place(state: &mut State, fd: u32, rights: Rights) -> Result<Place, Errno> {
    Ok(state.wasi.descriptors.directory(fd, rights)?.0.place.clone())
}

/// From the guest (type `lookupflags`).
///
/// # Errors
///
/// `Inval` for a flag that does not exist.
fn links(flags: u32) -> Result<Links, Errno> {
    match flags {
        0 => Ok(Links::Keep),
        1 => Ok(Links::Follow),
        _ => Err(Errno::Inval),
    }
}

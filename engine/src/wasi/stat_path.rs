//! Attributes by path, for `quoin_host.file_stat`.

use super::Errno;
use super::access::{Need, Unresolved, resolve};
use super::place::Place;
use super::walk::{End, Links};
use crate::capability::Refusal;
use crate::guest::state::State;
use crate::system::{Kind, Stat};
use alloc::string::String;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileInfo {
    /// Its attributes.
    pub(crate) stat: Stat,
    /// Where it really is.
    pub(crate) resolved_path: String,
    /// The text of the link that it is.
    pub(crate) symlink_target: Option<String>,
}

/// Why nothing is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StatError {
    /// A capability is missing.
    Refused(Refusal),
    /// The system says so.
    Errno(Errno),
}

impl From<Unresolved> for StatError {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::Refused(refusal) => Self::Refused(refusal),
            Unresolved::Errno(errno) => Self::Errno(errno),
        }
    }
}

impl From<Errno> for StatError {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

/// The attributes of the file at `path`, from `/`; with `follow`, of what a link there leads to. Needs what opening
/// it for reading would need.
///
/// # Errors
///
/// [`StatError`]; `Nosys` where there are no files at all.
pub(crate) fn stat_path(state: &mut State, path: &str, follow: bool) -> Result<FileInfo, StatError> {
    if path.is_empty() {
        return Err(Errno::Noent.into());
    }
    if path.contains('\0') {
        return Err(Errno::Inval.into());
    }
    if path.len() > super::memory::PATH_MAX {
        return Err(Errno::Nametoolong.into());
    }
    let Some(root) = state.wasi.root.clone() else {
        state.decide(crate::capability::Access::FsRead(path)).map_err(StatError::Refused)?;
        return Err(Errno::Nosys.into());
    };
    let links = if follow { Links::Follow } else { Links::Keep };
    let found = resolve(state, &Place::at(&root), path, links, &[Need::Read])?;
    let stat = found.stat()?;
    let symlink_target = match &found.end {
        End::Entry(entry) if stat.kind == Kind::Symlink => Some(entry.node.read_link()?),
        _ => None,
    };
    Ok(FileInfo { stat, resolved_path: found.path(), symlink_target })
}

//! Paths with access: what a path names, and whether the guest may use it, decided together.

use super::Errno;
use super::outcome::{Failure, Outcome};
use super::place::Place;
use super::walk::{Found, Links, Lost, Rules, walk};
use crate::capability::{Access, Grants, Refusal, Remedy};
use crate::guest::state::State;

/// What a guest needs a file for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Its contents, entries or attributes.
    Read,
    /// To change, create or remove it.
    Write,
}

impl Need {
    fn of(self, path: &str) -> Access<'_> {
        match self {
            Self::Read => Access::FsRead(path),
            Self::Write => Access::FsWrite(path),
        }
    }
}

/// A guest may learn of what it may read.
pub(super) struct Visible<'a>(pub(super) &'a Grants);

impl Rules for Visible<'_> {
    fn shows(&self, path: &str) -> bool {
        self.0.decide(Access::FsRead(path)).is_ok()
    }
}

/// Decides about a resolved path, and remembers a refusal.
///
/// What is in this process's own entry in `/proc` is the engine's memory, descriptors and environment. Nothing grants
/// that; a literal path is let through to what there tells of the system (see `resolve_literals`).
pub(super) fn permit(state: &mut State, path: &str, own_process: bool, need: Need) -> Result<(), Refusal> {
    state.decide(need.of(path))?;
    if own_process && !state.wasi.literals.iter().any(|literal| literal == path) {
        let refusal = Refusal::new(&need.of(path), Remedy::OwnProcess);
        state.refuse(&refusal);
        return Err(refusal);
    }
    Ok(())
}

/// Decides about the directory of a descriptor.
///
/// # Errors
///
/// `Notcapable`.
pub(super) fn permit_place(state: &mut State, place: &Place, need: Need) -> Outcome {
    if !place.base().granted() {
        return Ok(());
    }
    permit(state, &place.path(), place.in_own_process(), need).map_err(|_| Errno::Notcapable.into())
}

/// Decides about what a path led to.
///
/// # Errors
///
/// `Notcapable`.
pub(super) fn permit_found(state: &mut State, found: &Found, need: Need) -> Outcome {
    if !found.place.base().granted() {
        return Ok(());
    }
    permit(state, &found.path(), found.in_own_process(), need).map_err(|_| Errno::Notcapable.into())
}

/// Why a path could not be resolved.
pub(super) enum Unresolved {
    /// The guest may not know.
    Refused(Refusal),
    /// This is why.
    Errno(Errno),
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Self {
        Self::Errno(match unresolved {
            Unresolved::Refused(_) => Errno::Notcapable,
            Unresolved::Errno(errno) => errno,
        })
    }
}

/// What `path`, from a directory, leads to, once the guest has been found to have access to it; what comes back may
/// be used for all of `needs`.
///
/// A failure on the way is only told where the guest could have used what would have been there. Otherwise it is
/// refused like an existing file, so that nothing is learnt about places without a grant.
pub(super) fn resolve(
    state: &mut State,
    from: &Place,
    path: &str,
    links: Links,
    needs: &[Need],
) -> Result<Found, Unresolved> {
    let walked = walk(from, path, links, &mut Visible(&state.grants));
    if from.base().granted() {
        let (path, own_process) = match &walked {
            Ok(found) => (found.path(), found.in_own_process()),
            Err(lost) => (lost.path.clone(), lost.own_process),
        };
        for need in needs {
            permit(state, &path, own_process, *need).map_err(Unresolved::Refused)?;
        }
    }
    walked.map_err(|Lost { errno, .. }| Unresolved::Errno(errno))
}

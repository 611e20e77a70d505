//! [`Outcome`]: how a WASI function ends.

use super::Errno;

/// What keeps a WASI function from succeeding.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The guest is told.
    Errno(Errno),
    /// The guest ends.
    Trap(wasmi::Error),
}

/// What a WASI function answers.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<wasmi::Error> for Failure {
    fn from(error: wasmi::Error) -> Self {
        Self::Trap(error)
    }
}

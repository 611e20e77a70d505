//! [`Identity`]: which file something is, whatever it is called.

use super::errno::errno;
use quoin_engine::wasi::Errno;
use rustix::fd::AsFd;
use rustix::fs::AtFlags;

/// Device and inode. While a descriptor is held on a file, even one that has not been opened, no other file has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    dev: u64,
    ino: u64,
}

impl Identity {
    /// What `fd` is at this moment.
    pub(crate) fn of(fd: impl AsFd) -> Result<Self, Errno> {
        Ok(Self::from(&attributes(fd)?))
    }
}

impl From<&rustix::fs::Stat> for Identity {
    fn from(stat: &rustix::fs::Stat) -> Self {
        let stat = super::stat::stat(stat);
        Self { dev: stat.dev, ino: stat.ino }
    }
}

/// The attributes of `fd`, whether it has been opened or is only held. `fstat` itself refuses the latter before Linux 3.6.
pub(crate) fn attributes(fd: impl AsFd) -> Result<rustix::fs::Stat, Errno> {
    rustix::fs::statat(fd, c"", AtFlags::EMPTY_PATH).map_err(errno)
}

//! [`LinuxNode`]: a place in the file system, held by a descriptor that has not been opened (`O_PATH`).

use super::errno::errno;
use super::file::LinuxFile;
use super::identity::{Identity, attributes};
use super::own_process::is_own_process;
use super::stat::{stat, timestamps};
use quoin_engine::system::{File, Kind, Node, OpenOptions, SetTime, Stat};
use quoin_engine::wasi::Errno;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use std::path::Path;
use std::sync::Arc;

/// Held, not opened: nothing is read, no device is woken, no link is followed.
const HOLD: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Never follows, never waits for the other end of a pipe or for a modem's carrier, never becomes our terminal.
const OPEN: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// A place in the file system. Copies share the descriptor, which has no position and no state.
#[derive(Debug, Clone)]
pub struct LinuxNode {
    fd: Arc<OwnedFd>,
}

impl LinuxNode {
    /// The directory at `path`, which is the operator's own word: symbolic links in it are followed.
    ///
    /// # Errors
    ///
    /// `Notdir`, `Noent` and what else the system says.
    pub fn open_root(path: &Path) -> Result<Self, Errno> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(errno)?;
        Ok(Self { fd: Arc::new(fd) })
    }

    /// [`Node::lookup`], typed.
    pub(crate) fn child(&self, name: &str) -> Result<Self, Errno> {
        let fd = rustix::fs::openat(&self.fd, component(name)?, HOLD, Mode::empty()).map_err(errno)?;
        Ok(Self { fd: Arc::new(fd) })
    }

    /// [`Node::open`], typed.
    ///
    /// The file is opened by its name and then compared with the one that is held, since opening a held descriptor
    /// itself takes `/proc`. Where another has taken its place, that one has been opened for a moment, which harms
    /// nothing: it was not followed, not waited for, not truncated, and nothing of it was read.
    pub(crate) fn open_child(
        &self,
        name: &str,
        expected: &Self,
        options: OpenOptions,
    ) -> Result<LinuxFile, Errno> {
        let flags = open_flags(options);
        let fd = match rustix::fs::openat(&self.fd, component(name)?, flags, Mode::empty()) {
            Ok(fd) => fd,
            // A link where there was none.
            Err(rustix::io::Errno::LOOP) if expected.stat()?.kind != Kind::Symlink => {
                return Err(Errno::Notcapable);
            }
            Err(error) => return Err(errno(error)),
        };
        // Both descriptors are held at this moment, so neither number can have been given to another file. The
        // expected one is asked now and not earlier, because opening for writing may move a file to another layer of
        // an overlay file system, where it gets new numbers under both descriptors.
        if Identity::of(&fd)? != Identity::of(expected)? {
            return Err(Errno::Notcapable);
        }
        // Anything but a regular file has no size to cut, and Linux ignores the wish in open(2) as well.
        if options.truncate && expected.stat()?.kind == Kind::File {
            rustix::fs::ftruncate(&fd, 0).map_err(errno)?;
        }
        Ok(LinuxFile::new(fd))
    }
}

impl AsFd for LinuxNode {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The name itself, if it is one component. The engine promises that; a promise that guards the file system is
/// checked where it is relied on.
fn component(name: &str) -> Result<&str, Errno> {
    match name {
        "" | "." | ".." => Err(Errno::Inval),
        name if name.contains(['/', '\0']) => Err(Errno::Inval),
        name => Ok(name),
    }
}

/// Flags for open(2). `O_TRUNC` is never among them: which file it is has to be known first.
fn open_flags(options: OpenOptions) -> OFlags {
    let access = match (options.read, options.write || options.truncate) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        (_, false) => OFlags::RDONLY,
    };
    let mut flags = OPEN | access;
    flags.set(OFlags::APPEND, options.append);
    flags.set(OFlags::DSYNC, options.dsync);
    if options.sync {
        flags |= OFlags::SYNC;
    }
    flags
}

/// A node of this system; those of another one are on another device, so to speak.
fn own(node: &dyn Node) -> Result<&LinuxNode, Errno> {
    node.as_any().downcast_ref().ok_or(Errno::Xdev)
}

impl Node for LinuxNode {
    fn stat(&self) -> Result<Stat, Errno> {
        attributes(self).map(|s| stat(&s))
    }

    fn lookup(&self, name: &str) -> Result<Box<dyn Node>, Errno> {
        Ok(Box::new(self.child(name)?))
    }

    fn read_link(&self) -> Result<String, Errno> {
        let text = rustix::fs::readlinkat(&self.fd, c"", Vec::new()).map_err(|error| match errno(error) {
            // What Linux says about an empty path that leads to no link.
            Errno::Noent => Errno::Inval,
            error => error,
        })?;
        text.into_string().map_err(|_| Errno::Ilseq)
    }

    fn is_own_process(&self, name: &str) -> bool {
        is_own_process(self, name)
    }

    fn open(&self, name: &str, expected: &dyn Node, options: OpenOptions) -> Result<Box<dyn File>, Errno> {
        let expected = own(expected).map_err(|_| Errno::Notcapable)?;
        Ok(Box::new(self.open_child(name, expected, options)?))
    }

    fn open_directory(&self) -> Result<Box<dyn File>, Errno> {
        let flags = OPEN | OFlags::RDONLY | OFlags::DIRECTORY;
        let fd = rustix::fs::openat(&self.fd, c".", flags, Mode::empty()).map_err(errno)?;
        Ok(Box::new(LinuxFile::new(fd)))
    }

    fn duplicate(&self) -> Result<Box<dyn Node>, Errno> {
        Ok(Box::new(self.clone()))
    }

    fn create(&self, name: &str, options: OpenOptions) -> Result<Box<dyn File>, Errno> {
        let flags = open_flags(options) | OFlags::CREATE | OFlags::EXCL;
        let fd = rustix::fs::openat(&self.fd, component(name)?, flags, Mode::from_raw_mode(0o666))
            .map_err(errno)?;
        Ok(Box::new(LinuxFile::new(fd)))
    }

    fn create_directory(&self, name: &str) -> Result<(), Errno> {
        rustix::fs::mkdirat(&self.fd, component(name)?, Mode::from_raw_mode(0o777)).map_err(errno)
    }

    fn remove_directory(&self, name: &str) -> Result<(), Errno> {
        rustix::fs::unlinkat(&self.fd, component(name)?, AtFlags::REMOVEDIR).map_err(errno)
    }

    fn unlink(&self, name: &str) -> Result<(), Errno> {
        rustix::fs::unlinkat(&self.fd, component(name)?, AtFlags::empty()).map_err(errno)
    }

    fn rename(&self, name: &str, new_parent: &dyn Node, new_name: &str) -> Result<(), Errno> {
        let new_parent = own(new_parent)?;
        rustix::fs::renameat(&self.fd, component(name)?, &new_parent.fd, component(new_name)?).map_err(errno)
    }

    fn link(&self, name: &str, new_parent: &dyn Node, new_name: &str) -> Result<(), Errno> {
        let (new_parent, new_name) = (own(new_parent)?, component(new_name)?);
        rustix::fs::linkat(&self.fd, component(name)?, &new_parent.fd, new_name, AtFlags::empty())
            .map_err(errno)
    }

    fn symlink(&self, target: &str, name: &str) -> Result<(), Errno> {
        rustix::fs::symlinkat(target, &self.fd, component(name)?).map_err(errno)
    }

    fn set_times(&self, name: &str, atime: SetTime, mtime: SetTime) -> Result<(), Errno> {
        let times = timestamps(atime, mtime);
        rustix::fs::utimensat(&self.fd, component(name)?, &times, AtFlags::SYMLINK_NOFOLLOW).map_err(errno)
    }

    fn as_any(&self) -> &dyn core::any::Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_component_is_a_component() {
        for bad in ["", ".", "..", "a/b", "/", "a/", "a\0b"] {
            assert_eq!(component(bad), Err(Errno::Inval), "{bad:?}");
        }
        for good in ["a", "...", ".hidden", "..x", "ä"] {
            assert_eq!(component(good), Ok(good));
        }
    }

    #[test]
    fn opening_never_truncates_never_follows_and_never_waits() {
        let all = OpenOptions { truncate: true, read: true, append: true, ..OpenOptions::default() };
        let flags = open_flags(all);
        assert!(!flags.contains(OFlags::TRUNC));
        assert!(flags.contains(OPEN | OFlags::RDWR | OFlags::APPEND));
        let nothing = open_flags(OpenOptions::default());
        assert_eq!(nothing, OPEN | OFlags::RDONLY);
        let write = open_flags(OpenOptions { write: true, dsync: true, ..OpenOptions::default() });
        assert!(write.contains(OFlags::WRONLY | OFlags::DSYNC));
        assert!(open_flags(OpenOptions { sync: true, ..OpenOptions::default() }).contains(OFlags::SYNC));
    }
}

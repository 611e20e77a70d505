//! [`LinuxFile`]: something open.

use super::directory::{MAX_ENTRIES, MAX_NAME_BYTES, entries};
use super::errno::errno;
use super::identity::attributes;
use super::stat::{stat, timestamps};
use quoin_engine::system::{DirEntry, File, Kind, SetTime, Stat, Whence};
use quoin_engine::wasi::Errno;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FallocateFlags, OFlags, SeekFrom};
use rustix::io::retry_on_intr;

/// What a pipe takes without waiting once poll(2) calls it writable (`PIPE_BUF`, pipe(7)).
const PIPE_BUF: usize = 4096;

/// An open file. Its reads and writes never wait: they answer `Again`, and [`System::wait`] does the waiting.
///
/// [`System::wait`]: quoin_engine::system::System::wait
#[derive(Debug)]
pub struct LinuxFile {
    fd: OwnedFd,
    /// Shared with other programs and able to wait: `O_NONBLOCK` must not be set on it, so readiness is asked for.
    shared: bool,
}

impl LinuxFile {
    /// Takes a descriptor that was opened with `O_NONBLOCK`.
    pub(crate) fn new(fd: OwnedFd) -> Self {
        Self { fd, shared: false }
    }

    /// A file that other programs have open as well: its flags are left as they are.
    #[must_use]
    pub fn shared(fd: OwnedFd) -> Self {
        // A regular file is always ready, and takes any amount at once.
        let regular = attributes(&fd).is_ok_and(|s| stat(&s).kind == Kind::File);
        Self { fd, shared: !regular }
    }

    /// This process's standard input.
    ///
    /// # Errors
    ///
    /// `Badf` where it is closed.
    pub fn stdin() -> Result<Self, Errno> {
        Self::inherited(rustix::stdio::stdin())
    }

    /// This process's standard output.
    ///
    /// # Errors
    ///
    /// `Badf` where it is closed.
    pub fn stdout() -> Result<Self, Errno> {
        Self::inherited(rustix::stdio::stdout())
    }

    /// This process's standard error.
    ///
    /// # Errors
    ///
    /// `Badf` where it is closed.
    pub fn stderr() -> Result<Self, Errno> {
        Self::inherited(rustix::stdio::stderr())
    }

    fn inherited(fd: BorrowedFd<'_>) -> Result<Self, Errno> {
        rustix::io::fcntl_dupfd_cloexec(fd, 3).map(Self::shared).map_err(errno)
    }

    /// From here to the end, or `limit` bytes.
    pub(crate) fn read_to_limit(&self, limit: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = Vec::new();
        let mut block = [0; 4096];
        while bytes.len() < limit {
            let room = block.len().min(limit - bytes.len());
            match self.read(&mut block[..room])? {
                0 => break,
                n => bytes.extend_from_slice(&block[..n]),
            }
        }
        Ok(bytes)
    }

    /// Some file systems say EINVAL where the others say EISDIR.
    fn read_error(&self, error: rustix::io::Errno) -> Errno {
        match errno(error) {
            Errno::Inval if self.stat().is_ok_and(|s| s.kind == Kind::Directory) => Errno::Isdir,
            error => error,
        }
    }

    /// Answers `Again` where a call on a shared file would wait.
    fn check_ready(&self, events: PollFlags) -> Result<(), Errno> {
        if !self.shared {
            return Ok(());
        }
        let mut fds = [PollFd::new(&self.fd, events)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        match retry_on_intr(|| poll(&mut fds, Some(&now))) {
            Ok(0) => Err(Errno::Again),
            Ok(_) => Ok(()),
            Err(error) => Err(errno(error)),
        }
    }
}

impl AsFd for LinuxFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl File for LinuxFile {
    fn stat(&self) -> Result<Stat, Errno> {
        attributes(self).map(|s| stat(&s))
    }

    // Linux itself cuts every read and write at 2 GiB less a page, so that a count always fits.

    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.check_ready(PollFlags::IN)?;
        retry_on_intr(|| rustix::io::read(&self.fd, &mut *buffer)).map_err(|error| self.read_error(error))
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        self.check_ready(PollFlags::OUT)?;
        let bytes = if self.shared { &bytes[..bytes.len().min(PIPE_BUF)] } else { bytes };
        retry_on_intr(|| rustix::io::write(&self.fd, bytes)).map_err(errno)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let offset = position(offset)?;
        retry_on_intr(|| rustix::io::pread(&self.fd, &mut *buffer, offset))
            .map_err(|error| self.read_error(error))
    }

    /// Linux appends when the file was opened for that, whatever the offset (pwrite(2), "BUGS").
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        let offset = position(offset)?;
        retry_on_intr(|| rustix::io::pwrite(&self.fd, bytes, offset)).map_err(errno)
    }

    fn seek(&self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let to = match whence {
            Whence::Set => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?),
            Whence::Cur => SeekFrom::Current(offset),
            Whence::End => SeekFrom::End(offset),
        };
        rustix::fs::seek(&self.fd, to).map_err(errno)
    }

    fn set_size(&self, size: u64) -> Result<(), Errno> {
        let size = position(size)?;
        retry_on_intr(|| rustix::fs::ftruncate(&self.fd, size)).map_err(errno)
    }

    fn allocate(&self, offset: u64, length: u64) -> Result<(), Errno> {
        let end = offset.checked_add(length).ok_or(Errno::Fbig)?;
        position(end).map_err(|_| Errno::Fbig)?;
        retry_on_intr(|| rustix::fs::fallocate(&self.fd, FallocateFlags::empty(), offset, length))
            .map_err(errno)
    }

    fn set_times(&self, atime: SetTime, mtime: SetTime) -> Result<(), Errno> {
        rustix::fs::futimens(&self.fd, &timestamps(atime, mtime)).map_err(errno)
    }

    /// Only appending is a flag of the open file. Waiting is not: nothing here ever waits, and the engine waits for a
    /// guest that wants to.
    fn set_flags(&self, append: bool, _nonblock: bool) -> Result<(), Errno> {
        let flags = rustix::fs::fcntl_getfl(&self.fd).map_err(errno)?;
        if flags.contains(OFlags::APPEND) == append {
            return Ok(());
        }
        rustix::fs::fcntl_setfl(&self.fd, flags ^ OFlags::APPEND).map_err(errno)
    }

    fn sync(&self, data_only: bool) -> Result<(), Errno> {
        if data_only { rustix::fs::fdatasync(&self.fd) } else { rustix::fs::fsync(&self.fd) }.map_err(errno)
    }

    fn entries(&self) -> Result<Vec<DirEntry>, Errno> {
        entries(self.as_fd(), MAX_ENTRIES, MAX_NAME_BYTES)
    }

    fn as_any(&self) -> &dyn core::any::Any {
        self
    }
}

/// Linux counts positions with a sign.
fn position(offset: u64) -> Result<u64, Errno> {
    i64::try_from(offset).map(|_| offset).map_err(|_| Errno::Inval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_shared_pipe_is_asked_before_it_is_read_or_written() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let file = LinuxFile::shared(reader.into());
        let mut buffer = [0; 8];
        assert_eq!(file.read(&mut buffer), Err(Errno::Again));
        writer.write_all(b"hello").unwrap();
        assert_eq!(file.read(&mut buffer), Ok(5));
        assert_eq!(file.read(&mut buffer), Err(Errno::Again));
        drop(writer);
        assert_eq!(file.read(&mut buffer), Ok(0));
        // The flag of the open file, which other programs see, has not been touched.
        assert!(!rustix::fs::fcntl_getfl(&file).unwrap().contains(OFlags::NONBLOCK));
    }

    #[test]
    fn a_full_shared_pipe_answers_again_and_a_closed_one_says_so() {
        let (reader, writer) = std::io::pipe().unwrap();
        let file = LinuxFile::shared(writer.into());
        let block = [b'x'; 100_000];
        let mut written = 0;
        let end = loop {
            match file.write(&block) {
                Ok(n) => written += n,
                Err(error) => break error,
            }
        };
        assert_eq!(end, Errno::Again);
        assert!(written >= PIPE_BUF);
        drop(reader);
        assert_eq!(file.write(b"x"), Err(Errno::Pipe));
        assert_eq!(file.read_at(&mut [0; 1], 0), Err(Errno::Spipe));
        assert_eq!(file.seek(0, Whence::Cur), Err(Errno::Spipe));
    }

    #[test]
    fn positions_are_checked() {
        let file = LinuxFile::new(tempfile::tempfile().unwrap().into());
        assert_eq!(file.write(b"0123456789"), Ok(10));
        assert_eq!(file.seek(-4, Whence::End), Ok(6));
        assert_eq!(file.seek(1, Whence::Cur), Ok(7));
        assert_eq!(file.seek(-1, Whence::Set), Err(Errno::Inval));
        assert_eq!(file.seek(-11, Whence::End), Err(Errno::Inval));
        let mut buffer = [0; 4];
        assert_eq!(file.read(&mut buffer), Ok(3));
        assert_eq!(&buffer[..3], b"789");
        assert_eq!(file.read_at(&mut buffer, 2), Ok(4));
        assert_eq!(&buffer, b"2345");
        assert_eq!(file.read_at(&mut buffer, 100), Ok(0));
        assert_eq!(file.read_at(&mut buffer, u64::MAX), Err(Errno::Inval));
        assert_eq!(file.write_at(b"AB", 1), Ok(2));
        assert_eq!(file.write_at(b"AB", 1 << 63), Err(Errno::Inval));
        assert_eq!(file.seek(0, Whence::Set), Ok(0));
        assert_eq!(file.read_to_limit(5).unwrap(), b"0AB34");
        assert_eq!(file.read_to_limit(100).unwrap(), b"56789");
    }

    #[test]
    fn sizes_are_set_and_reserved() {
        let file = LinuxFile::new(tempfile::tempfile().unwrap().into());
        assert_eq!(file.set_size(5_000), Ok(()));
        assert_eq!(file.stat().unwrap().size, 5_000);
        assert_eq!(file.set_size(1 << 63), Err(Errno::Inval));
        // Not every file system can reserve; what it must not do is to answer something else.
        assert!(matches!(file.allocate(4_000, 2_000), Ok(()) | Err(Errno::Notsup)));
        assert_eq!(file.allocate(u64::MAX, 2), Err(Errno::Fbig));
        assert_eq!(file.allocate(1, i64::MAX as u64), Err(Errno::Fbig));
        assert_eq!(file.sync(true), Ok(()));
        assert_eq!(file.sync(false), Ok(()));
    }

    #[test]
    fn appending_is_switched_and_not_waiting_stays() {
        let file = tempfile::tempfile().unwrap();
        rustix::fs::fcntl_setfl(&file, OFlags::NONBLOCK).unwrap();
        let file = LinuxFile::new(file.into());
        file.write(b"one").unwrap();
        file.set_flags(true, false).unwrap();
        assert!(rustix::fs::fcntl_getfl(&file).unwrap().contains(OFlags::APPEND | OFlags::NONBLOCK));
        file.seek(0, Whence::Set).unwrap();
        file.write(b"two").unwrap();
        assert_eq!(file.stat().unwrap().size, 6);
        file.set_flags(false, true).unwrap();
        assert!(!rustix::fs::fcntl_getfl(&file).unwrap().contains(OFlags::APPEND));
    }

    #[test]
    fn times_are_set_to_the_nanosecond() {
        let file = LinuxFile::new(tempfile::tempfile().unwrap().into());
        let before = file.stat().unwrap();
        file.set_times(SetTime::Keep, SetTime::At(1_234_567_890_123_456_789)).unwrap();
        let after = file.stat().unwrap();
        assert_eq!((after.atime, after.mtime), (before.atime, 1_234_567_890_123_456_789));
        file.set_times(SetTime::At(5), SetTime::Now).unwrap();
        let after = file.stat().unwrap();
        assert_eq!(after.atime, 5);
        assert!(after.mtime >= before.mtime);
    }
}

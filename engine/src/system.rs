//! [`System`], [`Node`] and [`File`]: the little that WASI needs from what is below it.
//!
//! The engine decides what a guest may touch; an implementation of these traits only does what it is told, one
//! step at a time: a [`Node`] is looked up by one name, never follows a symbolic link, and is opened only after the
//! engine has decided on it. An implementation therefore needs no policy of its own.

use crate::wasi::Errno;
use alloc::{boxed::Box, string::String, vec::Vec};

/// What a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Regular file.
    File,
    /// Directory.
    Directory,
    /// Symbolic link.
    Symlink,
    /// Named pipe.
    Fifo,
    /// Unix socket.
    Socket,
    /// Block device.
    BlockDevice,
    /// Character device.
    CharDevice,
    /// Something else.
    Unknown,
}

/// A file's attributes. Times are nanoseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Device.
    pub dev: u64,
    /// Inode.
    pub ino: u64,
    /// What it is.
    pub kind: Kind,
    /// Permission, set-id and sticky bits (`0o7777`).
    pub mode: u32,
    /// Hard links.
    pub nlink: u64,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes.
    pub size: u64,
    /// Last access.
    pub atime: u64,
    /// Last modification.
    pub mtime: u64,
    /// Last change of the attributes.
    pub ctime: u64,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenOptions {
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
    /// Every write goes to the end.
    pub append: bool,
    /// Reading and writing never wait.
    pub nonblock: bool,
    /// Cut to nothing.
    pub truncate: bool,
    /// `O_DSYNC`.
    pub dsync: bool,
    /// `O_SYNC`.
    pub sync: bool,
}

/// A time to set on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetTime {
    /// Leave it.
    Keep,
    /// The system's time.
    Now,
    /// Nanoseconds since the Unix epoch.
    At(u64),
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirEntry {
    /// Its name; names that are not UTF-8 are left out by the implementation.
    pub name: String,
    /// Inode.
    pub ino: u64,
    /// What it is.
    pub kind: Kind,
}

/// Where a seek counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whence {
    /// The start.
    Set,
    /// The current position.
    Cur,
    /// The end.
    End,
}

/// A place in the file system, held without having been opened (`O_PATH`), so that nothing that is in it can change
/// which file it is.
pub trait Node {
    /// Its attributes.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn stat(&self) -> Result<Stat, Errno>;

    /// The entry `name` (one component, never `.`, `..` or empty) of this directory, itself even when it is a symbolic link.
    ///
    /// # Errors
    ///
    /// `Noent`, `Notdir`, `Acces` and what else the system says.
    fn lookup(&self, name: &str) -> Result<Box<dyn Node>, Errno>;

    /// The text of this symbolic link.
    ///
    /// # Errors
    ///
    /// `Inval` where it is none.
    fn read_link(&self) -> Result<String, Errno>;

    /// Whether entry `name` of this directory is the `/proc/PID` of this very process or of one of its threads,
    /// which holds the engine's own memory and descriptors.
    fn is_own_process(&self, name: &str) -> bool;

    /// Opens entry `name` of this directory, which was looked up as `expected` and must still be that very file.
    /// Never follows a link, never waits (for the other end of a pipe, say).
    ///
    /// # Errors
    ///
    /// `Notcapable` where another file has taken its place.
    fn open(&self, name: &str, expected: &dyn Node, options: OpenOptions) -> Result<Box<dyn File>, Errno>;

    /// Opens this directory for reading its entries.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn open_directory(&self) -> Result<Box<dyn File>, Errno>;

    /// Another handle on the same place.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn duplicate(&self) -> Result<Box<dyn Node>, Errno>;

    /// Creates and opens a regular file `name`, which must not exist.
    ///
    /// # Errors
    ///
    /// `Exist` and what else the system says.
    fn create(&self, name: &str, options: OpenOptions) -> Result<Box<dyn File>, Errno>;

    /// Makes a directory.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn create_directory(&self, name: &str) -> Result<(), Errno>;

    /// Removes an empty directory.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn remove_directory(&self, name: &str) -> Result<(), Errno>;

    /// Removes anything but a directory.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn unlink(&self, name: &str) -> Result<(), Errno>;

    /// Moves entry `name` of this directory to `new_name` in `new_parent`.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn rename(&self, name: &str, new_parent: &dyn Node, new_name: &str) -> Result<(), Errno>;

    /// Makes `new_name` in `new_parent` a hard link to entry `name` of this directory, never following it.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn link(&self, name: &str, new_parent: &dyn Node, new_name: &str) -> Result<(), Errno>;

    /// Makes a symbolic link with the text `target`.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn symlink(&self, target: &str, name: &str) -> Result<(), Errno>;

    /// Sets the times of entry `name`, never following it.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn set_times(&self, name: &str, atime: SetTime, mtime: SetTime) -> Result<(), Errno>;

    /// For implementations to recognise their own nodes in [`Node::rename`], [`Node::link`] and [`Node::open`].
    fn as_any(&self) -> &dyn core::any::Any;
}

/// Something open.
pub trait File {
    /// Its attributes.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn stat(&self) -> Result<Stat, Errno>;

    /// Reads at the current position; 0 is the end.
    ///
    /// # Errors
    ///
    /// `Again` where it would wait.
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Writes at the current position.
    ///
    /// # Errors
    ///
    /// `Again` where it would wait.
    fn write(&self, bytes: &[u8]) -> Result<usize, Errno>;

    /// Reads at `offset`.
    ///
    /// # Errors
    ///
    /// `Spipe` where there is no position.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno>;

    /// Writes at `offset`.
    ///
    /// # Errors
    ///
    /// `Spipe` where there is no position.
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno>;

    /// Moves the position and answers it.
    ///
    /// # Errors
    ///
    /// `Spipe` where there is none, `Inval` before the start.
    fn seek(&self, offset: i64, whence: Whence) -> Result<u64, Errno>;

    /// Cuts or extends it.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn set_size(&self, size: u64) -> Result<(), Errno>;

    /// Reserves room.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn allocate(&self, offset: u64, length: u64) -> Result<(), Errno>;

    /// Sets its times.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn set_times(&self, atime: SetTime, mtime: SetTime) -> Result<(), Errno>;

    /// Switches appending and waiting on or off.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn set_flags(&self, append: bool, nonblock: bool) -> Result<(), Errno>;

    /// Writes data, and attributes unless `data_only`, to the disk.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn sync(&self, data_only: bool) -> Result<(), Errno>;

    /// All entries of this directory but `.` and `..`.
    ///
    /// # Errors
    ///
    /// `Notdir`.
    fn entries(&self) -> Result<Vec<DirEntry>, Errno>;

    /// For [`System::wait`] to recognise its own files.
    fn as_any(&self) -> &dyn core::any::Any;
}

/// Something to wait for.
#[derive(Clone, Copy)]
pub struct Interest<'a> {
    /// The file.
    pub file: &'a dyn File,
    /// Until it can be written; else until it can be read.
    pub write: bool,
}

/// What became of an [`Interest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Readiness {
    /// It can be read or written without waiting.
    pub ready: bool,
    /// The other end has gone.
    pub hangup: bool,
    /// Bytes that can be read, where that is known.
    pub bytes: u64,
}

/// Clocks, randomness and waiting.
pub trait System {
    /// Nanoseconds on a clock that never goes back.
    fn monotonic(&self) -> u64;

    /// Nanoseconds since the Unix epoch.
    fn realtime(&self) -> u64;

    /// Nanoseconds between two ticks of either clock.
    fn resolution(&self) -> u64;

    /// Fills the buffer with unpredictable bytes.
    ///
    /// # Errors
    ///
    /// `Io` where the system has none.
    fn random(&self, buffer: &mut [u8]) -> Result<(), Errno>;

    /// Waits until one of the interests is ready or `nanoseconds` have passed, and answers one [`Readiness`] for
    /// each interest.
    ///
    /// # Errors
    ///
    /// What the system says.
    fn wait(&self, interests: &[Interest<'_>], nanoseconds: u64) -> Result<Vec<Readiness>, Errno>;

    /// Lets others run.
    fn yield_now(&self) {}
}

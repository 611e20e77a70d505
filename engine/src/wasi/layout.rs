//! How the specification lays structures out in memory.

use super::Errno;
use super::descriptor::Descriptor;
use super::memory::Memory;
use crate::system::{DirEntry, Kind, SetTime, Stat};

/// A file type's number (type `filetype` in the witx description).
pub(super) const fn filetype(kind: Kind) -> u8 {
    match kind {
        Kind::BlockDevice => 1,
        Kind::CharDevice => 2,
        Kind::Directory => 3,
        Kind::File => 4,
        Kind::Socket => 6,
        Kind::Symlink => 7,
        // Preview 1 has no number for a pipe.
        Kind::Fifo | Kind::Unknown => 0,
    }
}

/// Writes a `filestat`, 64 bytes.
pub(super) fn put_filestat(memory: &mut Memory<'_>, out: u32, stat: &Stat) -> Result<(), Errno> {
    let mut bytes = [0; 64];
    bytes[..8].copy_from_slice(&stat.dev.to_le_bytes());
    bytes[8..16].copy_from_slice(&stat.ino.to_le_bytes());
    bytes[16] = filetype(stat.kind);
    bytes[24..32].copy_from_slice(&stat.nlink.to_le_bytes());
    bytes[32..40].copy_from_slice(&stat.size.to_le_bytes());
    bytes[40..48].copy_from_slice(&stat.atime.to_le_bytes());
    bytes[48..56].copy_from_slice(&stat.mtime.to_le_bytes());
    bytes[56..].copy_from_slice(&stat.ctime.to_le_bytes());
    memory.put(out, &bytes)
}

/// Writes an `fdstat`, 24 bytes.
pub(super) fn put_fdstat(memory: &mut Memory<'_>, out: u32, descriptor: &Descriptor) -> Result<(), Errno> {
    let mut bytes = [0; 24];
    bytes[0] = filetype(descriptor.kind);
    bytes[2..4].copy_from_slice(&descriptor.flags.bits().to_le_bytes());
    bytes[8..16].copy_from_slice(&descriptor.base.bits().to_le_bytes());
    bytes[16..].copy_from_slice(&descriptor.inheriting.bits().to_le_bytes());
    memory.put(out, &bytes)
}

/// The head of a `dirent`, 24 bytes, before the entry's name.
pub(super) fn dirent(entry: &DirEntry, next: u64) -> [u8; 24] {
    let mut bytes = [0; 24];
    // A name is at most a few hundred bytes long.
    let len = u32::try_from(entry.name.len()).unwrap_or(u32::MAX);
    bytes[..8].copy_from_slice(&next.to_le_bytes());
    bytes[8..16].copy_from_slice(&entry.ino.to_le_bytes());
    bytes[16..20].copy_from_slice(&len.to_le_bytes());
    bytes[20] = filetype(entry.kind);
    bytes
}

/// The times that `fstflags` say to set, access and modification.
///
/// # Errors
///
/// `Inval` for a flag that does not exist, and for both "this" and "now" of one time.
pub(super) fn times(atime: u64, mtime: u64, flags: u32) -> Result<(SetTime, SetTime), Errno> {
    if flags >= 1 << 4 {
        return Err(Errno::Inval);
    }
    let choose = |flags: u32, time| match flags & 3 {
        0 => Ok(SetTime::Keep),
        1 => Ok(SetTime::At(time)),
        2 => Ok(SetTime::Now),
        _ => Err(Errno::Inval),
    };
    Ok((choose(flags, atime)?, choose(flags >> 2, mtime)?))
}

//! Reading directories: `fd_readdir`.

use crate::guest::state::State;
use crate::system::{DirEntry, Kind};
use crate::wasi::Errno;
use crate::wasi::access::{Need, permit_place};
use crate::wasi::layout;
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;
use crate::wasi::rights::Rights;
use alloc::string::String;

/// Reads the entries of a directory, `.` and `..` first. They are fixed when reading begins with cookie 0, so that
/// every cookie stays good however small the buffer is, and whatever happens to the directory.
///
/// - `fd`: the directory;
/// - `buf`, `len`: where the entries go, each a `dirent` of 24 bytes with the name behind it. The last one is cut off
///   where the buffer ends;
/// - `cookie`: where to begin: 0, or the `d_next` of the entry before;
/// - `out`: where the number of bytes goes that were written; less than `len` means that there are no more. The
///   inode number of `..` is always 0. This process's own entry in `/proc` is left out.
///
/// # Errors
///
/// - `Badf`: it is not open.
/// - `Notdir`: it is no directory.
/// - `Notcapable`: it has no right to `FD_READDIR`, or the directory is not granted.
/// - `Fault`: an address is not in memory.
/// - `Acces`, `Io`, …: what the system says.
pub(crate) fn fd_readdir(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    buf: u32,
    len: u32,
    cookie: u64,
    out: u32,
) -> Outcome {
    memory.check(out, 1, 4)?;
    memory.check(buf, len, 1)?;
    let place = state.wasi.descriptors.directory(fd, Rights::FD_READDIR)?.0.place.clone();
    permit_place(state, &place, Need::Read)?;
    let (directory, _) = state.wasi.descriptors.directory(fd, Rights::FD_READDIR)?;
    if cookie == 0 || directory.listing.is_none() {
        let mut entries = directory.file()?.entries()?;
        // No grant reaches into this process's own entry in `/proc`: whoever looks at all others shall not come upon it.
        entries.retain(|entry| !place.is_own_process(&entry.name));
        directory.listing = Some(entries);
    }
    let entries = directory.listing.as_deref().unwrap_or_default();
    let dots = [(".", place.node().stat()?.ino), ("..", 0)].map(|(name, ino)| DirEntry {
        name: String::from(name),
        ino,
        kind: Kind::Directory,
    });
    let mut buffer = Buffer { bytes: memory.bytes_mut(buf, len)?, used: 0 };
    let first = usize::try_from(cookie).unwrap_or(usize::MAX);
    for (index, entry) in dots.iter().chain(entries).enumerate().skip(first) {
        buffer.push(&layout::dirent(entry, index as u64 + 1));
        buffer.push(entry.name.as_bytes());
        if buffer.used == buffer.bytes.len() {
            break;
        }
    }
    let used = u32::try_from(buffer.used).map_err(|_| Errno::Overflow)?;
    Ok(memory.put_u32(out, used)?)
}

/// Takes what fits.
struct Buffer<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl Buffer<'_> {
    fn push(&mut self, bytes: &[u8]) {
        let rest = &mut self.bytes[self.used..];
        let fits = bytes.len().min(rest.len());
        rest[..fits].copy_from_slice(&bytes[..fits]);
        self.used += fits;
    }
}

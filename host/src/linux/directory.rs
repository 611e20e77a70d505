//! [`entries`]: a directory read to its end, within bounds.

use super::errno::errno;
use super::stat::kind;
use quoin_engine::system::{DirEntry, Kind};
use quoin_engine::wasi::Errno;
use rustix::fd::BorrowedFd;
use rustix::fs::{AtFlags, FileType, RawDir, SeekFrom};

/// Entries of one directory; larger ones are refused with `Overflow`.
pub const MAX_ENTRIES: usize = 1_000_000;

/// Bytes of all names in one directory; more are refused with `Overflow`.
pub const MAX_NAME_BYTES: usize = 32 << 20;

/// What one call to the kernel may fill: more than the longest name, little enough for a small device.
const BUFFER: usize = 16 << 10;

/// All entries but `.` and `..`, and without the names that are not UTF-8, which a guest could not say anyway.
///
/// # Errors
///
/// `Notdir`; `Overflow` beyond `max_entries` or `max_name_bytes`; `Nomem` where the list does not fit into memory.
pub(crate) fn entries(
    fd: BorrowedFd<'_>,
    max_entries: usize,
    max_name_bytes: usize,
) -> Result<Vec<DirEntry>, Errno> {
    rustix::fs::seek(fd, SeekFrom::Start(0)).map_err(|error| match error {
        // What has no position is no directory.
        rustix::io::Errno::SPIPE => Errno::Notdir,
        error => errno(error),
    })?;
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(BUFFER).map_err(|_| Errno::Nomem)?;
    let mut directory = RawDir::new(fd, buffer.spare_capacity_mut());
    let mut found = Vec::new();
    let mut name_bytes = 0;
    while let Some(entry) = directory.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(rustix::io::Errno::INTR) => continue,
            // Removed while it was read: it has no entries left.
            Err(rustix::io::Errno::NOENT) => break,
            Err(error) => return Err(errno(error)),
        };
        if matches!(entry.file_name().to_bytes(), b"." | b"..") {
            continue;
        }
        let Ok(text) = entry.file_name().to_str() else { continue };
        name_bytes += text.len();
        if found.len() == max_entries || name_bytes > max_name_bytes {
            return Err(Errno::Overflow);
        }
        let mut name = String::new();
        name.try_reserve_exact(text.len()).map_err(|_| Errno::Nomem)?;
        name.push_str(text);
        found.try_reserve(1).map_err(|_| Errno::Nomem)?;
        let kind = match entry.file_type() {
            // Some file systems do not keep it in the directory.
            FileType::Unknown => kind_of(fd, text),
            known => kind(known),
        };
        found.push(DirEntry { name, ino: entry.ino(), kind });
    }
    Ok(found)
}

fn kind_of(directory: BorrowedFd<'_>, name: &str) -> Kind {
    rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
        .map_or(Kind::Unknown, |s| kind(FileType::from_raw_mode(s.st_mode)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::os::unix::ffi::OsStrExt;

    fn names(directory: &File) -> Vec<String> {
        let mut names: Vec<_> =
            entries(directory.as_fd(), 100_000, 1 << 20).unwrap().into_iter().map(|e| e.name).collect();
        names.sort();
        names
    }

    #[test]
    fn entries_come_with_their_kind_and_number_each_time_anew() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("file"), "x").unwrap();
        std::fs::create_dir(directory.path().join("dir")).unwrap();
        std::os::unix::fs::symlink("nowhere", directory.path().join("link")).unwrap();
        let open = File::open(directory.path()).unwrap();
        let mut found = entries(open.as_fd(), 10, 100).unwrap();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let kinds: Vec<_> = found.iter().map(|e| (e.name.as_str(), e.kind)).collect();
        assert_eq!(kinds, [("dir", Kind::Directory), ("file", Kind::File), ("link", Kind::Symlink)]);
        let ino =
            std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(directory.path().join("file")).unwrap());
        assert_eq!(found[1].ino, ino);
        std::fs::write(directory.path().join("later"), "").unwrap();
        assert_eq!(names(&open), ["dir", "file", "later", "link"]);
    }

    #[test]
    fn a_name_that_is_not_utf8_is_left_out() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(OsStr::from_bytes(b"bad\xff")), "").unwrap();
        std::fs::write(directory.path().join("gut-ä"), "").unwrap();
        assert_eq!(names(&File::open(directory.path()).unwrap()), ["gut-ä"]);
    }

    #[test]
    fn a_large_directory_needs_many_calls_and_has_a_limit() {
        let directory = tempfile::tempdir().unwrap();
        for n in 0..2_000 {
            std::fs::write(directory.path().join(format!("a-rather-long-file-name-{n:04}")), "").unwrap();
        }
        let open = File::open(directory.path()).unwrap();
        assert_eq!(names(&open).len(), 2_000);
        assert_eq!(entries(open.as_fd(), 2_000, 56_000).unwrap().len(), 2_000);
        assert_eq!(entries(open.as_fd(), 1_999, 56_000).unwrap_err(), Errno::Overflow);
        assert_eq!(entries(open.as_fd(), 2_000, 55_999).unwrap_err(), Errno::Overflow);
    }

    #[test]
    fn what_is_no_directory_says_so_and_a_removed_one_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, "x").unwrap();
        let open = File::open(&path).unwrap();
        assert_eq!(entries(open.as_fd(), 10, 10).unwrap_err(), Errno::Notdir);
        let (pipe, _end) = std::io::pipe().unwrap();
        assert_eq!(entries(pipe.as_fd(), 10, 10).unwrap_err(), Errno::Notdir);
        let gone = directory.path().join("gone");
        std::fs::create_dir(&gone).unwrap();
        let open = File::open(&gone).unwrap();
        std::fs::remove_dir(&gone).unwrap();
        assert_eq!(entries(open.as_fd(), 10, 10).unwrap(), []);
    }
}

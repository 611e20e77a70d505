//! Where a report goes: standard output, or a file that is either replaced as a whole or left as it was.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Room for a path of links, as the kernel counts (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// A checked place for a report.
#[derive(Debug)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A regular file, there or not there yet, that is replaced when the report is complete.
    Replace(PathBuf),
    /// A device, pipe or terminal (`/dev/stdout`, `/dev/null`), open, that is written to as it stands.
    Stream(PathBuf, File),
}

impl Target {
    /// Checks that a report can be written to `path`, without changing what is there: called before anything runs,
    /// so that an hour's work is not lost to a typing error.
    ///
    /// A symbolic link stays; the file that it leads to is the one that is replaced.
    ///
    /// # Errors
    ///
    /// [`OutputError`] where the report could not be written.
    pub fn check(path: &Path) -> Result<Self, OutputError> {
        // What `/dev/stdout` leads to may be a file that a shell appends to, or a socket, which has no name to open.
        if path.as_os_str() == "-" || path == Path::new("/dev/stdout") {
            return Ok(Self::Stdout);
        }
        let fail = |source| OutputError { path: path.to_owned(), source };
        match fs::metadata(path) {
            Ok(existing) if existing.is_dir() => Err(fail(io::ErrorKind::IsADirectory.into())),
            Ok(existing) if !existing.is_file() || is_descriptor(path) => {
                // Opening a named pipe waits for its reader, as a shell's `>` does.
                let stream = File::options().append(true).open(path).map_err(fail)?;
                Ok(Self::Stream(path.to_owned(), stream))
            }
            Ok(_) => {
                // Replacing needs the directory's permission only, but a file made read-only says "keep me".
                File::options().append(true).open(path).map_err(fail)?;
                let file = fs::canonicalize(path).map_err(fail)?;
                temporary(&file).map_err(fail)?;
                Ok(Self::Replace(file))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let file = follow(path).map_err(fail)?;
                temporary(&file).map_err(fail)?;
                Ok(Self::Replace(file))
            }
            Err(error) => Err(fail(error)),
        }
    }

    /// Whether the report goes to standard output.
    #[must_use]
    pub const fn is_stdout(&self) -> bool {
        matches!(self, Self::Stdout)
    }

    /// Has the report written by `write`, and the file put in place, on the disk, when that has succeeded.
    /// The mode of a new file is 0644 less the umask; a replaced one passes on its mode, and its owner where the system lets it.
    ///
    /// # Errors
    ///
    /// [`OutputError`]; a file that was there is as it was then. For standard output, the reader's having gone (`| head`)
    /// is no error.
    pub fn write(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
        match self {
            Self::Stdout => {
                let result = buffered(io::stdout().lock(), write).map(drop);
                match result {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    result => result.map_err(|source| OutputError { path: "standard output".into(), source }),
                }
            }
            Self::Stream(path, stream) => match buffered(stream, write) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result.map(drop).map_err(|source| OutputError { path, source }),
            },
            Self::Replace(path) => {
                replace(&path, write).map_err(|source| OutputError { path: path.clone(), source })
            }
        }
    }
}

/// Writes through a buffer and flushes it.
fn buffered<W: Write>(to: W, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<W> {
    let mut buffer = BufWriter::new(to);
    write(&mut buffer)?;
    buffer.into_inner().map_err(io::IntoInnerError::into_error)
}

/// Writes a temporary file next to `path` and renames it to that.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = temporary(path)?;
    if let Ok(existing) = fs::metadata(path) {
        // Only root can give files away; others replace their own, or leave the new one theirs.
        let _ = std::os::unix::fs::fchown(file.as_file(), Some(existing.uid()), Some(existing.gid()));
        file.as_file().set_permissions(Permissions::from_mode(existing.mode() & 0o777))?;
    }
    buffered(&mut file, write)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The rename itself is on the disk once the directory is; some file systems cannot say, and the report is there.
    let _ = File::open(directory(path)).and_then(|directory| directory.sync_all());
    Ok(())
}

/// An empty file in `path`'s directory, gone when it is dropped.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".quoin-")
        .suffix(".tmp")
        // The kernel takes the umask off.
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(directory(path))
        // tempfile's own message names the temporary file, which says nothing to whoever gave the path.
        .map_err(|error| error.raw_os_error().map_or(error.kind().into(), io::Error::from_raw_os_error))
}

/// The directory that `path` is in.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Whether the path names one of our own descriptors, whose file is the caller's to replace and not ours.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/stderr", "/dev/fd", "/proc"].iter().any(|prefix| path.starts_with(prefix))
}

/// Where a path leads that has no file at its end, but maybe a symbolic link.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = directory(&path).join(target),
            Err(_) if path.file_name().is_some() && !ends_in_slash(&path) => return Ok(path),
            Err(_) => return Err(io::ErrorKind::NotFound.into()),
        }
    }
    Err(rustix::io::Errno::LOOP.into())
}

/// Whether the path's text asks for a directory.
fn ends_in_slash(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// A report that could not be written.
#[derive(Debug)]
pub struct OutputError {
    path: PathBuf,
    source: io::Error,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, source) = (self.path.display(), &self.source);
        write!(f, "cannot write the report to {path}: {source}")
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn text(text: &str) -> impl FnOnce(&mut dyn Write) -> io::Result<()> {
        move |to| to.write_all(text.as_bytes())
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_replaces_the_file_and_keeps_its_mode() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let target = Target::check(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old", "checking changes nothing");
        target.write(text("new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(names(directory.path()), ["report.json"]);
    }

    #[test]
    fn a_new_file_can_be_read_by_others_as_the_umask_allows() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        Target::check(&path).unwrap().write(text("new")).unwrap();
        let mode = fs::metadata(&path).unwrap().mode() & 0o777;
        assert_eq!(mode & !0o644, 0, "{mode:o}");
        assert_eq!(mode & 0o600, 0o600, "{mode:o}");
    }

    #[test]
    fn a_failure_leaves_the_old_report_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let error = Target::check(&path)
            .unwrap()
            .write(|to| {
                to.write_all(b"half")?;
                Err(io::ErrorKind::StorageFull.into())
            })
            .unwrap_err();
        assert!(error.to_string().contains("report.json"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(directory.path()), ["report.json"]);
    }

    #[test]
    fn what_cannot_be_written_is_said_at_once() {
        let directory = tempfile::tempdir().unwrap();
        for path in ["missing/report.json", "", "new/"] {
            let path = directory.path().join(path);
            let error = Target::check(&path).unwrap_err().to_string();
            assert!(error.contains(path.to_str().unwrap()), "{error}");
        }
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (old, link) = (directory.path().join("old"), directory.path().join("link"));
        fs::write(&old, "old").unwrap();
        symlink("old", &link).unwrap();
        Target::check(&link).unwrap().write(text("new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&old).unwrap(), "new");

        let dangling = directory.path().join("dangling");
        symlink("made", &dangling).unwrap();
        Target::check(&dangling).unwrap().write(text("new")).unwrap();
        assert_eq!(fs::read_to_string(directory.path().join("made")).unwrap(), "new");

        let circle = directory.path().join("circle");
        symlink("circle", &circle).unwrap();
        assert!(Target::check(&circle).is_err());
    }

    #[test]
    fn a_device_is_written_to_and_stays_one() {
        let target = Target::check(Path::new("/dev/null")).unwrap();
        assert!(matches!(target, Target::Stream(..)), "{target:?}");
        target.write(text("gone")).unwrap();
        assert!(Target::check(Path::new("/dev/stdout")).unwrap().is_stdout());
        assert!(Target::check(Path::new("-")).unwrap().is_stdout());
        let full = Target::check(Path::new("/dev/full")).unwrap().write(text("lost")).unwrap_err();
        assert!(full.to_string().contains("/dev/full"), "{full}");
    }
}

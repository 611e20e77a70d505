//! [`find_program`]: which file a command is.

use quoin_abi::error::{ErrorDetail, ErrorType};
use rustix::fs::{Access, access};
use std::io;
use std::path::Path;

/// Where a bare command is looked for, in this order. It is fixed: what a grant for `systemctl` allows must not depend on
/// the environment that Quoin was started in.
pub const SEARCH_PATH: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// The program that `command`, a bare name or an absolute path, stands for: an absolute path without any symbolic link,
/// to a regular file that this user may execute.
///
/// # Errors
///
/// Type `config` for what is neither a bare name nor an absolute path. Type `execution` with the code `ENOENT` where
/// there is none, `EACCES` where it may not be executed.
pub fn find_program(command: &str) -> Result<String, ErrorDetail> {
    find_in(&SEARCH_PATH, command)
}

fn find_in(search_path: &[&str], command: &str) -> Result<String, ErrorDetail> {
    let wrong = |code, message| Err(ErrorDetail::new(ErrorType::Config, code, message));
    if command.contains('\0') {
        return wrong("EINVAL", "the command holds a NUL character".to_owned());
    }
    if command.starts_with('/') {
        return resolve(Path::new(command)).map_err(|error| refuse(command, &error));
    }
    if command.contains('/') {
        return wrong("EINVAL", format!("{command}: give a bare name or an absolute path"));
    }
    if matches!(command, "" | "." | "..") {
        return wrong("EINVAL", "no command given".to_owned());
    }
    // A program that may not be executed does not hide one further on, but is said when there is no other.
    let mut first_error = None;
    for directory in search_path {
        match resolve(&Path::new(directory).join(command)) {
            Ok(program) => return Ok(program),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => drop(first_error.get_or_insert(error)),
        }
    }
    Err(first_error.map_or_else(
        || {
            let message = format!("{command}: not found in {}", search_path.join(":"));
            ErrorDetail::new(ErrorType::Execution, "ENOENT", message)
        },
        |error| refuse(command, &error),
    ))
}

fn resolve(path: &Path) -> io::Result<String> {
    let path = path.canonicalize()?;
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "not a regular file"));
    }
    access(&path, Access::EXEC_OK)?;
    path.into_os_string()
        .into_string()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidFilename, "its path is not UTF-8"))
}

fn refuse(command: &str, error: &io::Error) -> ErrorDetail {
    let (code, why) = match error.kind() {
        io::ErrorKind::NotFound => ("ENOENT", "no such file".to_owned()),
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => ("EACCES", error.to_string()),
        io::ErrorKind::PermissionDenied => ("EACCES", "may not be executed by this user".to_owned()),
        io::ErrorKind::InvalidFilename => ("EILSEQ", error.to_string()),
        _ => (super::errno::io_errno(error).name(), error.to_string()),
    };
    ErrorDetail::new(ErrorType::Execution, code, format!("{command}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn program(directory: &Path, name: &str, mode: u32) -> String {
        let path = directory.join(name);
        fs::write(&path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.canonicalize().unwrap().into_os_string().into_string().unwrap()
    }

    #[test]
    fn a_bare_name_is_found_in_order_and_an_absolute_path_is_resolved() {
        let directory = tempfile::tempdir().unwrap();
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        fs::create_dir_all(&a).unwrap();
        fs::create_dir_all(&b).unwrap();
        let search = [a.to_str().unwrap(), "/nowhere", b.to_str().unwrap()];
        let second = program(&b, "tool", 0o755);
        assert_eq!(find_in(&search, "tool").unwrap(), second);
        // What may not be executed, or is a directory, does not count.
        program(&a, "tool", 0o644);
        assert_eq!(find_in(&search, "tool").unwrap(), second);
        fs::remove_file(a.join("tool")).unwrap();
        fs::create_dir(a.join("tool")).unwrap();
        assert_eq!(find_in(&search, "tool").unwrap(), second);
        fs::remove_dir(a.join("tool")).unwrap();
        symlink("../b/tool", a.join("tool")).unwrap();
        assert_eq!(find_in(&search, "tool").unwrap(), second);
        let link = a.join("../a/./tool");
        assert_eq!(find_in(&search, link.to_str().unwrap()).unwrap(), second);
    }

    #[test]
    fn the_real_search_path_has_a_shell() {
        let sh = find_program("sh").unwrap();
        assert!(Path::new(&sh).is_absolute());
        assert!(!fs::symlink_metadata(&sh).unwrap().is_symlink());
        assert_eq!(find_program(&sh).unwrap(), sh);
    }

    #[test]
    fn each_refusal_says_why() {
        let directory = tempfile::tempdir().unwrap();
        let search = [directory.path().to_str().unwrap()];
        let plain = program(directory.path(), "plain", 0o644);
        symlink("loop", directory.path().join("loop")).unwrap();
        let folder = directory.path().to_str().unwrap();
        let looped = directory.path().join("loop");
        let cases = [
            ("", ErrorType::Config, "EINVAL"),
            ("..", ErrorType::Config, "EINVAL"),
            ("bin/sh", ErrorType::Config, "EINVAL"),
            ("./sh", ErrorType::Config, "EINVAL"),
            ("a\0b", ErrorType::Config, "EINVAL"),
            ("missing", ErrorType::Execution, "ENOENT"),
            ("/nowhere/sh", ErrorType::Execution, "ENOENT"),
            ("plain", ErrorType::Execution, "EACCES"),
            (&plain, ErrorType::Execution, "EACCES"),
            (folder, ErrorType::Execution, "EACCES"),
            (looped.to_str().unwrap(), ErrorType::Execution, "ELOOP"),
        ];
        for (command, kind, code) in cases {
            let error = find_in(&search, command).unwrap_err();
            assert_eq!((error.kind, error.code.as_str()), (kind, code), "{command:?}: {error}");
            assert_eq!(error.is_not_found, code == "ENOENT");
        }
    }
}

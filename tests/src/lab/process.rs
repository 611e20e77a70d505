//! [`Server`]: a program that serves.

use super::{Namespace, until};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A server in a process of its own, with a directory for its files. It is killed when dropped; children that it has are
/// ended with their [`Namespace`].
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: PathBuf,
    directory: tempfile::TempDir,
}

impl Server {
    /// A directory that servers under a user of their own can read as well.
    #[must_use]
    pub fn directory() -> tempfile::TempDir {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::Builder::new().prefix(&super::stale::prefix()).tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        directory
    }

    /// Starts it, and waits until `is_ready`, which is given all that it has printed.
    ///
    /// # Panics
    ///
    /// Where it ends, or is not ready in time; with what it printed.
    #[must_use]
    pub fn start(
        mut command: Command,
        directory: tempfile::TempDir,
        mut is_ready: impl FnMut(&str) -> bool,
    ) -> Self {
        let log = directory.path().join("log");
        let file = fs::File::create(&log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let mut server = Self { child, log, directory };
        until(&format!("{command:?} to be ready"), || {
            let said = server.log();
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "{command:?} ended: {ended:?}\n{said}");
            is_ready(&said)
        });
        server
    }

    /// Starts a server and waits until it listens on these TCP ports.
    #[must_use]
    pub fn listening(
        host: &Namespace,
        command: Command,
        directory: tempfile::TempDir,
        ports: &[u16],
    ) -> Self {
        Self::start(command, directory, |_| ports.iter().all(|port| host.listens(*port)))
    }

    /// All that it has printed.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// Where its files are.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        self.directory.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! [`Profile`]: a profile for one test.

use quoin_tests::lab::Server;
use std::path::{Path, PathBuf};

/// A profile, as a file that everybody may read.
pub struct Profile {
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Profile {
    /// One with these controls.
    pub fn new(controls: &str) -> Self {
        let directory = Server::directory();
        let path = directory.path().join("profile.yaml");
        let text = format!("profile: {{name: lab}}\ncontrols:\n  items:\n{controls}");
        std::fs::write(&path, text).unwrap();
        Self { _directory: directory, path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

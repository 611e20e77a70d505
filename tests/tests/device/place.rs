//! [`Place`]: a folder with a profile in it.

use quoin_tests::build::root;
use quoin_tests::programs::quoin;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// One whose profile has these controls, each a YAML flow map without its braces. `HERE` is the folder's path.
    pub(crate) fn new(plugins: &str, controls: &[&str]) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        let items: String = controls.iter().map(|control| format!("    - {{{control}}}\n")).collect();
        let text = format!(
            "profile: {{name: Device, version: 1.0.0}}\nplugins: [{plugins}]\ncontrols:\n  items:\n{items}"
        );
        let here = place.folder.path().canonicalize().unwrap();
        fs::write(place.path("profile.yaml"), text.replace("HERE", here.to_str().unwrap())).unwrap();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `quoin check` of the profile, with these arguments.
    pub(crate) fn check(&self, arguments: &[&str]) -> Output {
        let mut command = quoin();
        command.arg("check").arg(self.path("profile.yaml")).args(arguments);
        command.stdin(Stdio::null()).output().unwrap()
    }
}

/// The profile that the documentation begins with.
pub(crate) fn quickstart() -> PathBuf {
    root().join("docs/examples/quickstart.yaml")
}

/// The report that was printed.
pub(crate) fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

/// All of standard error.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// `quoin` with these arguments, started by another program that gets them and it at its end.
pub(crate) fn through(program: &str, words: &[&str], arguments: &[&OsStr]) -> Output {
    let quoin = quoin();
    let mut command = Command::new(program);
    command.args(words).arg(quoin.get_program()).args(quoin.get_args()).args(arguments);
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("cannot run {program}: {error}"))
}

/// The binary itself, behind its emulator if it has one.
pub(crate) fn binary() -> PathBuf {
    let quoin = quoin();
    Path::new(quoin.get_args().last().unwrap_or(quoin.get_program())).to_owned()
}

//! The example `wasi_run`, which holds the WASI shim against programs that no one here wrote.

use crate::build::{root, succeed, target};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A command that runs it. It is built first, in this test's own profile: cargo builds examples for the tests of their own
/// package only, and one of another day would be worse than none.
#[must_use]
pub fn wasi_run() -> Command {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PATH.get_or_init(|| {
        let target = target();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(["build", "--quiet", "--package", "quoin", "--example", "wasi_run"]);
        cargo.arg("--target-dir").arg(&target);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        succeed(&mut cargo);
        target.join(if cfg!(debug_assertions) { "debug" } else { "release" }).join("examples/wasi_run")
    }))
}

//! Our own programs, as the tests run them. They are built first, in the test's own profile: cargo builds binaries and
//! examples for the tests of their own package only, and one of another day would be worse than none.

use crate::build::{root, succeed, target};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// `quoin`, the command line: of this build, or what `QUOIN_PROGRAM` names, words between spaces, such as
/// `qemu-mips-static target/dist/quoin-mips`. So the same tests prove a binary for another device.
///
/// # Panics
///
/// Where it can't be built.
#[must_use]
pub fn quoin() -> Command {
    if let Ok(words) = std::env::var("QUOIN_PROGRAM") {
        let mut words = words.split_whitespace();
        let mut command = Command::new(words.next().expect("QUOIN_PROGRAM is empty"));
        command.args(words);
        return command;
    }
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PATH.get_or_init(|| build("--bin", "quoin", "quoin")))
}

/// The example `wasi_run`, which holds the WASI shim against programs that no one here wrote.
#[must_use]
pub fn wasi_run() -> Command {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    Command::new(PATH.get_or_init(|| build("--example", "wasi_run", "examples/wasi_run")))
}

fn build(kind: &str, name: &str, file: &str) -> PathBuf {
    let target = target();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["build", "--quiet", "--package", "quoin", kind, name]);
    cargo.arg("--target-dir").arg(&target);
    // What cargo tells a test about its package, build scripts take for what they were built with: without this, ring and
    // all that stands on it is built anew each time that tests and programs are built in turn.
    for (name, _) in std::env::vars_os() {
        let told = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_CRATE_", "CARGO_BIN_", "CARGO_PRIMARY_"];
        if name.to_str().is_some_and(|name| told.iter().any(|start| name.starts_with(start))) {
            cargo.env_remove(name);
        }
    }
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        cargo.arg("--release");
        "release"
    };
    succeed(&mut cargo);
    target.join(profile).join(file)
}

//! Runs a binary where its target's programs run: natively, or under the emulator.

use super::Variant;
use super::compile::Recipe;
use super::target::Target;
use crate::toolchain;
use std::path::Path;
use std::process::Command;

/// Tests that run the binary, by package and file, and which of them.
const TESTS: &[(&str, &str, &[&str])] = &[
    ("quoin", "check", &[]),
    ("quoin", "network", &[]),
    ("quoin", "programs", &[]),
    ("quoin", "release_build", &["--ignored"]),
    ("quoin-tests", "go_plugin_check", &[]),
    ("quoin-tests", "lab", &["--ignored", "the_network_example"]),
];

/// What also holds without TLS: it starts, sees files as they are, and writes its report or says why not.
const DEVICE: (&str, &str, &[&str]) = ("quoin-tests", "device", &["--ignored"]);

/// Crates whose own tests run where the target's programs do: what they promise must not hang on the size of a number, the
/// order of its bytes or how the compiler's backend rounds.
const CRATES: [&str; 3] = ["quoin-abi", "quoin-engine", "quoin-net"];

/// Runs the tests of the command line on `program`, and those of `tests/tests/device/`.
///
/// # Errors
///
/// Where there is no emulator, or a test fails; it has said which.
pub(crate) fn run(
    repository: &Path,
    name: &str,
    target: &Target,
    variant: Variant,
    program: &Path,
) -> Result<(), String> {
    emulated(name, target)?;
    println!("{}: proving", program.display());
    let mut words = target.emulator.clone();
    words.push(program.display().to_string());
    let go = toolchain::output(&mut Command::new(repository.join("tests/provision/go")))?;
    let tests = if variant == Variant::Full { TESTS } else { &[] };
    for (package, file, options) in tests.iter().chain([&DEVICE]) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(repository);
        cargo
            .args(["test", "--quiet", "--locked", "--package", package, "--test", file, "--"])
            .args(*options);
        if !target.emulator.is_empty() {
            cargo.args(["--skip", "native::"]);
        }
        cargo.env("QUOIN_PROGRAM", words.join(" ")).env("QUOIN_GO", go.trim());
        match cargo.status() {
            Ok(status) if status.success() => {}
            Ok(_) => return Err(format!("{}: the test `{file}` failed on it", program.display())),
            Err(error) => return Err(format!("cargo does not run: {error}")),
        }
    }
    Ok(())
}

/// Builds the tests of the crates below the command line for the target, and runs them.
///
/// # Errors
///
/// Where there is no emulator, or a test fails; it has said which.
pub(crate) fn crates(repository: &Path, name: &str, target: &Target, recipe: &Recipe) -> Result<(), String> {
    emulated(name, target)?;
    println!("{name}: the tests of {}", CRATES.join(", "));
    recipe.test(repository, &repository.join(super::BUILDS), target, &CRATES)
}

/// What runs the target's programs here is there.
fn emulated(name: &str, target: &Target) -> Result<(), String> {
    let Some(emulator) = target.emulator.first() else { return Ok(()) };
    match toolchain::output(Command::new(emulator).arg("--version")) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{name}: {error}; Debian has it in qemu-user-static")),
    }
}

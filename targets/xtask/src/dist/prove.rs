//! Runs a binary where its target's programs run: natively, or under the emulator.

use super::Variant;
use super::compile::Recipe;
use super::target::Target;
use crate::toolchain;
use std::path::Path;
use std::process::Command;

/// Tests that run a binary, by file, and which of them.
type Tests = &'static [(&'static str, &'static [&'static str])];

/// The way of `tests/run`: with other packages or features, all that the tests stand on would be built anew.
const CARGO_TEST: [&str; 6] =
    ["test", "--quiet", "--locked", "--workspace", "--features", "quoin-engine/model"];

/// What holds for every binary: it starts, sees files and processes as they are, ends a hostile guest, and writes its report
/// or says why not.
const ANY: Tests = &[
    ("programs", &[]),
    ("release_build", &["--ignored"]),
    ("go_plugin_check", &[]),
    ("device", &["--ignored"]),
];

/// What needs TLS, `--net` or international names.
const FULL: Tests = &[("check", &[]), ("network", &[]), ("lab", &["--ignored", "the_network_example"])];

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
    let more = if variant == Variant::Full { FULL } else { &[] };
    for (file, options) in ANY.iter().chain(more) {
        let mut cargo = toolchain::cargo();
        cargo.current_dir(repository);
        cargo.args(CARGO_TEST).args(["--test", file, "--"]).args(*options);
        if !target.emulator.is_empty() {
            cargo.args(["--skip", "native::"]);
        }
        cargo.env("QUOIN_PROGRAM", words.join(" ")).env("QUOIN_GO", go.trim());
        toolchain::run(&mut cargo, &format!("{}: the test `{file}` failed on it", program.display()))?;
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
    recipe.test(repository, &super::builds(repository, name), target, &CRATES)
}

/// What runs the target's programs here is there.
fn emulated(name: &str, target: &Target) -> Result<(), String> {
    let Some(emulator) = target.emulator.first() else { return Ok(()) };
    match toolchain::output(Command::new(emulator).arg("--version")) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{name}: {error}; Debian has it in qemu-user-static")),
    }
}

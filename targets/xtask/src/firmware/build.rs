//! The firmware for its board, and the tool for this machine.

use crate::toolchain::{self, Kind};
use std::path::{Path, PathBuf};

/// The board's processor: a Cortex-M4 with floating point.
const TARGET: &str = "thumbv7em-none-eabihf";
/// Debian's packages that the recipe of that name consists of.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
/// The workspace.
const WORKSPACE: &str = "targets/bare-metal";

/// Builds the firmware: an ELF file.
///
/// # Errors
///
/// What to install, or where cargo fails; it has said why.
pub(crate) fn firmware(repository: &Path, folder: &Path) -> Result<PathBuf, String> {
    let (kind, _) = Kind::choose(Kind::ALL, TARGET, &PACKAGES, "the firmware needs")?;
    let mut cargo = kind.cargo();
    toolchain::clear(&mut cargo);
    cargo.args(["build", "--release", "--locked", "--package", "quoin-firmware", "--target", TARGET]);
    cargo.arg("--target-dir").arg(folder).current_dir(repository.join(WORKSPACE));
    if kind == Kind::Debian {
        cargo.arg("-Zbuild-std=core,alloc");
        cargo.env("RUSTC", toolchain::DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
        cargo.env("CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER", "ld.lld-19");
    }
    toolchain::run(&mut cargo, "the firmware does not build")?;
    Ok(folder.join(TARGET).join("release/quoin-firmware"))
}

/// Builds `quoin-board` beside everything else that was built for this machine: most of it is the same.
///
/// # Errors
///
/// Where cargo fails; it has said why.
pub(crate) fn tool(repository: &Path) -> Result<PathBuf, String> {
    let folder = repository.join("target");
    let mut cargo = toolchain::cargo();
    toolchain::clear(&mut cargo);
    cargo.args(["build", "--locked", "--package", "quoin-board"]);
    cargo.arg("--target-dir").arg(&folder).current_dir(repository.join(WORKSPACE));
    toolchain::run(&mut cargo, "quoin-board does not build")?;
    Ok(folder.join("debug/quoin-board"))
}

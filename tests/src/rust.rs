//! Rust for guests: a toolchain that has `wasm32-wasip1`, or Debian's, which builds the standard library for it from its
//! source. `cargo xtask plugins` chooses in the same way.

use crate::build::succeed;
use std::path::Path;
use std::process::Command;

/// Lets a program build guests in Rust, into a target directory that tests share.
pub fn environment(command: &mut Command) {
    // What cargo tells a test about itself is nothing for the cargo that the test runs.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("RUST")) {
            command.env_remove(name);
        }
    }
    command.env("CARGO_TARGET_DIR", crate::build::target().join("generated"));
    if has_target() {
        command.env("CARGO", env!("CARGO"));
        return;
    }
    command.env("CARGO", "/usr/bin/cargo").env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGOFLAGS", "-Zbuild-std=std,panic_abort");
    command.env("CARGO_TARGET_WASM32_WASIP1_LINKER", "wasm-ld-19");
    // Beside the flags of the plugin's own `.cargo/config.toml`.
    command.env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", "-L/usr/lib/wasm32-wasi");
}

/// Whether the compiler has a standard library for guests.
fn has_target() -> bool {
    let mut rustc = Command::new("rustc");
    let folder = succeed(rustc.args(["--print", "target-libdir", "--target", "wasm32-wasip1"]));
    let mut files = Path::new(folder.trim()).read_dir().into_iter().flatten().flatten();
    files.any(|file| file.file_name().to_string_lossy().starts_with("libstd"))
}

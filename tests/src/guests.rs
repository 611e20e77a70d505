//! Guests in other languages, built from their source in `tests/guests` with the commands of
//! `docs/plugin-languages.md`.

use crate::build::{root, succeed, target};
use crate::go;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// The guest in C, with Zig's C compiler and its WASI libc.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn c() -> PathBuf {
    build("c", "zig cc ")
}

/// The guest in Zig.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn zig() -> PathBuf {
    build("zig", "zig build-exe ")
}

/// The guest in AssemblyScript.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn assemblyscript() -> PathBuf {
    build("assemblyscript", "asc ")
}

/// The guest in Go, over the module in `plugins/go`.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn go_module() -> PathBuf {
    go::plugin("go-module")
}

/// The same guest over a copy of the module's files, in a module of its own: the way of an author without a network.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn go_copy() -> PathBuf {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("quoin");
    std::fs::create_dir(&copy).unwrap();
    for entry in std::fs::read_dir(root().join("plugins/go")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".go") && !name.ends_with("_test.go") {
            std::fs::copy(&path, copy.join(name)).unwrap();
        }
    }
    let source = std::fs::read_to_string(root().join("tests/guests/go-module/main.go")).unwrap();
    let source = source.replace("quoin.internal/plugin", "door/quoin");
    std::fs::write(folder.path().join("main.go"), source).unwrap();
    std::fs::write(folder.path().join("go.mod"), "module door\n\ngo 1.24\n").unwrap();
    go::build("go-copy", folder.path())
}

/// Builds a guest with the command that `docs/plugin-languages.md` gives, which is the only one that starts like this.
fn build(guest: &str, start: &str) -> PathBuf {
    let page = std::fs::read_to_string(root().join("docs/plugin-languages.md")).unwrap();
    let page = page.replace("\\\n", " ");
    let found =
        page.lines().find(|line| line.strip_prefix("    ").is_some_and(|line| line.starts_with(start)));
    let line = found.unwrap_or_else(|| panic!("docs/plugin-languages.md has no command `{start}…`"));
    let (name, arguments) = line.trim().split_once(' ').unwrap();

    let folder = target().join("guests");
    std::fs::create_dir_all(&folder).unwrap();
    let output = format!("{guest}.wasm");
    let module = folder.join(&output);
    let mut command = Command::new(compiler(name));
    command.current_dir(root().join("tests/guests").join(guest));
    for argument in arguments.split_whitespace() {
        command.arg(argument.replace(&output, module.to_str().unwrap()));
    }
    let cache = target().join("zig");
    succeed(command.env("ZIG_GLOBAL_CACHE_DIR", &cache).env("ZIG_LOCAL_CACHE_DIR", &cache));
    module
}

/// Where a compiler is. Tests are not skipped for want of one: no one would notice.
fn compiler(name: &str) -> OsString {
    let (variable, provision) = match name {
        "zig" => ("QUOIN_ZIG", "zig"),
        _ => ("QUOIN_ASC", "assemblyscript"),
    };
    std::env::var_os(variable).unwrap_or_else(|| {
        panic!(
            "{variable} has to name a compiler: run the tests with tests/run, or this one with \
             {variable}=$(tests/provision/{provision}) cargo test -p quoin-tests"
        )
    })
}

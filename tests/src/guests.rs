//! Guests in other languages, built from their source in `tests/guests` with the commands of
//! `docs/plugin-languages.md`.

use crate::build::{root, succeed, target};
use crate::go;
use std::path::PathBuf;
use std::process::Command;

/// The guest in C, with Zig's C compiler and its WASI libc.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn c() -> PathBuf {
    let (mut zig, module) = compiler("QUOIN_ZIG", "zig", "c");
    zig.args(["cc", "-target", "wasm32-wasi", "-mexec-model=reactor", "-Wl,-z,stack-size=65536"]);
    zig.args(["-std=c17", "-Wall", "-Wextra", "-Werror", "-Oz", "-s", "-o"]).arg(&module);
    succeed(zig.args(["guest.c", "json.c", "memory.c"]));
    module
}

/// The guest in Zig.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn zig() -> PathBuf {
    let (mut zig, module) = compiler("QUOIN_ZIG", "zig", "zig");
    zig.args(["build-exe", "-target", "wasm32-freestanding", "-fno-entry", "-rdynamic", "--stack", "65536"]);
    zig.args(["-O", "ReleaseSmall"]).arg(format!("-femit-bin={}", module.display()));
    succeed(zig.arg("guest.zig"));
    module
}

/// The guest in AssemblyScript.
///
/// # Panics
///
/// Where it does not build.
#[must_use]
pub fn assemblyscript() -> PathBuf {
    let (mut asc, module) = compiler("QUOIN_ASC", "assemblyscript", "assemblyscript");
    asc.args(["guest.ts", "-Oz", "--exportStart", "_initialize", "--use", "abort=host/abort", "--outFile"]);
    succeed(asc.arg(&module));
    module
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

/// A compiler in a guest's directory, and where its module goes. Tests are not skipped for want of a tool: no one would
/// notice.
fn compiler(variable: &str, provision: &str, guest: &str) -> (Command, PathBuf) {
    let Some(program) = std::env::var_os(variable) else {
        panic!(
            "{variable} has to name a compiler: run the tests with tests/run, or this one with \
             {variable}=$(tests/provision/{provision}) cargo test -p quoin-tests"
        );
    };
    let folder = target().join("guests");
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(program);
    command.current_dir(root().join("tests/guests").join(guest));
    let cache = target().join("zig");
    command.env("ZIG_GLOBAL_CACHE_DIR", &cache).env("ZIG_LOCAL_CACHE_DIR", &cache);
    (command, folder.join(guest).with_extension("wasm"))
}

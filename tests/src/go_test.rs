//! Running the test programs of Go's standard library.

use crate::{go, programs::wasi_run};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the tests of one package, and panics unless all pass but those that skip themselves, and those of `must_run`
/// are not among the latter. They see a directory of their
/// own, with `/tmp` and a Go distribution of which there is only what they read (`needs`: folders of `GOROOT`); their
/// working directory is that of the package's sources in it, as they expect. Besides there is `/dev`, for its `null`.
///
/// # Panics
///
/// Where a test fails, none passes, or one of `must_run` does not exist.
pub fn passes(package: &str, needs: &[&str], must_run: &[&str]) {
    let scratch = tempfile::tempdir().unwrap();
    let module = go::standard_test(package, scratch.path());
    let root = scratch.path().join("root");
    lay_out(package, needs, &root);
    let mut command = wasi_run();
    command.arg("--dir").arg(format!("{}::/", root.display())).args(["--dir", "/dev"]);
    command.args(["--env", "GOROOT=/go", "--env", "HOME=/tmp", "--env", &format!("PWD=/go/src/{package}")]);
    command.args(["--timeout", "900"]).arg(&module).args(["-test.short", "-test.v"]).stdin(Stdio::null());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let count = |what: &str| said.lines().filter(|line| line.starts_with(what)).count();
    let (passed, skipped) = (count("--- PASS: "), count("--- SKIP: "));
    assert!(output.status.success() && passed > 0, "{package}: {}\n{}", output.status, failures(&said));
    for name in must_run {
        assert!(count(&format!("--- PASS: {name} ")) == 1, "{package}: {name} was not run");
    }
    println!("{package}: {passed} passed, {skipped} skipped by themselves");
}

/// What is said in and around what failed, which is little of all that is printed.
fn failures(output: &str) -> String {
    let mut text = String::new();
    let lines: Vec<_> = output.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if line.contains("--- FAIL") {
            let around = index.saturating_sub(8)..lines.len().min(index + 6);
            let _ = writeln!(text, "{}\n…", lines[around].join("\n"));
        }
    }
    let _ = writeln!(text, "{}", lines[lines.len().saturating_sub(15)..].join("\n"));
    text
}

fn lay_out(package: &str, needs: &[&str], root: &Path) {
    let go = root.join("go");
    for directory in [root.join("tmp"), root.join("etc"), go.join("src")] {
        std::fs::create_dir_all(directory).unwrap();
    }
    std::fs::write(root.join("etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n").unwrap();
    // What Go's tests take for an example of a system directory.
    for name in ["go.env", "LICENSE", "CONTRIBUTING.md"] {
        std::fs::write(go.join(name), format!("This is {name}.\n")).unwrap();
    }
    let distribution = go::goroot();
    let sources = format!("src/{package}");
    for folder in needs.iter().copied().chain([sources.as_str()]) {
        copy(&distribution.join(folder), &go.join(folder));
    }
}

/// Copies what is plain: Go's distribution has no links.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Builds one of Go's own programs that a test of its runs, from its file in `GOROOT/src`.
#[must_use]
pub fn program(file: &str, directory: &Path) -> Command {
    let module = directory.join("program.wasm");
    let source = go::goroot().join("src").join(file);
    crate::build::succeed(go::command().args(["build", "-ldflags=-s", "-o"]).arg(&module).arg(source));
    let mut command = wasi_run();
    command.arg("--dir").arg(format!("{}::/", directory.display())).arg(module);
    command
}

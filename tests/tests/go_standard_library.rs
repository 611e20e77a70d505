//! Go's own tests of its standard library, run under the WASI shim: all of them pass. What Go knows that preview 1
//! lacks (permissions, processes, pipes, signals) its tests skip by themselves; what they would skip if they found that
//! the shim lacks it is named here.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_tests::go_test::{passes, program};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

#[test]
fn archive_zip() {
    passes("archive/zip", &[], &[]);
}

#[test]
fn bufio() {
    passes("bufio", &[], &[]);
}

#[test]
fn context() {
    passes("context", &[], &[]);
}

#[test]
fn crypto_rand() {
    passes("crypto/rand", &[], &[]);
}

#[test]
fn errors() {
    passes("errors", &[], &[]);
}

#[test]
fn internal_poll() {
    passes("internal/poll", &[], &[]);
}

#[test]
fn io() {
    passes("io", &[], &[]);
}

#[test]
fn io_fs() {
    // A glob test looks for the package `os` beside its own.
    passes("io/fs", &["src/os"], &[]);
}

#[test]
fn io_ioutil() {
    // It reads the directory above its own.
    passes("io/ioutil", &["src/io"], &[]);
}

/// Its network is one of its own, inside the guest.
#[test]
fn net() {
    passes("net", &["src/testdata"], &[]);
}

#[test]
fn os() {
    passes(
        "os",
        &[],
        &["TestSymlink", "TestFileReadDir", "TestHardLink", "TestRootSymlink", "TestUserHomeDir"],
    );
}

#[test]
fn path_filepath() {
    passes("path/filepath", &["src/unicode"], &["TestEvalSymlinks", "TestWalkSymlinkRoot"]);
}

#[test]
fn strconv() {
    passes("strconv", &[], &[]);
}

#[test]
fn sync() {
    passes("sync", &[], &[]);
}

#[test]
fn syscall() {
    passes("syscall", &[], &[]);
}

#[test]
fn testing_fstest() {
    passes("testing/fstest", &[], &[]);
}

#[test]
fn text_template() {
    passes("text/template", &[], &[]);
}

#[test]
fn time() {
    passes("time", &["lib/time"], &[]);
}

/// Go's test of reading that does not block: a goroutine waits for each of eight pipes, which are written in reverse
/// order, and prints what comes. Its driver is ours, since Go's takes the runtime's command line for granted.
#[test]
fn pipes_are_read_in_the_order_in_which_they_are_written() {
    for mode in ["os.OpenFile", "os.NewFile"] {
        let directory = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..8).map(|n| format!("/pipe-{n}")).collect();
        let host = |name: &str| directory.path().join(&name[1..]);
        for name in &names {
            rustix::fs::mkfifoat(
                rustix::fs::CWD,
                host(name),
                rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            )
            .unwrap();
        }
        // Open for both, so that neither side waits for the other to open it.
        let open =
            |name: &String| std::fs::OpenOptions::new().read(true).write(true).open(host(name)).unwrap();
        let mut pipes: Vec<_> = names.iter().map(open).collect();
        let mut command = program("internal/runtime/wasitest/testdata/nonblock.go", directory.path());
        let mut child = command.arg(mode).args(&names).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "waiting");
        for (name, pipe) in names.iter().zip(&mut pipes).rev() {
            writeln!(pipe, "{name}").unwrap();
            assert_eq!(lines.next().unwrap().unwrap(), *name, "{mode}");
        }
        assert!(child.wait().unwrap().success(), "{mode}");
    }
}

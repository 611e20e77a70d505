//! The example `wasi_run` as a program: its arguments, streams, directories and exit status.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_tests::programs::wasi_run;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Writes a command module whose `_start` is `body`.
fn module(directory: &Path, imports: &str, body: &str) -> PathBuf {
    let text = format!(
        r#"(module {imports} (memory (export "memory") 2) (func (export "_start") (local $n i32) {body}))"#
    );
    let path = directory.join("program.wasm");
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path
}

fn import(name: &str, parameters: usize) -> String {
    let parameters = "i32 ".repeat(parameters);
    format!(r#"(import "wasi_snapshot_preview1" "{name}" (func ${name} (param {parameters}) (result i32)))"#)
}

const EXIT: &str = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn it_exits_as_the_guest_does() {
    let directory = tempfile::tempdir().unwrap();
    for code in [0, 1, 77, 255] {
        let program = module(directory.path(), EXIT, &format!("(call $exit (i32.const {code}))"));
        assert_eq!(run(wasi_run().arg(program)), (Some(code), String::new(), String::new()));
    }
    let program = module(directory.path(), EXIT, "");
    assert_eq!(run(wasi_run().arg(program)).0, Some(0));
}

#[test]
fn a_trap_and_a_limit_exit_134_and_say_why() {
    let directory = tempfile::tempdir().unwrap();
    let program = module(directory.path(), "", "unreachable");
    let (code, _, message) = run(wasi_run().arg(program));
    assert_eq!(code, Some(134));
    assert!(message.contains("program.wasm") && message.contains("unreachable"), "{message}");

    let program = module(directory.path(), "", "(loop $again (br $again))");
    let start = Instant::now();
    let (code, _, message) = run(wasi_run().args(["--timeout", "1"]).arg(program));
    assert_eq!(code, Some(134));
    assert!(message.contains("deadline"), "{message}");
    assert!((Duration::from_secs(1)..Duration::from_secs(60)).contains(&start.elapsed()));
}

#[test]
fn what_cannot_start_exits_2_and_says_what_was_expected() {
    let directory = tempfile::tempdir().unwrap();
    let program = module(directory.path(), "", "").display().to_string();
    let text = directory.path().join("text");
    std::fs::write(&text, "not wasm").unwrap();
    let text = text.display().to_string();
    let cases: &[(&[&str], &str)] = &[
        (&[], "MODULE"),
        (&["--dir"], "--dir"),
        (&["--dir", "::/", &program], "HOST::GUEST"),
        (&["--dir", "/nowhere::/", &program], "/nowhere"),
        (&["--env", "NAME", &program], "NAME=VALUE"),
        (&["--timeout", "soon", &program], "soon"),
        (&["--frob", &program], "--frob"),
        (&["/nowhere.wasm"], "/nowhere.wasm"),
        (&[&text], &text),
    ];
    for (arguments, expected) in cases {
        let (code, _, message) = run(wasi_run().args(*arguments));
        assert_eq!(code, Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    std::fs::write(&text, wat::parse_str("(module)").unwrap()).unwrap();
    let (code, _, message) = run(wasi_run().arg(&text));
    assert!(code == Some(2) && message.contains("_start"), "{message}");
}

#[test]
fn arguments_and_environment_are_only_what_is_given() {
    let directory = tempfile::tempdir().unwrap();
    // The block of arguments, then that of variables, each text with its NUL, straight to standard output.
    let imports = [
        import("args_sizes_get", 2),
        import("args_get", 2),
        import("environ_sizes_get", 2),
        import("environ_get", 2),
        import("fd_write", 4),
    ]
    .concat();
    let print = |get: &str| {
        format!(
            "(drop (call ${get}_sizes_get (i32.const 0) (i32.const 20)))
             (drop (call ${get}_get (i32.const 1024) (i32.const 4096)))
             (i32.store (i32.const 16) (i32.const 4096))
             (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 0)))"
        )
    };
    let program = module(directory.path(), &imports, &(print("args") + &print("environ")));
    let mut command = wasi_run();
    command.args(["--env", "A=1", "--env", "B=x=y"]).arg(program).args(["--dir", "/", "-h", "--", ""]);
    let (code, output, _) = run(&mut command);
    assert_eq!((code, output.as_str()), (Some(0), "program.wasm\0--dir\0/\0-h\0--\0\0A=1\0B=x=y\0"));
}

#[test]
fn it_waits_for_its_input() {
    let directory = tempfile::tempdir().unwrap();
    // Copies standard input to standard output until the end. An iovec at 0 (buffer 64, room in 4), a count at 8.
    let program = module(
        directory.path(),
        &(import("fd_read", 4) + &import("fd_write", 4) + EXIT),
        r#"(loop $again
             (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 100))
             (local.set $n (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
             (if (local.get $n) (then (call $exit (local.get $n))))
             (i32.store (i32.const 4) (i32.load (i32.const 8)))
             (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
             (br_if $again (i32.load (i32.const 8))))"#,
    );
    let mut child = wasi_run().arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in ["one\n", "two\n"] {
        std::thread::sleep(Duration::from_millis(100));
        input.write_all(line.as_bytes()).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"one\ntwo\n"[..]));
}

/// Makes the directory `made` in the first preopened one, and exits with the errno.
fn make_directory(directory: &Path) -> PathBuf {
    let imports = import("path_create_directory", 3) + EXIT + r#"(data (i32.const 0) "made")"#;
    let body = "(call $exit (call $path_create_directory (i32.const 3) (i32.const 0) (i32.const 4)))";
    module(directory, &imports, body)
}

#[test]
fn directories_are_the_ones_it_is_given() {
    let directory = tempfile::tempdir().unwrap();
    let program = make_directory(directory.path());
    let given = directory.path().join("given");
    std::fs::create_dir(&given).unwrap();
    const BADF: i32 = 8;
    assert_eq!(run(wasi_run().arg(&program)).0, Some(BADF));
    assert_eq!(run(wasi_run().arg("--dir").arg(&given).arg(&program)).0, Some(0));
    assert!(given.join("made").is_dir());

    // The name by which the guest knows it: descriptor 3's, of the length that fd_prestat_get answers.
    let imports = import("fd_prestat_get", 2) + &import("fd_prestat_dir_name", 3) + &import("fd_write", 4);
    let body = "(drop (call $fd_prestat_get (i32.const 3) (i32.const 0)))
                (i32.store (i32.const 8) (i32.const 64)) (i32.store (i32.const 12) (i32.load (i32.const 4)))
                (drop (call $fd_prestat_dir_name (i32.const 3) (i32.const 64) (i32.load (i32.const 4))))
                (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))";
    let program = module(directory.path(), &imports, body);
    let given = given.display().to_string();
    for (option, name) in [(given.clone(), given.as_str()), (format!("{given}::/srv"), "/srv")] {
        assert_eq!(run(wasi_run().args(["--dir", &option]).arg(&program)).1, name);
    }
}

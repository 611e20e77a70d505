//! `quoin plugin inspect` and `quoin plugin test`, on plugins that are sound and on all kinds that are not.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const DESCRIBE: &str = r#"{"name":"door","version":"1.2.0","description":"","capabilities":[{"kind":"fs","pattern":"read:/proc/**"}]}"#;
const SCHEMA: &str = r#"{"type":"object"}"#;

/// Every export of the pointer generation, by name.
const EXPORTS: [(&str, &str); 6] = [
    ("memory", r#"(memory (export "memory") 2)"#),
    ("allocate", r#"(func (export "allocate") (param i32) (result i32) i32.const 8192)"#),
    ("deallocate", r#"(func (export "deallocate") (param i32 i32))"#),
    ("describe", r#"(func (export "describe") (result i32) i32.const 16)"#),
    ("schema", r#"(func (export "schema") (result i32) i32.const 1024)"#),
    ("observe", r#"(func (export "observe") (param i32 i32) (result i32) i32.const 2048)"#),
];
const WRITE: &str =
    r#"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))"#;

/// A plugin that sees `{"open": false}`, with some of its parts replaced by others.
fn plugin(replaced: &[(&str, &str)], data: &[(u32, &str)]) -> Vec<u8> {
    let mut wat = String::from("(module ");
    for (name, text) in [("import", WRITE)].into_iter().chain(EXPORTS) {
        let other = replaced.iter().find(|(replaced, _)| *replaced == name);
        wat.push_str(other.map_or(text, |(_, text)| text));
    }
    // Data needs a memory, exported or not.
    if let Some(("memory", text)) = replaced.first()
        && !text.contains("(memory")
    {
        wat.push_str("(memory 2)");
    }
    let default = [(16, DESCRIBE), (1024, SCHEMA), (2048, r#"{"status":true,"open":false}"#)];
    for (at, text) in default.into_iter().chain(data.iter().copied()) {
        wat.push_str(&format!("(data (i32.const {at}) \"{}\\00\")", text.replace('"', "\\22")));
    }
    wat.push(')');
    wat::parse_str(&wat).unwrap()
}

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new(module: &[u8]) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        fs::write(place.path("door.wasm"), module).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quoin"));
        command.current_dir(self.directory.path()).arg("plugin").args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn quoin(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.command(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn json(&self, args: &[&str]) -> (i32, Value) {
        let (status, out, err) = self.quoin(&[args, &["--format", "json"]].concat());
        assert_eq!(err, "");
        (status, serde_json::from_str(&out).unwrap())
    }
}

/// What `inspect` finds wrong with a module.
fn problems(module: &[u8]) -> Vec<String> {
    let place = Place::new(module);
    let (status, seen) = place.json(&["inspect", "door.wasm"]);
    let problems: Vec<String> = serde_json::from_value(seen["problems"].clone()).unwrap();
    assert_eq!(status, i32::from(!problems.is_empty()), "{problems:?}");
    // People see the same.
    let (_, table, _) = place.quoin(&["inspect", "door.wasm"]);
    for (number, problem) in problems.iter().enumerate() {
        assert!(table.contains(&format!("\n  {}. {problem}\n", number + 1)), "{table}");
    }
    problems
}

#[test]
fn all_of_a_sound_plugin_is_shown() {
    let place = Place::new(&plugin(&[], &[]));
    let (status, seen) = place.json(&["inspect", "door.wasm"]);
    assert_eq!(status, 0);
    assert_eq!(
        (&seen["name"], &seen["generation"], &seen["memory_bytes"]),
        (&json!("door"), &json!("pointer"), &json!(131_072))
    );
    assert_eq!(seen["bytes"], fs::metadata(place.path("door.wasm")).unwrap().len());
    assert!(
        seen["exports"]
            .as_array()
            .unwrap()
            .contains(&json!({"name": "observe", "type": "(i32, i32) -> i32"}))
    );
    let write = json!({"module": "wasi_snapshot_preview1", "name": "fd_write", "type": "(i32, i32, i32, i32) -> i32"});
    assert_eq!(seen["imports"], json!([write]));
    assert_eq!(seen["metadata"]["version"], "1.2.0");
    assert_eq!(seen["capabilities"], json!(["fs:read:/proc/**"]));
    assert_eq!(seen["schema"], json!({"type": "object"}));
    assert_eq!((&seen["problems"], &seen["warnings"]), (&json!([]), &json!([])));

    let (status, out, err) = place.quoin(&["inspect", "./door.wasm"]);
    assert_eq!((status, &*err), (0, ""));
    for expected in [
        "door: pointer generation, 1 KB, starts with 128 KiB of memory\n",
        "\nCapabilities\n  fs:read:/proc/**\n",
        "\n  observe     (i32, i32) -> i32\n",
        "\n  wasi_snapshot_preview1.fd_write  (i32, i32, i32, i32) -> i32\n",
        "\nSchema\n  {\n    \"type\": \"object\"\n  }\n",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
}

#[test]
fn built_in_plugins_are_called_by_their_name() {
    let place = Place::new(b"");
    let (status, seen) = place.json(&["inspect", "file"]);
    assert_eq!((status, &seen["generation"], &seen["problems"]), (0, &json!("packed"), &json!([])));
    for plugin in ["nosuch", "./nosuch.wasm", "."] {
        let (status, out, err) = place.quoin(&["inspect", plugin]);
        assert_eq!((status, &*out), (2, ""), "{err}");
        assert!(err.contains(plugin), "{err}");
    }
}

#[test]
fn each_export_that_is_missing_is_named_with_its_type() {
    for (name, expected) in [
        ("memory", "a memory"),
        ("allocate", "(i32) -> i32"),
        ("deallocate", "(i32, i32) -> ()"),
        ("describe", "() -> i32, or `_manifest` of type () -> i64"),
        ("schema", "() -> i32"),
        ("observe", "(i32, i32) -> i32"),
    ] {
        let found = problems(&plugin(&[(name, "")], &[]));
        assert_eq!(found, [format!("export `{name}` is missing; expected type {expected}")]);
    }
    let place = Place::new(&plugin(&[("memory", "")], &[]));
    assert_eq!(place.json(&["inspect", "door.wasm"]).1["memory_bytes"], Value::Null);
}

#[test]
fn each_export_of_another_type_is_named_with_both() {
    for (name, wrong, found, expected) in [
        ("memory", r#"(memory 2) (func (export "memory"))"#, "() -> ()", "a memory"),
        (
            "allocate",
            r#"(func (export "allocate") (param i64) (result i32) i32.const 0)"#,
            "(i64) -> i32",
            "(i32) -> i32",
        ),
        ("deallocate", r#"(func (export "deallocate") (param i32))"#, "(i32) -> ()", "(i32, i32) -> ()"),
        ("schema", r#"(func (export "schema") (result i64) i64.const 0)"#, "() -> i64", "() -> i32"),
        ("observe", r#"(global (export "observe") i32 i32.const 0)"#, "a global", "(i32, i32) -> i32"),
    ] {
        let problem = format!("export `{name}` is {found}; expected {expected}");
        assert_eq!(problems(&plugin(&[(name, wrong)], &[])), [problem]);
    }
    let found =
        problems(&plugin(&[("describe", r#"(func (export "describe") (result f32) f32.const 0)"#)], &[]));
    assert!(found[0].starts_with("export `describe` is () -> f32; expected () -> i32 ("), "{found:?}");
}

#[test]
fn problems_come_in_the_order_to_fix_them() {
    let import =
        r#"(import "env" "door_open" (func)) (import "reglet_host" "dns_lookup" (func (param i32)))"#;
    let found = problems(&plugin(&[("observe", ""), ("allocate", ""), ("import", import)], &[]));
    let starts = [
        "export `allocate` is missing",
        "export `observe` is missing",
        "import `env.door_open` does not exist",
        "import `reglet_host.dns_lookup` has type (i32) -> (); expected ",
    ];
    assert_eq!(found.len(), starts.len(), "{found:?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn what_is_no_module_or_no_plugin_is_told_apart() {
    let sound = plugin(&[], &[]);
    let command =
        wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "_start")))"#).unwrap();
    for (module, expected) in [
        (&b"\0asm\x0d\0\x01\0rest"[..], "this is a WebAssembly component; build a core module"),
        (&sound[..sound.len() / 2], "not a valid WebAssembly module: "),
        (&command, "this is a WASI command (it exports `_start`"),
        (b"", "it looks like an empty file"),
        (b"(module)", "it looks like WebAssembly text"),
    ] {
        let found = problems(module);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn a_plugin_that_cannot_say_what_it_is_says_why() {
    let trap = r#"(func (export "describe") (result i32) unreachable)"#;
    let found = problems(&plugin(&[("describe", trap)], &[]));
    assert!(found[0].starts_with("it does not describe itself: the plugin trapped"), "{found:?}");
    let found = problems(&plugin(&[], &[(1024, "nonsense")]));
    assert!(found[0].starts_with("it gives no schema: "), "{found:?}");
    let initialize = r#"(func (export "_initialize") unreachable) "#;
    let found = problems(&plugin(&[("import", &format!("{WRITE} {initialize}"))], &[]));
    assert!(found[0].starts_with("it does not start: "), "{found:?}");

    let describe = r#"{"name":"","version":"1","capabilities":[{"kind":"camera","pattern":"front"}]}  "#;
    let place = Place::new(&plugin(&[], &[(16, describe)]));
    let (status, seen) = place.json(&["inspect", "door.wasm"]);
    assert_eq!((status, &seen["problems"]), (0, &json!([])));
    assert!(seen["warnings"][0].as_str().unwrap().contains("camera"), "{seen}");
    assert_eq!(seen["warnings"][1], "its description has no `name`");
}

#[test]
fn an_observation_is_shown_with_what_it_took() {
    let place = Place::new(&plugin(&[], &[]));
    let (status, out, err) = place.quoin(&["test", "door.wasm", "--expect", "!data.open"]);
    assert_eq!((status, &*err), (0, ""), "{out}");
    assert!(
        out.starts_with("PASS  door\n  true: !data.open\n\nEvidence\n  {\n    \"status\": true,\n"),
        "{out}"
    );
    assert!(out.contains("\nTook ") && out.contains(" fuel, 128 KiB of memory\n"), "{out}");

    let (status, seen) = place.json(&["test", "door.wasm", "--expect", "data.open", "--expect", "status"]);
    assert_eq!((status, &seen["status"]), (1, &json!("fail")));
    assert_eq!(seen["evidence"]["data"], json!({"open": false}));
    assert_eq!(seen["expectations"][0]["passed"], false);
    assert_eq!(seen["expectations"][1]["passed"], true);
    assert!(seen["fuel"].as_u64().unwrap() > 0 && seen["duration_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(seen["memory_bytes"], 131_072);
}

#[test]
fn log_lines_are_shown() {
    let observe = r#"(func (export "observe") (param i32 i32) (result i32)
        (drop (call $write (i32.const 2) (i32.const 3000) (i32.const 1) (i32.const 3900))) i32.const 2048)
        (data (i32.const 3000) "\c0\0b\00\00\06\00\00\00hello\0a")"#;
    let place = Place::new(&plugin(&[("observe", observe)], &[]));
    assert_eq!(place.json(&["test", "door.wasm"]).1["log"], json!(["door: WARN hello"]));
    let (_, out, _) = place.quoin(&["test", "door.wasm"]);
    assert!(out.contains("\nLog\n  door: WARN hello\n"), "{out}");
}

#[test]
fn a_configuration_comes_from_the_line_or_a_file() {
    let place = Place::new(b"");
    fs::write(place.path("subject"), "here").unwrap();
    fs::create_dir(place.path("root")).unwrap();
    fs::write(place.path("root/subject"), "image").unwrap();
    let subject = place.path("subject");
    let config = json!({"path": subject, "read_content": true}).to_string();
    fs::write(place.path("config.json"), &config).unwrap();
    for config in [&*config, "@config.json"] {
        let (status, seen) = place.json(&["test", "file", "--config", config]);
        assert_eq!((status, &seen["evidence"]["data"]["content"]), (0, &json!("here")));
    }
    let args = ["test", "file", "--root", "root", "--config", r#"{"path":"/subject","read_content":true}"#];
    assert_eq!(place.json(&args).1["evidence"]["data"]["content"], "image");
}

#[test]
fn what_cannot_be_tested_is_exit_status_2() {
    let place = Place::new(b"nothing");
    for (args, expected) in [
        (&["test"][..], "required arguments"),
        (&["test", "door.wasm"], "door: this is no WebAssembly module"),
        (&["test", "nosuch"], "there is no built-in plugin `nosuch`"),
        (&["test", "file", "--config", "{path: /}"], "--config: key must be a string"),
        (&["test", "file", "--config", "[]"], "--config: the configuration: expected an object"),
        (&["test", "file", "--config", "@nosuch.json"], "--config: cannot read nosuch.json"),
        (&["test", "file", "--expect", "data ="], "--expect"),
        (&["test", "file", "--grant", "camera:front"], "camera:front"),
        (&["test", "file", "--root", "nosuch"], "--root: "),
        (
            &["test", "process", "--root", ".", "--config", "{\"pid\": 1}"],
            "plugin process looks at a system that runs",
        ),
    ] {
        let (status, out, err) = place.quoin(args);
        assert_eq!((status, &*out), (2, ""), "{args:?}\n{err}");
        assert!(err.contains(expected), "{args:?}\n{err}");
    }
}

#[test]
fn a_plugin_gets_what_is_granted_and_its_time() {
    let opens = r#"(import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"#;
    let observe = r#"(func (export "observe") (param i32 i32) (result i32)
        (drop (call $open (i32.const 3) (i32.const 0) (i32.const 3000) (i32.const 11) (i32.const 0) (i64.const 2)
            (i64.const 0) (i32.const 0) (i32.const 3100)))
        i32.const 2048) (data (i32.const 3000) "proc/uptime")"#;
    let place = Place::new(&plugin(&[("import", opens), ("observe", observe)], &[]));
    let args = ["test", "door.wasm", "--config", r#"{"path": "/proc/version"}"#];
    let (status, seen) = place.json(&args);
    assert_eq!((status, &seen["error"]["type"]), (1, &json!("capability")));
    assert!(seen["error"]["message"].as_str().unwrap().contains("fs:read:/proc/uptime"), "{seen}");
    assert_eq!(place.json(&[&args[..], &["--grant", "fs:read:/proc/uptime"]].concat()).0, 0);
    assert_eq!(place.json(&[&args[..], &["--trust-plugins"]].concat()).0, 0);

    let endless = r#"(func (export "observe") (param i32 i32) (result i32) (loop br 0) unreachable)"#;
    let place = Place::new(&plugin(&[("observe", endless)], &[]));
    let (status, seen) = place.json(&["test", "door.wasm", "--timeout", "100ms"]);
    assert_eq!((status, &seen["error"]["type"]), (1, &json!("timeout")));
    let start = Instant::now();
    let child = place.command(&["test", "door.wasm", "--timeout", "1h"]).spawn().unwrap();
    // Long enough for the handlers to be in place.
    thread::sleep(Duration::from_millis(500));
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(10));
}

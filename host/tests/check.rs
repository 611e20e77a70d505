//! `quoin check` as a whole, with plugins: the built-in one and some that are up to no good.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod program;

use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A plugin of the pointer generation whose `observe` is `body`. It declares `capabilities`.
fn plugin(capabilities: &str, body: &str) -> Vec<u8> {
    let text = |text: String| format!("{text}\\00").replace('"', "\\22");
    let describe = text(format!(
        r#"{{"name":"test","version":"1.0.0","description":"for tests","capabilities":[{capabilities}]}}"#
    ));
    let wat = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) "{describe}")
            (data (i32.const 1024) "{schema}")
            (data (i32.const 2048) "{answer}")
            (data (i32.const 3000) "\c0\0b\00\00\06\00\00\00hello\0a")
            (func (export "allocate") (param i32) (result i32) i32.const 8192)
            (func (export "deallocate") (param i32 i32))
            (func (export "describe") (result i32) i32.const 16)
            (func (export "schema") (result i32) i32.const 1024)
            (func (export "observe") (param i32 i32) (result i32) {body}))"#,
        schema = text("{}".into()),
        answer = text(r#"{"status":true,"answer":42}"#.into()),
    );
    wat::parse_str(wat).unwrap()
}

const ANSWER: &str = "i32.const 2048";
const LOOP: &str = "(loop br 0) unreachable";
const LOG: &str =
    "(drop (call $write (i32.const 2) (i32.const 3000) (i32.const 1) (i32.const 3900))) i32.const 2048";

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    /// A directory with a profile of these controls and these files.
    fn new(plugins: &str, controls: &[&str], files: &[(&str, &[u8])]) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        for (name, bytes) in files {
            let path = place.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let items: String = controls.iter().map(|control| format!("    - {{{control}}}\n")).collect();
        let text = format!(
            "profile: {{name: Test, version: 1.0.0}}\nplugins: [{plugins}]\ncontrols:\n  items:\n{items}"
        );
        fs::write(place.path("profile.yaml"), text).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = program::quoin();
        command.arg("check").arg(self.path("profile.yaml")).args(args).stdin(Stdio::null());
        command
    }

    fn check(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.command(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn report(&self, args: &[&str]) -> (i32, Value) {
        let (status, out, err) = self.check(&[args, &["--format", "json"]].concat());
        (status, serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}\n{out}\n{err}")))
    }
}

#[test]
fn the_file_plugin_sees_files() {
    let place = Place::new(
        "file",
        &[
            "id: passwd, observations: [{plugin: file, config: {path: /etc/passwd}, expect: 'data.owner == \"root\"'}]",
            "id: missing, observations: [{plugin: file, config: {path: /no/such/file}, expect: '!data.exists'}]",
            "id: wrong, observations: [{plugin: file, config: {path: /etc/passwd}, expect: 'data.mode == \"0000\"'}]",
        ],
        &[],
    );
    let (status, report) = place.report(&[]);
    assert_eq!(status, 1);
    let statuses: Vec<_> = (0..3).map(|index| &report["controls"][index]["status"]).collect();
    assert_eq!(statuses, ["pass", "pass", "fail"]);
    let message = report["controls"][2]["message"].as_str().unwrap();
    assert!(message.contains("data.mode = \"0"), "{message}");
    let (status, ..) = place.check(&["--control", "passwd"]);
    assert_eq!(status, 0);
}

#[test]
fn a_configuration_that_does_not_fit_is_found_before_anything_runs() {
    let place = Place::new(
        "file",
        &[
            "id: good, observations: [{plugin: file, config: {path: /etc/passwd}}]",
            "id: bad, observations: [{plugin: file, config: {paht: /etc/passwd, hash: 1}}]",
            "id: worse, observations: [{plugin: tcp, config: {host: a.example, port: 0}}]",
        ],
        &[],
    );
    let profile = place.path("profile.yaml");
    let (status, out, err) = place.check(&[]);
    assert_eq!((status, &*out), (2, ""));
    for (place, message) in [
        ("6:55", "plugin file: `path` is missing; expected text"),
        ("6:62", "plugin file: `paht`: there is no such key; did you mean `path`?"),
        ("6:81", "plugin file: `hash`: expected true or false, found 1"),
        ("7:80", "plugin tcp: `port`: expected at least 1, found 0"),
    ] {
        let expected = format!("\n{}:{place}: {message}\n", profile.display());
        assert!(err.contains(&expected), "{expected}\n{err}");
    }
    // What is not looked at may be wrong.
    assert_eq!(place.check(&["--control", "good"]).0, 0);
}

#[test]
fn a_profile_can_be_validated_without_running_it() {
    let place = Place::new(
        "file, ./loop.wasm",
        &[
            "id: a, observations: [{plugin: file, config: {path: /no/such/file}}, {plugin: file, config: {path: /}}]",
            "id: b, observations: [{plugin: loop}]",
        ],
        &[("loop.wasm", &plugin("", LOOP))],
    );
    let profile = place.path("profile.yaml");
    let said = |what: &str| format!("{}: valid: {what}; nothing was run\n", profile.display());
    let (status, out, err) = place.check(&["--validate"]);
    assert_eq!((status, &*err), (0, ""));
    assert_eq!(out, said("2 controls with 2 plugins and the configurations of 3 observations"));
    let (_, out, _) = place.check(&["--validate", "--control", "b"]);
    assert_eq!(out, said("1 control with 1 plugin and the configurations of 1 observation"));
    // Nothing is opened, but what it is asked to open has to make sense.
    assert_eq!(place.check(&["--validate", "--net", "bridge:no-such-bridge,dhcp"]).0, 0);
    let (status, out, err) = place.check(&["--validate", "--net", "tap"]);
    assert_eq!((status, &*out), (2, ""));
    assert!(err.starts_with("quoin: --net: "), "{err}");

    let controls = ["id: a, observations: [{plugin: file, config: {path: [etc]}}]"];
    let place = Place::new("file", &controls, &[]);
    let (status, out, err) = place.check(&["--validate"]);
    assert_eq!((status, &*out), (2, ""));
    assert!(err.contains(":5:60: plugin file: `path`: expected text, found a list\n"), "{err}");
    // A value that no capability comes of is no error yet.
    let controls = ["id: a, observations: [{plugin: http, config: {url: 'nonsense'}}]"];
    let place = Place::new("http", &controls, &[]);
    let (status, out, err) = place.check(&["--validate"]);
    assert_eq!(status, 0, "{err}");
    assert!(
        out.contains("valid: 1 control") && err.contains("no capability can be derived from `url`"),
        "{err}"
    );
}

#[test]
fn a_root_is_audited_in_place_of_the_machine() {
    let controls = [
        "id: os, observations: [{plugin: file, config: {path: /etc/os, read_content: true}, expect: 'data.content == \"image\"'}]",
    ];
    let place = Place::new("file", &controls, &[("root/etc/os", b"image")]);
    let root = place.path("root");
    let (status, out, err) = place.check(&["--root", root.to_str().unwrap()]);
    assert_eq!(status, 0, "{out}{err}");
    let (status, _, err) = place.check(&["--root", "/no/such/directory"]);
    assert_eq!(status, 2);
    assert!(err.starts_with("quoin: --root: "), "{err}");
}

#[test]
fn every_plugin_that_cannot_be_used_is_named_and_nothing_runs() {
    let wrong = wat::parse_str(r#"(module (memory (export "memory") 1))"#).unwrap();
    let place = Place::new(
        "./wrong.wasm, ./text.wasm, ./missing.wasm, ./mute.wasm, ./unused.wasm",
        &[
            "id: a, observations: [{plugin: wrong}]",
            "id: b, observations: [{plugin: text}]",
            "id: c, observations: [{plugin: missing}]",
            "id: d, observations: [{plugin: mute}]",
            "id: e, observations: [{plugin: file, config: {path: /etc/passwd}}]",
        ],
        &[
            ("wrong.wasm", &wrong),
            ("text.wasm", b"hello"),
            ("mute.wasm", &plugin("not json", ANSWER)),
            ("unused.wasm", b""),
        ],
    );
    let (status, out, err) = place.check(&[]);
    assert_eq!((status, &*out), (2, ""));
    for expected in [
        "plugin wrong: export ",
        "plugin text: ",
        "plugin missing: cannot read ",
        "plugin mute: it does not describe",
    ] {
        assert!(err.contains(expected), "{expected}\n{err}");
    }
    assert!(err.contains("profile.yaml:2:"), "{err}");
    assert!(!err.contains("unused"), "{err}");
    // What no selected control needs is not loaded.
    let (status, ..) = place.check(&["--control", "e"]);
    assert_eq!(status, 0);
}

#[test]
fn a_plugin_that_misbehaves_is_an_error_and_the_rest_runs() {
    let place = Place::new(
        "./loop.wasm, ./trap.wasm, ./good.wasm",
        &[
            "id: loops, timeout: 200ms, observations: [{plugin: loop}]",
            "id: traps, observations: [{plugin: trap}]",
            "id: works, observations: [{plugin: good, expect: data.answer == 42}]",
        ],
        &[
            ("loop.wasm", &plugin("", LOOP)),
            ("trap.wasm", &plugin("", "unreachable")),
            ("good.wasm", &plugin("", ANSWER)),
        ],
    );
    let (status, report) = place.report(&[]);
    assert_eq!(status, 1);
    let errors: Vec<_> =
        (0..2).map(|index| &report["controls"][index]["observations"][0]["error"]["type"]).collect();
    assert_eq!(errors, ["timeout", "panic"]);
    assert_eq!(report["controls"][2]["status"], "pass");
}

#[test]
fn what_plugins_log_is_shown_when_asked_for() {
    let controls = ["id: a, observations: [{plugin: log}]"];
    let place = Place::new("./log.wasm", &controls, &[("log.wasm", &plugin("", LOG))]);
    let (status, _, err) = place.check(&["--verbose"]);
    assert_eq!((status, &*err), (0, "log: WARN hello\n"));
    let (status, _, err) = place.check(&[]);
    assert_eq!((status, &*err), (0, ""));
}

#[test]
fn a_capability_that_nobody_knows_is_a_warning() {
    let wasm = plugin(r#"{"kind":"camera","pattern":"front"}"#, ANSWER);
    let controls = ["id: a, observations: [{plugin: spy}]"];
    let place = Place::new("./spy.wasm", &controls, &[("spy.wasm", &wasm)]);
    let (status, _, err) = place.check(&[]);
    assert_eq!(status, 0);
    assert!(err.starts_with("quoin: warning: plugin spy: ") && err.contains("camera"), "{err}");
    let (_, _, err) = place.check(&["--quiet"]);
    assert_eq!(err, "");
}

#[test]
fn a_signal_ends_a_guest_that_loops() {
    let controls = [
        "id: a, observations: [{plugin: file, config: {path: /etc/passwd}}]",
        "id: b, timeout: 1h, observations: [{plugin: loop}]",
    ];
    let speaks = LOG.replace(ANSWER, LOOP);
    let place = Place::new("./loop.wasm", &controls, &[("loop.wasm", &plugin("", &speaks))]);
    let report = place.path("report.json");
    let options = ["--jobs", "1", "--verbose", "--format", "json", "-o", report.to_str().unwrap()];
    let mut child = place.command(&options).stderr(Stdio::piped()).spawn().unwrap();
    // The first control is done and the second has begun.
    let (mut stderr, mut said) = (BufReader::new(child.stderr.take().unwrap()), String::new());
    stderr.read_line(&mut said).unwrap();
    assert_eq!(said, "loop: WARN hello\n");
    let start = Instant::now();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(10));
    let report: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
    assert_eq!(report["controls"][0]["status"], "pass");
    assert_eq!(report["controls"][1]["status"], "skipped");
}

#[test]
fn the_built_in_plugins_say_what_they_are() {
    let output = program::quoin().args(["plugin", "list", "--format", "json"]).output();
    let plugins: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let file = plugins.as_array().unwrap().iter().find(|plugin| plugin["name"] == "file").unwrap();
    assert_eq!(file["capabilities"], serde_json::json!(["fs:read:**"]));
}

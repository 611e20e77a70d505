//! `quoin plugin new`: what it makes builds, passes its own tests and does what its README says, for both languages and
//! all four kinds of capabilities, in a folder that knows nothing of this repository.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_tests::build::{root, succeed, target};
use quoin_tests::programs::quoin;
use quoin_tests::{go, rust};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A plugin to begin.
struct Case {
    name: &'static str,
    /// Its one capability.
    kind: &'static str,
    pattern: String,
    /// What the profile in its README finds.
    evidence: Value,
    /// A configuration that its capability does not cover.
    elsewhere: &'static str,
}

fn cases(listener: &TcpListener) -> [Case; 4] {
    let address = listener.local_addr().unwrap();
    let case = |name, kind, pattern: &str, evidence, elsewhere| {
        let pattern = pattern.to_owned();
        Case { name, kind, pattern, evidence, elsewhere }
    };
    let file = json!({"exists": true, "kind": "file", "mode": "0444"});
    let connected = json!({"connected": true, "remote_addr": address});
    let variable = json!({"is_set": true, "value": "hello"});
    let success = json!({"exit_code": 0, "stdout": ""});
    [
        case("front-door", "fs", "read:/proc/uptime", file, "{path: /proc/version}"),
        case("core", "network", &format!("outbound:{address}"), connected, "{host: 127.0.0.2, port: 1}"),
        case("match", "exec", "/usr/bin/true", success, "{command: /usr/bin/env}"),
        case("log", "env", "QUOIN_GREETING", variable, "{name: PATH}"),
    ]
}

#[test]
fn plugins_in_rust_build_and_do_what_their_readme_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for case in cases(&listener) {
        let folder = tempfile::tempdir().unwrap();
        let plugin = begin(&case, "rust", folder.path());
        // The versions that we test with, and no question to a registry.
        std::fs::copy(root().join("plugins/Cargo.lock"), plugin.join("Cargo.lock")).unwrap();
        let make = || {
            let mut make = Command::new("make");
            rust::environment(make.current_dir(&plugin));
            make
        };
        succeed(make().arg("build"));
        let said = succeed(make().arg("test"));
        assert!(said.contains("test result: ok. 3 passed"), "{said}");
        follow_the_readme(&case, &plugin);
        let bytes = std::fs::metadata(plugin.join(case.name).with_extension("wasm")).unwrap().len();
        assert!(bytes <= 96 << 10, "{} is {bytes} bytes long", case.name);
        // Without a target directory of its own: what others build stays.
        succeed(make().env("CARGO_TARGET_DIR", "target").arg("clean"));
        assert!(!plugin.join(case.name).with_extension("wasm").exists());
    }
}

#[test]
fn plugins_in_go_build_and_do_what_their_readme_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    for case in cases(&listener) {
        let folder = tempfile::tempdir().unwrap();
        let plugin = begin(&case, "go", folder.path());
        let make = |goal: &str| {
            let mut make = Command::new("make");
            make.current_dir(&plugin).env("GO", go::go()).env("GOCACHE", target().join("go/cache")).arg(goal);
            // It needs no network.
            make.env("GOTOOLCHAIN", "local").env("GOPROXY", "off").env("GOENV", "off").env("GOFLAGS", "");
            succeed(&mut make)
        };
        make("build");
        let said = make("test");
        assert!(said.contains("ok  \tquoin.internal/"), "{said}");
        let gofmt = go::goroot().join("bin/gofmt");
        assert_eq!(succeed(Command::new(gofmt).arg("-l").arg(&plugin)), "", "gofmt would change these");
        follow_the_readme(&case, &plugin);
        make("clean");
        assert!(!plugin.join(case.name).with_extension("wasm").exists());
    }
}

/// Begins the plugin and answers its folder.
fn begin(case: &Case, language: &str, folder: &Path) -> PathBuf {
    let mut new = quoin();
    new.current_dir(folder).args(["plugin", "new", case.name, "--lang", language]);
    new.args(["--description", r#"Is "it" as it \ should be"#]);
    new.args(["--capability-kind", case.kind, "--capability-pattern", &case.pattern]);
    let said = succeed(&mut new);
    assert!(said.contains(&format!("cd plugins/{} && make build && make test", case.name)), "{said}");
    folder.join("plugins").join(case.name)
}

/// Runs the profile in the README, first as it is and then with a configuration that the capability does not cover.
fn follow_the_readme(case: &Case, plugin: &Path) {
    let readme = std::fs::read_to_string(plugin.join("README.md")).unwrap();
    let profile = readme.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    let (code, observation) = check(plugin, profile);
    let seen = &observation["evidence"]["data"];
    assert_eq!(code, Some(0), "{observation:#}");
    for (name, value) in case.evidence.as_object().unwrap() {
        assert_eq!(&seen[name], value, "{}: {seen:#}", case.name);
    }
    // The README tells of all that is there.
    for name in seen.as_object().unwrap().keys() {
        assert!(readme.contains(&format!("`{name}`")), "{}: {name}", case.name);
    }
    let start = profile.find("config: ").unwrap();
    let elsewhere = format!("{}config: {}\n", &profile[..start], case.elsewhere);
    let (code, observation) = check(plugin, &elsewhere);
    assert_eq!(code, Some(1), "{observation:#}");
    match case.kind {
        "env" => assert_eq!(observation["evidence"]["data"], json!({"is_set": false})),
        _ => assert_eq!(observation["error"]["type"], "capability", "{observation:#}"),
    }
}

/// `quoin check` on a profile beside the module: its exit status, and the one observation of the report.
fn check(plugin: &Path, profile: &str) -> (Option<i32>, Value) {
    let path = plugin.join("profile.yaml");
    std::fs::write(&path, profile).unwrap();
    let output = quoin()
        .env("QUOIN_GREETING", "hello")
        .arg("check")
        .arg(&path)
        .args(["--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report["controls"][0]["observations"][0].clone())
}

#[test]
fn what_is_no_plugin_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, kind, pattern, reason) in [
        ("Door", "fs", "read:/**", "lower-case letters"),
        ("../door", "fs", "read:/**", "lower-case letters"),
        ("door", "fs", "read:etc", "absolute path"),
        ("door", "fs", "write:/**", "begins by reading"),
        ("door", "network", "outbound:99999", "port"),
        ("door", "exec", "", "exec:"),
        ("door", "disk", "read:/**", "disk"),
    ] {
        let mut new = quoin();
        new.current_dir(&folder).args(["plugin", "new", name, "--description", "Is it shut"]);
        new.args(["--capability-kind", kind, "--capability-pattern", pattern]);
        let output = new.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name} {kind} {pattern}");
        assert!(said.contains(reason), "{name} {kind} {pattern}: {said}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    }
    // A folder that is there is left as it is.
    let door = folder.path().join("here/door");
    std::fs::create_dir_all(&door).unwrap();
    let mut new = quoin();
    new.current_dir(&folder).args(["plugin", "new", "door", "--description", "Is it shut", "--dir", "here"]);
    new.args(["--capability-kind", "env", "--capability-pattern", "HOME"]);
    let output = new.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("exists already"));
    assert_eq!(std::fs::read_dir(&door).unwrap().count(), 0);
}

//! A plugin as Go authors write it, built with Go: pointer generation, WASI reactor, 4.4 MB. It runs all of its five
//! functions on this machine's files. `allocate` and `deallocate` are seen in its log: it says after each block how many are left.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_engine::capability::Grants;
use quoin_engine::{Engine, Generation, Limits, Plugin};
use quoin_tests::go;
use quoin_tests::machine::{Bench, grants};
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;

/// Loading is once, for all observations on all threads.
fn plugin() -> &'static Plugin {
    static PLUGIN: OnceLock<Plugin> = OnceLock::new();
    PLUGIN.get_or_init(|| {
        let bytes = std::fs::read(go::plugin("go-pointer")).unwrap();
        Engine::new(Limits::default()).load(&bytes).unwrap()
    })
}

const TIME: Duration = Duration::from_secs(120);

fn bench() -> Bench {
    Bench::new()
}

/// Every block came back, with its exact size, and the last one left none.
fn assert_balanced(lines: &[String]) {
    let complaints: Vec<_> = lines.iter().filter(|line| line.starts_with("Error")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    assert_eq!(lines.last().map(String::as_str), Some("Debug deallocate left=0"), "{lines:?}");
}

fn evidence(observation: quoin_engine::Observation) -> quoin_abi::evidence::Evidence {
    observation.evidence.unwrap()
}

#[test]
fn it_says_what_it_is_without_any_grant() {
    assert_eq!(plugin().generation(), Generation::Pointer);
    let bench = bench();
    let mut instance = plugin().instantiate(bench.session(Grants::none(), TIME)).unwrap();
    let metadata = instance.describe().unwrap();
    assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("go-pointer", "0.1.0"));
    assert_eq!(metadata.description, "Reads a file and, when asked, connects to a port");
    let declared =
        json!([{"kind": "fs", "pattern": "read:/**"}, {"kind": "network", "pattern": "outbound:*"}]);
    assert_eq!(metadata.capabilities, serde_json::from_value(declared).unwrap());
    assert_balanced(&bench.lines());
    let schema = instance.schema().unwrap();
    assert_eq!(schema["required"], json!(["path"]));
    assert_eq!(schema["properties"]["port"], json!({"type": "string"}));
    assert_balanced(&bench.lines());
    // As often as it is asked.
    assert_eq!(instance.describe().unwrap(), metadata);
    assert_balanced(&bench.lines());
}

#[test]
fn a_file_is_evidence_and_a_missing_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap().join("motd");
    std::fs::write(&path, "Grüß Gott\n").unwrap();
    let bench = bench();
    let grant = format!("fs:read:{}/**", path.parent().unwrap().display());

    let found = evidence(bench.observe(plugin(), grants(&[&grant]), TIME, &json!({"path": path})));
    assert!(found.status && found.error.is_none(), "{found:?}");
    let expected = json!({"path": path, "size": 12, "content": "Grüß Gott\n", "observations": 1});
    assert_eq!(Value::Object(found.data), expected);
    let lines = bench.lines();
    assert_eq!(lines[0], format!("Info reading path={}", path.display()));
    assert_balanced(&lines);

    let missing = path.with_file_name("missing");
    let observation = bench.observe(plugin(), grants(&[&grant]), TIME, &json!({"path": missing}));
    assert!(observation.refusals.is_empty());
    let missing = evidence(observation);
    assert!(!missing.status && missing.data.is_empty(), "{missing:?}");
    let message = missing.error.unwrap().message;
    assert!(
        message.starts_with("open /") && message.ends_with("missing: No such file or directory"),
        "{message}"
    );
    assert_balanced(&bench.lines());
}

#[test]
fn a_path_that_is_not_granted_is_an_error_that_names_the_capability() {
    let bench = bench();
    let observation =
        bench.observe(plugin(), grants(&["fs:read:/opt/**"]), TIME, &json!({"path": "/etc/passwd"}));
    assert_eq!(observation.refusals.len(), 1, "{:?}", observation.refusals);
    let refused = evidence(observation);
    let error = refused.error.unwrap();
    assert!(!refused.status);
    assert_eq!(error.code, "ENOTCAPABLE");
    assert!(error.message.contains("fs:read:/etc/passwd"), "{}", error.message);
    assert_balanced(&bench.lines());
}

#[test]
fn without_any_grant_there_is_no_file_system() {
    let bench = bench();
    let refused = evidence(bench.observe(plugin(), Grants::none(), TIME, &json!({"path": "/etc/passwd"})));
    assert!(!refused.status && refused.data.is_empty(), "{refused:?}");
    assert!(refused.error.unwrap().message.contains("/etc/passwd"));
    assert_balanced(&bench.lines());
}

#[test]
fn a_host_function_in_positional_form_answers_a_structured_error() {
    let bench = bench();
    let grants = grants(&["fs:read:/proc/version", "network:outbound:*", "network:outbound:private"]);
    let config = json!({"path": "/proc/version", "host": "127.0.0.1", "port": "1"});
    let observation = bench.observe(plugin(), grants, TIME, &config);
    assert!(observation.refusals.is_empty(), "{:?}", observation.refusals);
    let found = evidence(observation);
    assert!(found.status, "{found:?}");
    assert_eq!(found.data["connection"]["status"], json!(false));
    let error = found.data["connection"]["error"].as_str().unwrap();
    // The host of these tests is on none.
    assert!(error.contains("network"), "{error}");
    // The answer was a block that the host took from `allocate`, and that is the guest's to give back.
    assert_balanced(&bench.lines());
}

#[test]
fn a_connection_that_is_not_granted_is_an_error_whatever_the_plugin_makes_of_it() {
    let bench = bench();
    let config = json!({"path": "/proc/version", "host": "127.0.0.1", "port": "1"});
    let refused = evidence(bench.observe(plugin(), grants(&["fs:read:/proc/version"]), TIME, &config));
    let error = refused.error.unwrap();
    assert!(!refused.status && error.message.contains("network:outbound:127.0.0.1:1"), "{}", error.message);
    assert_balanced(&bench.lines());
}

#[test]
fn a_configuration_that_the_plugin_rejects_is_its_own_error() {
    let bench = bench();
    for (config, expected) in
        [(json!({}), "path is missing"), (json!({"path": 7}), "cannot unmarshal number")]
    {
        let rejected = evidence(bench.observe(plugin(), Grants::none(), TIME, &config));
        let message = rejected.error.unwrap().message;
        assert!(message.contains(expected), "{message}");
        assert_balanced(&bench.lines());
    }
}

#[test]
fn two_observations_share_nothing() {
    let bench = bench();
    for _ in 0..2 {
        let config = json!({"path": "/proc/version"});
        let found = evidence(bench.observe(plugin(), grants(&["fs:read:/proc/version"]), TIME, &config));
        assert_eq!(found.data["observations"], json!(1));
    }
    assert_balanced(&bench.lines());
}

#[test]
fn a_deadline_holds_for_go_too() {
    let bench = bench();
    // Go's runtime needs more than a millisecond to start, in any build of ours.
    let session = bench.session(Grants::none(), Duration::from_millis(1));
    let failure = plugin().instantiate(session).map(|_| ()).unwrap_err();
    assert!(failure.to_string().contains("deadline"), "{failure}");
}

//! The Go plugin through the command line, from a profile beside it: what its configuration needs is granted.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_tests::{go, programs::quoin};
use serde_json::{Value, json};

/// Runs `quoin check` on these controls and answers its exit status, the report, and what was said besides.
fn check(controls: &str) -> (Option<i32>, Value, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    std::fs::copy(go::plugin("go-pointer"), path.join("go-pointer.wasm")).unwrap();
    std::fs::write(path.join("motd"), "Welcome\n").unwrap();
    let controls = controls.replace("HERE", path.canonicalize().unwrap().to_str().unwrap());
    let profile = format!(
        "profile: {{name: go, version: 1.0.0}}\nplugins: [./go-pointer.wasm]\ncontrols:\n  items:\n{controls}"
    );
    std::fs::write(path.join("profile.yaml"), profile).unwrap();
    let output =
        quoin().arg("check").arg(path.join("profile.yaml")).args(["--format", "json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (output.status.code(), report, said)
}

#[test]
fn what_the_configuration_names_is_granted() {
    let controls = r#"
    - id: welcome
      name: There is a welcome
      observations:
        - plugin: go-pointer
          config: {path: HERE/motd, host: 127.0.0.1, port: "1"}
          expect: ['data.content contains "Welcome"', data.size == 8, data.observations == 1, not data.connection.status]
    - id: again
      name: And nothing is left of the first observation
      observations:
        - plugin: go-pointer
          config: {path: HERE/motd}
          expect: data.observations == 1
"#;
    let (code, report, said) = check(controls);
    assert_eq!(code, Some(0), "{report:#}\n{said}");
    assert_eq!(report["summary"]["passed_controls"], json!(2));
    let evidence = &report["controls"][0]["observations"][0]["evidence"];
    assert_eq!(evidence["data"]["content"], json!("Welcome\n"));
}

#[test]
fn what_the_plugin_cannot_look_at_is_an_error() {
    let controls = r#"
    - id: missing
      name: A missing file
      observations: [{plugin: go-pointer, config: {path: HERE/missing}}]
    - id: rejected
      name: A path of no length
      observations: [{plugin: go-pointer, config: {path: ""}}]
"#;
    let (code, report, said) = check(controls);
    assert_eq!(code, Some(1), "{report:#}\n{said}");
    assert_eq!(report["summary"]["error_controls"], json!(2), "{report:#}");
    let error = |index: usize| report["controls"][index]["observations"][0]["error"]["message"].to_string();
    assert!(error(0).contains("missing: No such file or directory"), "{}", error(0));
    assert!(error(1).contains("path is missing"), "{}", error(1));
}

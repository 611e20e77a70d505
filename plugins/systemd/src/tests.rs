//! What the plugin makes of what systemctl says: the answers are those of systemd 252, as PID 1 of a namespace.

use crate::Systemd;
use crate::show::PROPERTIES;
use alloc::{format, string::ToString};
use quoin_abi::evidence::Evidence;
use quoin_plugin::fake::FakeHost;
use quoin_plugin::{ErrorDetail, ErrorType, ExecResponse, Plugin as _};
use serde_json::{Value, json};

fn observe(unit: &Value, answer: Result<ExecResponse, ErrorDetail>) -> Evidence {
    let words = ["systemctl", "show", PROPERTIES, "--", unit.as_str().unwrap_or_default()];
    let host = FakeHost::new().command(&words, answer);
    let answer = quoin_plugin::observe::<Systemd>(json!({"unit": unit}).to_string().as_bytes(), &host);
    serde_json::from_slice(&answer).expect("an evidence record")
}

fn said(exit_code: i32, stdout: &str, stderr: &str) -> Result<ExecResponse, ErrorDetail> {
    Ok(ExecResponse { exit_code, stdout: stdout.into(), stderr: stderr.into(), ..ExecResponse::default() })
}

/// What it prints of a unit, in its order.
fn unit(service: Option<(u32, u32)>, load: &str, active: &str, sub: &str, file: &str) -> String {
    let service =
        service.map_or(String::new(), |(pid, restarts)| format!("MainPID={pid}\nNRestarts={restarts}\n"));
    format!("{service}LoadState={load}\nActiveState={active}\nSubState={sub}\nUnitFileState={file}\n")
}

use alloc::string::String;

#[test]
fn a_service_that_runs() {
    let answer = unit(Some((30, 2)), "loaded", "active", "running", "enabled");
    let evidence = observe(&json!("cron.service"), said(0, &answer, ""));
    assert!(evidence.status);
    assert_eq!(evidence.error, None);
    assert_eq!(
        Value::Object(evidence.data),
        json!({"unit": "cron.service", "is_available": true, "load_state": "loaded", "active_state": "active",
            "sub_state": "running", "unit_file_state": "enabled", "running": true, "enabled": true, "main_pid": 30,
            "restarts": 2})
    );
}

#[test]
fn other_states_are_evidence() {
    for (name, answer, running, enabled, message) in [
        (
            "bad",
            unit(Some((0, 0)), "loaded", "failed", "failed", "static"),
            false,
            false,
            "bad is failed (failed)",
        ),
        (
            "flap",
            unit(Some((0, 5)), "loaded", "failed", "failed", "enabled-runtime"),
            false,
            true,
            "flap is failed",
        ),
        ("none", unit(Some((0, 0)), "not-found", "inactive", "dead", ""), false, false, "none is not-found"),
        (
            "mask",
            unit(Some((0, 0)), "masked", "inactive", "dead", "masked-runtime"),
            false,
            false,
            "mask is masked",
        ),
        (
            "once",
            unit(Some((0, 0)), "loaded", "active", "exited", "enabled"),
            false,
            true,
            "once is active (exited)",
        ),
        ("q.target", unit(None, "loaded", "active", "active", "static"), true, false, ""),
        ("tmp.mount", unit(None, "loaded", "active", "mounted", ""), true, false, ""),
    ] {
        let evidence = observe(&json!(name), said(0, &answer, ""));
        assert_eq!((evidence.status, evidence.error), (running, None), "{name}");
        assert_eq!(evidence.data["running"], json!(running), "{name}");
        assert_eq!(evidence.data["enabled"], json!(enabled), "{name}");
        let told = evidence.data.get("error_message").and_then(Value::as_str).unwrap_or_default();
        assert!(told.starts_with(message) && told.is_empty() == running, "{name}: {told}");
    }
}

#[test]
fn a_machine_without_systemd_is_an_error_and_evidence() {
    let not_booted = "System has not been booted with systemd as init system (PID 1). Can't operate.\n\
        Failed to connect to bus: Host is down\n";
    let missing = ErrorDetail::new(ErrorType::Execution, "ENOENT", "systemctl: not in the search path");
    assert!(missing.is_not_found);
    for (answer, words) in [(said(1, "", not_booted), "booted"), (Err(missing), "there is no systemctl")] {
        let evidence = observe(&json!("sshd"), answer);
        assert!(!evidence.status);
        assert_eq!(Value::Object(evidence.data), json!({"unit": "sshd", "is_available": false}));
        let error = evidence.error.expect("it could not be found out");
        assert!(error.message.starts_with("this machine is not run by systemd: "), "{error}");
        assert!(error.message.contains(words), "{error}");
        assert_eq!(error.code, "ENOTSUP");
    }
}

#[test]
fn what_systemctl_refuses_is_an_error() {
    let template = "Failed to get properties: Unit name getty@.service is neither a valid invocation ID nor unit name.\n";
    let evidence = observe(&json!("getty@.service"), said(1, "", template));
    assert!(evidence.data.is_empty());
    assert!(evidence.error.expect("an error").message.contains("neither a valid invocation ID"));
    for (answer, words) in [
        (said(3, "", ""), "exit code 3"),
        (said(0, "garbage", ""), "printed no state"),
        (Err(ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", "refused")), "refused"),
        (
            Ok(ExecResponse {
                is_timeout: true,
                error: Some(ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", "was ended")),
                ..ExecResponse::default()
            }),
            "was ended",
        ),
    ] {
        let error = observe(&json!("a"), answer).error.expect(words);
        assert!(error.message.contains(words), "{error}");
    }
}

#[test]
fn only_the_name_of_one_unit_is_asked_for() {
    for bad in [
        json!(""),
        json!("-x"),
        json!("a b"),
        json!("*.service"),
        json!("../a"),
        json!("a".repeat(256)),
        json!(7),
    ] {
        let error = observe(&bad, said(0, "", "")).error.expect("an error");
        assert_eq!(error.kind, ErrorType::Config, "{bad}");
        assert!(error.message.starts_with("`unit` has to be"), "{error}");
    }
    let answer = quoin_plugin::observe::<Systemd>(b"{}", &FakeHost::new());
    let evidence: Evidence = serde_json::from_slice(&answer).expect("an evidence record");
    assert_eq!(evidence.error.expect("an error").message, "`unit` is missing");
    assert_eq!(
        observe(&json!("dev-disk-by\\x2duuid.device"), said(3, "", "")).error.expect("ran").code,
        "EPROTO"
    );
}

#[test]
fn the_schema_is_that_of_the_configuration() {
    let schema: Value = serde_json::from_str(Systemd::SCHEMA).expect("JSON");
    let properties = schema["properties"].as_object().expect("an object");
    assert_eq!(properties.keys().collect::<alloc::vec::Vec<_>>(), ["unit"]);
    assert_eq!(properties["unit"]["x-capability"], json!("exec:systemctl"));
}

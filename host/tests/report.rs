//! The report's two forms: the keys that the contract promises, and the table as people see it.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin::profile::Severity;
use quoin::report::{
    ControlReport, ControlStatus, Detail, EvidenceReport, ExecutionId, ExpectationReport, Moment,
    ObservationReport, ObservationStatus, Report, SkipReason, Style, Summary, Table, write_json,
};
use quoin_abi::error::{ErrorDetail, ErrorType};
use serde_json::{Map, Value, json};
use std::time::Duration;

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn observation(path: &str, status: ObservationStatus, data: Value) -> ObservationReport {
    let evidence = EvidenceReport {
        status: true,
        data: map(data),
        error: None,
        timestamp: "2026-01-02T03:04:05Z".into(),
    };
    ObservationReport {
        plugin: "file".into(),
        config: map(json!({"path": path, "password": "hunter2"})),
        status,
        evidence: Some(evidence),
        error: None,
        expectations: Vec::new(),
        duration: Duration::from_millis(3),
        attempts: 1,
    }
}

fn control(id: &str, name: &str, status: ControlStatus) -> ControlReport {
    ControlReport {
        id: id.into(),
        name: name.into(),
        description: None,
        severity: None,
        owner: None,
        tags: Vec::new(),
        status,
        message: String::new(),
        skip_reason: None,
        duration: Duration::from_micros(3_900),
        index: 0,
        observations: Vec::new(),
    }
}

/// One control of every kind, with evidence that means harm.
fn report() -> Report {
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}evil\r\n";
    let expectation = |expression: &str, message: &str| ExpectationReport {
        expression: expression.into(),
        passed: message.is_empty(),
        message: message.into(),
    };

    let mut passed =
        control("passwd-mode", "Everyone can read /etc/passwd, only root can write it", ControlStatus::Pass);
    let mut seen =
        observation("/etc/passwd", ObservationStatus::Pass, json!({"exists": true, "mode": "0644"}));
    seen.expectations.push(expectation("data.mode == \"0644\"", ""));
    passed.observations.push(seen);
    passed.description = Some("Programs look users up there.".into());

    let mut failed = control("shadow-mode", "Password hashes are for root alone", ControlStatus::Fail);
    let mut seen = observation(
        "/etc/shadow",
        ObservationStatus::Fail,
        json!({"mode": "0644", "content": hostile, "list": [1, 2]}),
    );
    seen.expectations.push(expectation("data.owner == \"root\"", ""));
    seen.expectations.push(expectation(
        "data.mode in [\"0640\", \"0600\", \"0400\", \"0000\"] and data.content contains \"x\"",
        &format!("data.mode = \"0644\"\ndata.content = \"{hostile}\""),
    ));
    seen.attempts = 3;
    failed.observations.push(seen);
    failed.severity = Some(Severity::Critical);
    failed.owner = Some("security".into());
    failed.tags = vec!["cis".into()];
    failed.message = "file: not true".into();

    let mut erred = control("sshd", "The SSH server's configuration can be read", ControlStatus::Error);
    let text = "capability fs:read:/etc/ssh/sshd_config is missing; to grant it, pass --grant fs:read:/etc/ssh/sshd_config";
    let mut seen = observation("/etc/ssh/sshd_config", ObservationStatus::Error, json!({}));
    seen.evidence = None;
    seen.error = Some(ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", text));
    erred.observations.push(seen);
    erred.severity = Some(Severity::High);

    let mut verdict = control("tmp", "Sticky", ControlStatus::Fail);
    verdict.observations.push(observation("/tmp", ObservationStatus::Fail, json!({})));

    let mut skipped = control("sshd-no-passwords", "Password logins are off", ControlStatus::Skipped);
    skipped.skip_reason = Some(SkipReason::Dependency { id: "sshd".into(), status: ControlStatus::Error });
    let mut filtered = control("left-out", "Not asked for", ControlStatus::Skipped);
    filtered.skip_reason = Some(SkipReason::FilteredOut);

    let mut controls = vec![passed, failed, erred, verdict, skipped, filtered];
    for (index, control) in controls.iter_mut().enumerate() {
        control.index = index;
    }
    Report {
        execution_id: ExecutionId::from_bytes([7; 16]),
        quoin_version: "0.1.0".into(),
        profile_name: "Device baseline".into(),
        profile_version: "1.2.0".into(),
        start_time: Moment::since_epoch(Duration::from_millis(1_700_000_000_000)),
        end_time: Moment::since_epoch(Duration::from_millis(1_700_000_000_012)),
        duration: Duration::from_millis(12),
        summary: Summary::of(&controls),
        controls,
    }
}

fn table(detail: Detail, style: Style, width: usize) -> String {
    let mut text = Vec::new();
    Table { style, width, detail }.write(&report(), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn json_text() -> String {
    let mut text = Vec::new();
    write_json(&report(), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// The keys that stand `indent` columns from the left, in the order in which they were written.
fn keys(text: &str, indent: usize) -> Vec<&str> {
    let margin = format!("{}\"", " ".repeat(indent));
    let lines = text.lines().filter_map(|line| line.strip_prefix(&margin));
    lines.filter_map(|line| line.split_once("\":")).map(|(key, _)| key).collect()
}

#[test]
fn json_has_the_contracts_keys_in_the_contracts_order() {
    let text = json_text();
    let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
    let run = "execution_id quoin_version profile_name profile_version start_time end_time duration_ms controls summary";
    assert_eq!(keys(&text, 2), words(run));
    let controls = keys(&text, 6);
    assert_eq!(controls[..7], words("id name description status duration_ms index observations"));
    let failed = "id name severity owner tags status message duration_ms index observations";
    assert_eq!(controls[7..17], words(failed));
    let observations = keys(&text, 10);
    assert_eq!(observations[..6], words("plugin config status evidence expectations duration_ms"));

    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["execution_id"], "07070707-0707-4707-8707-070707070707");
    assert_eq!(value["start_time"], "2023-11-14T22:13:20.000Z");
    assert_eq!(value["duration_ms"], 12);
    let failed = &value["controls"][1];
    assert_eq!(failed["severity"], "critical");
    assert_eq!(failed["status"], "fail");
    assert_eq!(failed["duration_ms"], 3);
    let seen = &failed["observations"][0];
    assert_eq!(seen["evidence"]["status"], true);
    assert_eq!(seen["evidence"]["timestamp"], "2026-01-02T03:04:05Z");
    let passed = json!({"expression": "data.owner == \"root\"", "passed": true});
    assert_eq!(seen["expectations"][0], passed, "an empty message is left out");
    let error = &value["controls"][2]["observations"][0]["error"];
    assert_eq!((&error["type"], &error["code"]), (&json!("capability"), &json!("ENOTCAPABLE")));
    assert_eq!(value["controls"][4]["status"], "skipped");
    assert_eq!(value["controls"][4]["skip_reason"], "depends on sshd, which ended in an error");
    let summary = json!({
        "total_controls": 6, "passed_controls": 1, "failed_controls": 2, "error_controls": 1,
        "skipped_controls": 2, "total_observations": 4, "passed_observations": 1,
        "failed_observations": 2, "error_observations": 1
    });
    assert_eq!(value["summary"], summary);
}

#[test]
fn json_keeps_every_character_but_shows_none_that_drives_a_terminal() {
    let text = json_text();
    assert!(text.ends_with("}\n"));
    assert!(!text.contains(|c: char| c != '\n' && quoin::report::is_unsafe(c)));
    let value: Value = serde_json::from_str(&text).unwrap();
    let content = &value["controls"][1]["observations"][0]["evidence"]["data"]["content"];
    assert_eq!(content, "\u{1b}[2J\u{9b}31m\u{202e}evil\r\n");
}

#[test]
fn the_table_says_what_is_wrong() {
    assert_eq!(
        table(Detail::Normal, Style::Plain, 80),
        r#"Device baseline 1.2.0

PASS   passwd-mode        Everyone can read /etc/passwd, only root can write it
FAIL   shadow-mode        Password hashes are for root alone [critical]
       file /etc/shadow (3 attempts)
         not true: data.mode in ["0640", "0600", "0400", "0000"] and
           data.content contains "x"
           data.mode = "0644"
           data.content = "\u{1b}[2J\u{9b}31m\u{202e}evil\r
           "
ERROR  sshd               The SSH server's configuration can be read [high]
       file /etc/ssh/sshd_config
         error: capability fs:read:/etc/ssh/sshd_config is missing; to grant it,
           pass --grant fs:read:/etc/ssh/sshd_config
FAIL   tmp                Sticky
       file /tmp
         failed: the plugin's own verdict
SKIP   sshd-no-passwords  Password logins are off
       depends on sshd, which ended in an error

6 controls: 1 passed, 2 failed, 1 in error, 2 skipped (12 ms)
"#
    );
}

#[test]
fn a_narrow_table_wraps_and_a_quiet_one_is_short() {
    let narrow = table(Detail::Normal, Style::Plain, 50);
    assert!(narrow.lines().all(|line| line.chars().count() <= 54), "{narrow}");
    let quiet = table(Detail::Quiet, Style::Plain, 80);
    assert!(quiet.starts_with("FAIL   shadow-mode  Password"), "{quiet}");
    assert!(!quiet.contains("PASS") && !quiet.contains("6 controls"), "{quiet}");
}

#[test]
fn a_verbose_table_shows_what_was_seen() {
    let verbose = table(Detail::Verbose, Style::Plain, 80);
    for line in [
        "       Programs look users up there.",
        "         true: data.mode == \"0644\"",
        "         data.mode = \"0644\"",
        "         data.list = [1,2]",
        "SKIP   left-out           Not asked for (3 ms)",
    ] {
        assert!(verbose.lines().any(|shown| shown == line), "{line}\n\n{verbose}");
    }
}

#[test]
fn no_table_shows_secrets_or_drives_the_terminal() {
    for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
        let text = table(detail, Style::Plain, 80);
        assert!(!text.contains(|c: char| c != '\n' && quoin::report::is_unsafe(c)), "{text:?}");
        assert!(!text.contains("hunter2"), "{text}");
        let colours = table(detail, Style::Colour, 80);
        assert!(colours.contains("\u{1b}[1;31mFAIL\u{1b}[0m"), "{colours:?}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = write_json(&report(), &mut Full).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}

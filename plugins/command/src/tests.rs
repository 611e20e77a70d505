//! What the plugin asks for, and what it makes of the answer.

use crate::Command;
use quoin_abi::evidence::Evidence;
use quoin_plugin::fake::FakeHost;
use quoin_plugin::{ErrorDetail, ErrorType, ExecRequest, ExecResponse, Plugin as _};
use serde_json::{Value, json};

fn observe(
    config: &Value,
    words: &[&str],
    answer: Result<ExecResponse, ErrorDetail>,
) -> (Evidence, Vec<ExecRequest>) {
    let host = FakeHost::new().command(words, answer);
    let answer = quoin_plugin::observe::<Command>(config.to_string().as_bytes(), &host);
    (serde_json::from_slice(&answer).expect("an evidence record"), host.executed())
}

fn ended(exit_code: i32, stdout: &str, stderr: &str) -> ExecResponse {
    let (stdout, stderr) = (stdout.into(), stderr.into());
    ExecResponse { exit_code, stdout, stderr, duration_ms: 7, ..ExecResponse::default() }
}

#[test]
fn a_program_is_run_as_it_is_written() {
    let config = json!({"command": "uname", "args": ["-s", "; id"], "dir": "/tmp", "env": ["LC_ALL=C", "A="],
        "timeout": "1500ms"});
    let (evidence, asked) = observe(&config, &["uname", "-s", "; id"], Ok(ended(0, "\n Linux \n", "")));
    assert!(evidence.status);
    assert_eq!(
        Value::Object(evidence.data),
        json!({"exit_code": 0, "stdout": "Linux", "stdout_raw": "\n Linux \n", "stderr": "", "stderr_raw": "",
            "duration_ms": 7, "is_timeout": false, "exec_mode": "direct", "command": "uname", "args": ["-s", "; id"]})
    );
    assert_eq!((asked[0].dir.as_str(), asked[0].context.timeout_ms), ("/tmp", 1500));
    assert_eq!(asked[0].env, ["LC_ALL=C", "A="]);
}

#[test]
fn a_line_goes_to_the_shell() {
    let (evidence, asked) = observe(&json!({"run": "a | b"}), &["sh", "-c", "a | b"], Ok(ended(0, "", "")));
    assert!(evidence.status);
    assert_eq!(evidence.data["exec_mode"], json!("shell"));
    assert_eq!((&evidence.data["command"], &evidence.data["args"]), (&json!("sh"), &json!(["-c", "a | b"])));
    assert_eq!((asked[0].context.timeout_ms, asked[0].env.len(), asked[0].dir.as_str()), (30_000, 0, ""));
    let (evidence, _) = observe(
        &json!({"run": "a", "args": [], "dir": "/", "env": [], "timeout": 30}),
        &["sh", "-c", "a"],
        Ok(ended(0, "", "")),
    );
    assert!(evidence.status, "a schema's defaults are filled in");
}

#[test]
fn how_it_ends_is_evidence() {
    let (evidence, _) = observe(&json!({"command": "a"}), &["a"], Ok(ended(3, "out", "wrong\nvery\n")));
    assert!(!evidence.status && evidence.error.is_none());
    assert_eq!((&evidence.data["exit_code"], &evidence.data["stdout"]), (&json!(3), &json!("out")));
    assert_eq!(evidence.data["error_message"], json!("exit code 3: wrong"));
    let (evidence, _) = observe(&json!({"command": "a"}), &["a"], Ok(ended(1, "", "")));
    assert_eq!(evidence.data["error_message"], json!("exit code 1"));
    let late = ExecResponse {
        is_timeout: true,
        error: Some(ErrorDetail::new(
            ErrorType::Timeout,
            "ETIMEDOUT",
            "a was ended: it took longer than 5 ms",
        )),
        ..ended(143, "so far", "")
    };
    let (evidence, _) = observe(&json!({"command": "a"}), &["a"], Ok(late));
    assert!(!evidence.status && evidence.error.is_none());
    assert_eq!((&evidence.data["is_timeout"], &evidence.data["stdout"]), (&json!(true), &json!("so far")));
    assert_eq!(evidence.data["error_code"], json!("ETIMEDOUT"));
    assert_eq!(evidence.data["error_message"], json!("a was ended: it took longer than 5 ms"));
}

#[test]
fn what_was_cut_is_said() {
    let answer = ExecResponse { stdout_truncated: true, ..ended(0, "much", "") };
    let (evidence, _) = observe(&json!({"command": "a"}), &["a"], Ok(answer));
    assert_eq!(evidence.data["stdout_truncated"], json!(true));
    assert!(!evidence.data.contains_key("stderr_truncated"));
    let answer = ended(0, "", &"é".repeat(100_000));
    let (evidence, _) = observe(&json!({"command": "a"}), &["a"], Ok(answer));
    assert_eq!(evidence.data["stderr_truncated"], json!(true));
    assert_eq!(evidence.data["stderr_raw"].as_str().map(str::len), Some(128 << 10));
}

#[test]
fn a_command_that_does_not_run_is_an_error() {
    for kind in [ErrorType::Capability, ErrorType::Execution] {
        let (evidence, _) =
            observe(&json!({"command": "a"}), &["a"], Err(ErrorDetail::new(kind, "EX", "no")));
        assert!(evidence.data.is_empty() && !evidence.status);
        assert_eq!(evidence.error.expect("an error").kind, kind);
    }
}

#[test]
fn times_are_read() {
    for (timeout, expected) in
        [(json!(2), 2_000), (json!("2s"), 2_000), (json!("2m"), 120_000), (json!("1ms"), 1)]
    {
        let (_, asked) = observe(&json!({"command": "a", "timeout": timeout}), &["a"], Ok(ended(0, "", "")));
        assert_eq!(asked[0].context.timeout_ms, expected, "{timeout}");
    }
    for bad in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("5"),
        json!("0s"),
        json!("s"),
        json!("+1s"),
        json!("1h"),
        json!(u64::MAX),
        json!(null),
    ] {
        let (evidence, asked) =
            observe(&json!({"command": "a", "timeout": bad}), &["a"], Ok(ended(0, "", "")));
        assert!(evidence.error.expect("an error").message.starts_with("`timeout` has to be"), "{bad}");
        assert!(asked.is_empty());
    }
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, expected) in [
        (json!({}), "`command` is missing, and so is `run`"),
        (json!({"run": "a", "command": "b"}), "`run` and `command`"),
        (json!({"run": "a", "args": ["b"]}), "`args` belong to `command`"),
        (json!({"run": ""}), "`run` is empty"),
        (json!({"command": ""}), "`command` is empty"),
        (json!({"command": "a", "args": "b"}), "`args` has to be a list of texts"),
        (json!({"command": "a", "args": [1]}), "`args` has to be a list of texts"),
        (json!({"command": "a", "env": ["=b"]}), "`env` has \"=b\" in it"),
        (json!({"command": "a", "env": ["b"]}), "`env` has \"b\" in it"),
        (json!({"command": "a", "dir": "b"}), "`dir` is relative"),
        (json!({"command": "a", "arg": "b"}), "`arg` is not known here"),
    ] {
        let (evidence, asked) = observe(&config, &["a"], Ok(ended(0, "", "")));
        let error = evidence.error.expect("an error");
        assert_eq!(error.kind, ErrorType::Config, "{config}");
        assert!(error.message.starts_with(expected), "{config}: {}", error.message);
        assert!(asked.is_empty());
    }
}

#[test]
fn the_schema_is_that_of_the_configuration() {
    let schema: Value = serde_json::from_str(Command::SCHEMA).expect("JSON");
    assert_eq!(schema["properties"]["command"]["x-capability"], json!("exec:{value}"));
    assert!(schema["properties"]["run"].get("x-capability").is_none(), "a shell is the operator's to grant");
    let (evidence, _) = observe(&json!({"command": "a", "?": 1}), &["a"], Ok(ended(0, "", "")));
    let known = evidence.error.expect("an error").message;
    let known: Vec<&str> = known.split_once("known are ").expect("a list").1.split(", ").collect();
    let properties = schema["properties"].as_object().expect("an object");
    assert_eq!(known.len(), properties.len());
    for (name, property) in properties {
        assert!(known.contains(&name.as_str()) && property["description"].is_string(), "{name}");
    }
    assert_eq!(schema["properties"]["timeout"]["default"], json!(30));
}

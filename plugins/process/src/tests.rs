//! What the plugin makes of a `/proc`.

use crate::Process;
use alloc::{format, string::String};
use quoin_abi::evidence::Evidence;
use quoin_plugin::fake::FakeHost;
use quoin_plugin::{ErrorDetail, ErrorType, FileStatResponse};
use serde_json::{Value, json};

fn owned(uid: u32, owner: &str) -> FileStatResponse {
    FileStatResponse { kind: "directory".into(), uid, owner: owner.into(), ..FileStatResponse::default() }
}

/// Adds a process. `flags` and `state` are as in its `stat`.
fn add(
    host: FakeHost,
    pid: u32,
    name: &str,
    state: char,
    flags: u32,
    cmdline: &[u8],
    user: (u32, &str),
) -> FakeHost {
    let path = |file: &str| format!("/proc/{pid}/{file}");
    let stat = format!("{pid} ({name}) {state} 1 1 1 0 -1 {flags} 0 0 0 0 0 0 0 0 20 0 3 0 4250 0 0\n");
    let link = FileStatResponse {
        kind: "symlink".into(),
        symlink_target: format!("/usr/sbin/{name}"),
        ..FileStatResponse::default()
    };
    host.stat(&format!("/proc/{pid}"), Ok(owned(user.0, user.1)))
        .content(&path("stat"), stat)
        .content(&path("status"), format!("Name:\t{name}\nTgid:\t{pid}\nVmRSS:\t  2048 kB\n"))
        .content(&path("cmdline"), cmdline)
        .stat(&path("exe"), Ok(link))
}

fn machine() -> FakeHost {
    let host = FakeHost::new()
        .listing("/proc", &["1", "2", "30", "31", "32", "40", "99", "stat", "self", "sys"])
        .content("/proc/stat", "cpu  1 2 3\nbtime 1700000000\n");
    let host = add(host, 1, "init", 'S', 0, b"/sbin/init\0", (0, "root"));
    let host = add(host, 2, "kthreadd", 'S', 0x0020_8040, b"", (0, "root"));
    let host = add(host, 30, "nginx", 'S', 0, b"nginx: master process\0\0", (0, "root"));
    let host = add(host, 31, "nginx", 'S', 0, b"nginx: worker process\0\0", (33, "www-data"));
    let host = add(host, 32, "nginx", 'Z', 0, b"", (33, "www-data"));
    // 99 has ended since it was listed.
    add(host, 40, "a-very-long-nam", 'R', 0, b"/opt/a-very-long-name\0-x\0", (1000, ""))
}

fn observe(config: &Value, host: &FakeHost) -> Evidence {
    let answer = quoin_plugin::observe::<Process>(config.to_string().as_bytes(), host);
    serde_json::from_slice(&answer).expect("an evidence record")
}

fn pids(config: &Value) -> Vec<u64> {
    let evidence = observe(config, &machine());
    assert_eq!(evidence.error, None, "{config}");
    let processes = evidence.data["processes"].as_array().expect("a list");
    assert_eq!(evidence.data["count"], json!(processes.len()));
    processes.iter().map(|process| process["pid"].as_u64().expect("a number")).collect()
}

#[test]
fn a_process_is_told_with_all_that_is_known() {
    let evidence =
        observe(&json!({"name": "nginx", "user": "www-data", "cmdline_contains": "worker"}), &machine());
    assert!(evidence.status);
    assert_eq!((&evidence.data["running"], &evidence.data["count"]), (&json!(true), &json!(1)));
    let process = json!({"pid": 31, "name": "nginx", "state": "sleeping", "ppid": 1, "uid": 33, "user": "www-data",
        "cmdline": "nginx: worker process", "exe": "/usr/sbin/nginx", "rss_bytes": 2_097_152, "threads": 3,
        "started": "2023-11-14T22:14:02Z", "kernel_thread": false});
    assert_eq!(evidence.data["processes"], json!([process]));
}

#[test]
fn each_condition_narrows_it_down() {
    for (config, expected) in [
        (json!({"name": "nginx"}), &[30, 31, 32][..]),
        (json!({"name": "nginx", "user": "root"}), &[30]),
        (json!({"user": "33"}), &[31, 32]),
        (json!({"user": 0}), &[1, 2, 30]),
        (json!({"user": 1000}), &[40]),
        (json!({"pid": 1}), &[1]),
        (json!({"pid": 1, "name": "nginx"}), &[]),
        (json!({"pid": 99}), &[]),
        (json!({"cmdline_contains": "name -x"}), &[40]),
        (json!({"name": "a-very-long-name"}), &[40]),
        (json!({"name": "a-very-long-nam"}), &[40]),
        (json!({"name": "a-very-long-named"}), &[]),
        (json!({"name": "ngin"}), &[]),
    ] {
        assert_eq!(pids(&config), expected, "{config}");
    }
}

#[test]
fn a_name_is_told_whole() {
    let evidence = observe(&json!({"pid": 40}), &machine());
    let process = &evidence.data["processes"][0];
    assert_eq!((&process["name"], &process["user"]), (&json!("a-very-long-name"), &json!("1000")));
}

#[test]
fn a_kernel_thread_is_told_apart() {
    let evidence = observe(&json!({"name": "kthreadd"}), &machine());
    let process = evidence.data["processes"][0].as_object().expect("an object");
    assert_eq!((&process["kernel_thread"], &process["cmdline"]), (&json!(true), &json!("")));
    assert!(!process.contains_key("exe") && !process.contains_key("rss_bytes"));
}

#[test]
fn what_does_not_run_is_evidence() {
    let evidence = observe(&json!({"name": "sshd"}), &machine());
    assert!(!evidence.status && evidence.error.is_none());
    assert_eq!((&evidence.data["running"], &evidence.data["count"]), (&json!(false), &json!(0)));
    assert_eq!(evidence.data["error_message"], json!("no such process runs"));
    let evidence = observe(&json!({"pid": 32}), &machine());
    assert!(!evidence.status, "a zombie does not run");
    assert_eq!((&evidence.data["running"], &evidence.data["count"]), (&json!(false), &json!(1)));
}

#[test]
fn a_program_that_is_for_root_to_know_is_left_out() {
    let denied = |kind| ErrorDetail::new(kind, "EACCES", "permission denied");
    let host = machine().stat("/proc/30/exe", Err(denied(ErrorType::Execution)));
    let evidence = observe(&json!({"pid": 30}), &host);
    assert!(evidence.status && evidence.error.is_none());
    assert!(!evidence.data["processes"][0].as_object().expect("an object").contains_key("exe"));
    let host = machine().stat("/proc/30/exe", Err(denied(ErrorType::Capability)));
    assert_eq!(observe(&json!({"pid": 30}), &host).error.expect("a refusal").kind, ErrorType::Capability);
}

#[test]
fn a_process_that_ends_meanwhile_was_not_there() {
    let gone = || ErrorDetail::new(ErrorType::Internal, "ESRCH", "no such process");
    for file in ["stat", "cmdline"] {
        let host = machine().broken_content(&format!("/proc/30/{file}"), "", gone());
        let evidence = observe(&json!({"user": "root"}), &host);
        assert_eq!((evidence.error, &evidence.data["count"]), (None, &json!(2)), "{file}");
    }
    let host = machine().broken_content("/proc/30/status", "", gone());
    let evidence = observe(&json!({"pid": 30}), &host);
    assert!(!evidence.data["processes"][0].as_object().expect("an object").contains_key("rss_bytes"));
}

#[test]
fn the_number_of_a_thread_is_no_process() {
    // Its directory is there, and says all that a process's says; no listing has it.
    let host = add(machine(), 33, "nginx", 'S', 0, b"nginx: worker process\0", (33, "www-data"));
    let host = host.content("/proc/33/status", "Name:\tnginx\nTgid:\t31\nPid:\t33\n");
    let evidence = observe(&json!({"pid": 33}), &host);
    assert!(!evidence.status && evidence.error.is_none());
    assert_eq!(evidence.data["count"], json!(0));
}

#[test]
fn what_is_hidden_is_not_seen_but_by_its_number() {
    for code in ["EACCES", "EPERM"] {
        let denied = |kind| ErrorDetail::new(kind, code, "not for this user");
        for file in ["stat", "cmdline"] {
            let host = machine().closed(&format!("/proc/30/{file}"), denied(ErrorType::Internal));
            let evidence = observe(&json!({"name": "nginx"}), &host);
            assert_eq!((evidence.error, &evidence.data["count"]), (None, &json!(2)), "{file}");
            assert_eq!(observe(&json!({"pid": 30}), &host).error.expect("an error").code, code, "{file}");
        }
        // It changed its user while it was looked at.
        let host = machine().closed("/proc/30/status", denied(ErrorType::Internal));
        let evidence = observe(&json!({"name": "nginx", "user": 0}), &host);
        let process = evidence.data["processes"][0].as_object().expect("an object");
        assert!(evidence.status && !process.contains_key("rss_bytes"));
        // What was not granted is not what is hidden.
        let host = machine().closed("/proc/30/stat", denied(ErrorType::Capability));
        let error = observe(&json!({"name": "nginx"}), &host).error.expect("a refusal");
        assert_eq!(error.kind, ErrorType::Capability);
    }
}

#[test]
fn when_it_started_is_told_where_it_is_known() {
    let started = |stat: String| {
        let evidence = observe(&json!({"pid": 1}), &machine().content("/proc/stat", stat));
        assert!(evidence.status && evidence.error.is_none());
        evidence.data["processes"][0].get("started").cloned()
    };
    // As a machine of many processors and interrupts has it.
    let stat = format!("cpu  1 2 3\nintr 9{}\nctxt 4\nbtime 1700000000\nprocesses 5\n", " 0".repeat(100_000));
    assert_eq!(started(stat), Some(json!("2023-11-14T22:14:02Z")));
    assert_eq!(started("cpu  1 2 3\n".into()), None);
}

#[test]
fn what_cannot_be_looked_at_is_an_error() {
    let broken = ErrorDetail::new(ErrorType::Internal, "EIO", "input/output error");
    let host = machine().closed("/proc/30/stat", broken);
    assert_eq!(observe(&json!({"name": "sshd"}), &host).error.expect("an error").code, "EIO");
    let host = machine().content("/proc/30/stat", "nonsense");
    assert!(
        observe(&json!({"name": "sshd"}), &host).error.expect("an error").message.contains("/proc/30/stat")
    );
    let host = FakeHost::new().listing("/proc", &[]);
    assert!(observe(&json!({"name": "sshd"}), &host).error.expect("an error").message.contains("mounted"));
}

#[test]
fn a_list_that_is_too_long_says_so() {
    let names: Vec<String> = (1..=60).map(|pid| format!("{pid}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut host = FakeHost::new().listing("/proc", &names).content("/proc/stat", "btime 1\n");
    let cmdline = [b'x'; 16 << 10];
    for pid in 1..=60 {
        host = add(host, pid, "java", 'S', 0, &cmdline, (0, "root"));
    }
    let evidence = observe(&json!({"name": "java"}), &host);
    assert_eq!((&evidence.data["count"], &evidence.data["processes_truncated"]), (&json!(60), &json!(true)));
    let listed = evidence.data["processes"].as_array().expect("a list").len();
    assert!((10..60).contains(&listed), "{listed}");
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, expected) in [
        (json!({}), "`name` is missing, and so are"),
        (json!({"name": ""}), "`name` is empty"),
        (json!({"cmdline_contains": ""}), "`cmdline_contains` is empty"),
        (json!({"pid": 0}), "`pid` is 0"),
        (json!({"pid": -1}), "`pid` has to be a whole number"),
        (json!({"user": true}), "`user` has to be"),
        (json!({"user": -1}), "`user` has to be"),
        (json!({"nmae": "a"}), "`name` is missing"),
        (json!({"name": "a", "usr": "b"}), "`usr` is not known here"),
    ] {
        let error = observe(&config, &machine()).error.expect("an error");
        assert_eq!(error.kind, ErrorType::Config, "{config}");
        assert!(error.message.starts_with(expected), "{config}: {}", error.message);
    }
}

#[test]
fn what_the_configuration_names_is_what_it_needs() {
    let schema: Value = serde_json::from_slice(&quoin_plugin::schema::<Process>()).expect("JSON");
    for property in schema["properties"].as_object().expect("an object").values() {
        assert_eq!(property["$ref"], "#/$defs/proc");
    }
    assert!(schema["$defs"]["proc"]["x-capability"].is_array());
}

//! `quoin check` with the plugins that look at a running system: `command`, `process` and `systemd`.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod program;

use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A profile with one control for each observation, which is a line of YAML without its braces.
fn profile(observations: &[&str]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut text =
        "profile: {name: T, version: 1.0.0}\nplugins: [command, process, systemd]\ncontrols:\n  items:\n"
            .to_owned();
    for (index, observation) in observations.iter().enumerate() {
        text += &format!("    - {{id: c{index}, name: C, observations: [{{{observation}}}]}}\n");
    }
    // Another user may have to read it.
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(directory.path().join("profile.yaml"), text).unwrap();
    directory
}

fn quoin(directory: &Path, args: &[&str]) -> Command {
    ordered(program::quoin(), directory, args)
}

/// With the profile in that directory.
fn ordered(mut command: Command, directory: &Path, args: &[&str]) -> Command {
    command.arg("check").arg(directory.join("profile.yaml")).args(["--format", "json"]).args(args);
    command.stdin(Stdio::null());
    command
}

/// Each control's report, the exit status, and what was said besides.
fn check(observations: &[&str], args: &[&str]) -> (Vec<Value>, i32, String) {
    let directory = profile(observations);
    run(quoin(directory.path(), args))
}

fn run(mut command: Command) -> (Vec<Value>, i32, String) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (report["controls"].as_array().unwrap().clone(), output.status.code().unwrap(), stderr)
}

/// What is said of a run that does not begin.
fn refused(observation: &str) -> String {
    let directory = profile(&[observation]);
    let output = quoin(directory.path(), &[]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

fn data(control: &Value) -> &Value {
    &control["observations"][0]["evidence"]["data"]
}

/// A process of ours that nobody else has.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        Self(Command::new("sleep").arg(format!("300.{}", std::process::id())).spawn().unwrap())
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_command_is_run_as_it_is_written() {
    let (controls, status, stderr) = check(
        &[
            r#"plugin: command, config: {command: uname}, expect: 'data.stdout == "Linux"'"#,
            r#"plugin: command, config: {command: /bin/echo, args: ["$HOME", "; id"]}, expect: 'data.stdout == "$HOME ; id"'"#,
            r#"plugin: command, config: {command: printenv, env: ["A=b c"]}, expect: 'data.stdout_raw == "A=b c\n"'"#,
            r#"plugin: command, config: {command: pwd, dir: /usr}, expect: 'data.stdout == "/usr"'"#,
        ],
        &[],
    );
    assert_eq!((status, stderr.as_str()), (0, ""), "{controls:#?}");
    assert_eq!(data(&controls[0])["exec_mode"], "direct");
}

#[test]
fn how_a_command_ends_is_the_verdict() {
    let (controls, status, _) = check(
        &[
            "plugin: command, config: {command: ls, args: [/nowhere], env: [LC_ALL=C]}",
            "plugin: command, config: {command: ls, args: [/nowhere]}, expect: data.exit_code == 2",
            "plugin: command, config: {command: no-such-program}",
        ],
        &[],
    );
    assert_eq!(status, 1);
    assert_eq!(controls[0]["status"], "fail");
    let message = controls[0]["message"].as_str().unwrap();
    assert!(message.starts_with("command: failed: exit code 2: ls:"), "{message}");
    assert_eq!(controls[1]["status"], "pass");
    let message = controls[2]["message"].as_str().unwrap();
    assert!(message.contains("not found in /usr/local/sbin"), "{message}");
    assert_eq!(controls[2]["status"], "error");
}

#[test]
fn a_command_that_takes_too_long_is_ended_with_all_that_it_started() {
    let line = "sleep 300 & echo $!; echo so far; wait";
    let observation =
        format!("plugin: command, config: {{run: '{line}', timeout: 400ms}}, expect: data.is_timeout");
    let own = "plugin: command, config: {command: sleep, args: ['300'], timeout: 400ms}";
    let start = Instant::now();
    let (controls, status, _) = check(&[&observation, own], &["--grant", "exec:sh"]);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!((status, &controls[0]["status"], &controls[1]["status"]), (1, &json!("pass"), &json!("fail")));
    assert!(controls[1]["message"].as_str().unwrap().contains("took longer than"), "{}", controls[1]);
    let stdout = data(&controls[0])["stdout"].as_str().unwrap();
    let (pid, rest) = stdout.split_once('\n').unwrap();
    assert_eq!(rest, "so far");
    let gone = || fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|text| !text.is_empty());
    assert!(
        (0..200).any(|_| !gone() || {
            std::thread::sleep(Duration::from_millis(20));
            false
        }),
        "{pid} runs on"
    );
}

#[test]
fn output_beyond_the_limit_is_cut_and_said() {
    let observation = "plugin: command, config: {command: head, args: ['-c', '3000000', /dev/zero]}";
    let (controls, _, _) = check(&[observation], &[]);
    assert_eq!(data(&controls[0])["stdout_truncated"], true);
    assert_eq!(data(&controls[0])["exit_code"], 0);
}

#[test]
fn a_shell_takes_a_grant_by_its_name_and_is_reported() {
    let shell = r#"plugin: command, config: {run: "echo a | tr a b"}, expect: 'data.stdout == "b"'"#;
    let direct = "plugin: command, config: {command: /bin/sh, args: [-c, 'exit 0']}";
    let awk = "plugin: command, config: {command: awk, args: ['BEGIN { exit 0 }']}";
    let find = "plugin: command, config: {command: find, args: [/dev/null, -exec, id, ;]}";
    let harmless = "plugin: command, config: {command: find, args: [/dev/null]}";
    let all = [shell, direct, awk, find, harmless];
    for args in [&[][..], &["--grant", "exec:**", "--grant", "exec:/usr/bin/*", "--grant", "exec:*"]] {
        let (controls, status, stderr) = check(&all, args);
        assert_eq!((status, stderr.as_str()), (1, ""));
        for (control, name) in controls.iter().zip(["exec:sh", "exec:/", "exec:awk", "exec:find"]) {
            assert_eq!(control["status"], "error");
            let message = control["message"].as_str().unwrap();
            assert!(message.contains(&format!("pass --grant {name}")), "{message}");
            assert!(message.contains("only a grant by its name allows"), "{message}");
        }
        assert_eq!(controls[4]["status"], "pass");
    }
    let grants = ["--grant", "exec:sh", "--grant", "exec:/bin/sh", "--grant", "exec:awk,find"];
    let (controls, status, stderr) = check(&all, &grants);
    assert_eq!(status, 0, "{controls:#?}");
    assert_eq!(data(&controls[0])["exec_mode"], "shell");
    for name in ["exec:sh", "exec:/bin/sh", "exec:awk,find"] {
        let warning = format!("quoin: warning: plugin command: the grant {name} is broad: ");
        assert!(stderr.contains(&warning), "{stderr}");
    }
    // The plugin declares the shell by its name, and no other.
    let (controls, _, stderr) = check(&[shell, awk], &["--trust-plugins"]);
    assert_eq!((&controls[0]["status"], &controls[1]["status"]), (&json!("pass"), &json!("error")));
    assert!(stderr.contains("the grant exec:sh is broad"), "{stderr}");
}

#[test]
fn a_process_is_found() {
    let sleeper = Sleeper::start();
    let word = format!("300.{}", std::process::id());
    let found = format!("plugin: process, config: {{name: sleep, cmdline_contains: '{word}'}}");
    let by_pid = format!(
        "plugin: process, config: {{pid: {}}}, expect: \"data.processes[0].name == 'sleep'\"",
        sleeper.0.id()
    );
    let none = format!("plugin: process, config: {{name: sleep, cmdline_contains: 'x{word}'}}");
    let (controls, status, stderr) = check(&[&found, &by_pid, &none], &[]);
    assert_eq!((status, stderr.as_str()), (1, ""), "{controls:#?}");
    assert_eq!((&controls[0]["status"], &controls[1]["status"]), (&json!("pass"), &json!("pass")));
    let process = &data(&controls[0])["processes"][0];
    assert_eq!(process["pid"], sleeper.0.id());
    assert_eq!(process["ppid"], std::process::id());
    assert_eq!(process["cmdline"], format!("sleep {word}"));
    assert_eq!((&process["state"], &process["threads"]), (&json!("sleeping"), &json!(1)));
    assert_eq!(
        process["exe"],
        fs::read_link(format!("/proc/{}/exe", sleeper.0.id())).unwrap().to_str().unwrap()
    );
    assert!(process["rss_bytes"].as_u64().unwrap() > 10_000, "{process}");
    assert!(process["started"].as_str().unwrap() > "2020", "{process}");
    assert_eq!((&controls[2]["status"], &data(&controls[2])["count"]), (&json!("fail"), &json!(0)));
    assert_eq!(controls[2]["message"], "process: failed: no such process runs");
}

#[test]
fn the_number_of_a_thread_is_no_process() {
    std::thread::spawn(|| {
        let thread = fs::read_link("/proc/thread-self").unwrap();
        let number = thread.file_name().unwrap().to_str().unwrap();
        assert_ne!(number, std::process::id().to_string());
        let observation = format!("plugin: process, config: {{pid: {number}}}");
        let (controls, status, _) = check(&[&observation], &[]);
        assert_eq!((status, &data(&controls[0])["count"]), (1, &json!(0)), "{controls:#?}");
    })
    .join()
    .unwrap();
}

#[test]
fn all_processes_are_looked_at_while_others_end() {
    let observations = vec!["plugin: process, config: {user: 0}, expect: data.count > 1"; 4];
    // Each starts and ends dozens of processes meanwhile.
    let churn = "plugin: command, config: {run: 'for i in 1 2 3 4 5 6 7 8 9; do (:); /bin/true; done'}";
    let all: Vec<_> = observations.into_iter().chain([churn; 12]).collect();
    let (controls, status, _) = check(&all, &["--grant", "exec:sh", "--jobs", "8"]);
    assert_eq!(status, 0, "{controls:#?}");
    let processes = data(&controls[0])["processes"].as_array().unwrap();
    assert!(processes.iter().any(|process| process["pid"] == 1), "{processes:#?}");
}

#[test]
fn another_users_process_is_told_without_what_is_for_root_to_know() {
    let directory = profile(&["plugin: process, config: {pid: 1}"]);
    let mut command = ordered(program::quoin_in(directory.path()), directory.path(), &[]);
    if fs::metadata(directory.path()).is_ok_and(|it| it.uid() == 0) {
        command.uid(65_534).gid(65_534);
    }
    let (controls, status, _) = run(command);
    assert_eq!(status, 0, "{controls:#?}");
    let process = data(&controls[0])["processes"][0].as_object().unwrap();
    assert_eq!((&process["user"], &process["uid"]), (&json!("root"), &json!(0)));
    assert!(!process.contains_key("exe") && process["rss_bytes"].as_u64().unwrap() > 0, "{process:#?}");
}

#[test]
fn a_unit_is_asked_for_or_there_is_no_systemd() {
    let (controls, status, _) = check(
        &[
            "plugin: systemd, config: {unit: no-such-unit-at-all}",
            "plugin: systemd, config: {unit: no-such-unit-at-all}, expect: ['error.code == \"ENOTSUP\"', '!data.is_available']",
        ],
        &[],
    );
    assert_eq!(status, 1);
    // As sd_booted(3) finds it out.
    if Path::new("/run/systemd/system").is_dir() {
        assert_eq!(
            (&controls[0]["status"], &data(&controls[0])["load_state"]),
            (&json!("fail"), &json!("not-found"))
        );
        assert_eq!(controls[0]["message"], "systemd: failed: no-such-unit-at-all is not-found");
        assert_eq!(controls[1]["status"], "fail");
    } else {
        assert_eq!(
            (&controls[0]["status"], &data(&controls[0])["is_available"]),
            (&json!("error"), &json!(false))
        );
        let message = controls[0]["message"].as_str().unwrap();
        assert!(message.contains("this machine is not run by systemd: "), "{message}");
        assert_eq!(controls[1]["status"], "pass");
    }
    // A pattern would be as good as asking for all units.
    let said = refused("plugin: systemd, config: {unit: '*'}");
    assert!(said.contains("plugin systemd: `unit`: expected text"), "{said}");
}

#[test]
fn a_time_out_of_range_is_found_before_anything_runs() {
    for timeout in ["0", "0s", "1h", "1.5s", "1000000000", "1000000000m", "18446744073709551616ms"] {
        let said = refused(&format!("plugin: command, config: {{command: 'true', timeout: {timeout}}}"));
        assert!(said.contains("plugin command: `timeout`: "), "{timeout}: {said}");
    }
    let longest = ["999999999", "999999999m"]
        .map(|timeout| format!("plugin: command, config: {{command: 'true', timeout: {timeout}}}"));
    let (controls, status, _) = check(&longest.each_ref().map(String::as_str), &["--grant", "exec:true"]);
    assert_eq!(status, 0, "{controls:#?}");
}

#[test]
fn an_image_does_not_run() {
    let image = tempfile::tempdir().unwrap();
    let (controls, status, _) = check(
        &[
            "plugin: command, config: {command: id}",
            "plugin: process, config: {pid: 1}",
            "plugin: systemd, config: {unit: a}",
        ],
        &["--root", image.path().to_str().unwrap()],
    );
    assert_eq!(status, 0);
    for (control, plugin) in controls.iter().zip(["command", "process", "systemd"]) {
        assert_eq!(control["status"], "skipped");
        let reason = format!("plugin {plugin} looks at a system that runs, which an image (--root) does not");
        assert_eq!(control["skip_reason"], reason);
    }
}

#[test]
fn the_example_runs_on_any_linux() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/services.yaml");
    let directory = tempfile::tempdir().unwrap();
    fs::copy(example, directory.path().join("profile.yaml")).unwrap();
    let (controls, status, stderr) = run(quoin(directory.path(), &[]));
    assert_eq!(stderr, "");
    for control in &controls {
        // 1 would be a finding about this machine.
        assert_ne!(control["status"], "error", "{control:#}");
    }
    assert!(status <= 1);
    assert_eq!((&controls[3]["id"], &controls[3]["status"]), (&json!("kernel"), &json!("pass")));
}

//! The command line around a run: exit statuses, output files, signals. Observations are made by a fake.
//!
//! A test that needs a process of its own starts this file's program again with [`CHILD`] set to the command line.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin::cli;
use quoin::plugin::Setup;
use quoin::profile::{Control, Observation, Profile};
use quoin::report::ObservationStatus;
use quoin::run::{Observer, Outcome, PluginError, PrepareError, Prepared};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const CHILD: &str = "QUOIN_TEST_CHILD";

const PROFILE: &str = "\
profile: {name: Test, version: 1.0.0}
controls:
  items:
    - {id: good, name: Good, tags: [a], observations: [{plugin: file, config: {path: /good}}]}
    - {id: bad, name: Bad, tags: [b], observations: [{plugin: file, config: {path: /bad}}]}
    - {id: hang, name: Hang, tags: [c], timeout: 1h, observations: [{plugin: file, config: {path: /hang}}]}
";

struct Fake;

impl Observer for Fake {
    fn observe(&self, control: &Control, _: &Observation, deadline: Instant) -> Outcome {
        let status = match control.id.as_str() {
            "bad" => ObservationStatus::Fail,
            "hang" => {
                eprintln!("hanging");
                thread::sleep(deadline.saturating_duration_since(Instant::now()));
                ObservationStatus::Error
            }
            _ => ObservationStatus::Pass,
        };
        Outcome { status, evidence: None, error: None, expectations: Vec::new() }
    }
}

fn prepare(profile: &Arc<Profile>, _: &[bool], setup: Setup) -> Result<Prepared, PrepareError> {
    match setup.grants.first().map(ToString::to_string).as_deref() {
        Some("env:BROKEN") => {
            return Err(PrepareError::Plugins(vec![PluginError {
                plugin: "file".into(),
                location: profile.plugins[0].location.to_string(),
                message: "export `observe` is missing; expected (i32, i32) -> i64".into(),
            }]));
        }
        Some("env:DEFECT") => panic!("made up"),
        Some("env:WAIT") => _ = std::io::stdin().read_to_end(&mut Vec::new()),
        _ => {}
    }
    let warnings = if setup.trust_plugins { vec!["odd\u{1b}".into()] } else { Vec::new() };
    Ok(Prepared { observer: Arc::new(Fake), warnings })
}

/// Not a test: what a test's child process runs.
#[test]
fn child() {
    if let Ok(line) = std::env::var(CHILD) {
        let args = line.split('\n').map(OsString::from);
        let status = cli::run(args, prepare);
        std::process::exit(status.into());
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--quiet"]);
    command.env(CHILD, ["quoin"].iter().chain(args).copied().collect::<Vec<_>>().join("\n"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Exit status, standard output after the test harness's own line, standard error.
fn quoin(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command(args).output().unwrap();
    let stdout = String::from_utf8(stdout).unwrap();
    let stdout = stdout.split_once("running 1 test\n").map_or(&*stdout, |(_, after)| after);
    (status.code().unwrap(), stdout.to_owned(), String::from_utf8(stderr).unwrap())
}

struct Place {
    directory: tempfile::TempDir,
    profile: String,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let profile = directory.path().join("profile.yaml");
        fs::write(&profile, PROFILE).unwrap();
        Self { profile: profile.to_str().unwrap().to_owned(), directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_exit_status_says_how_it_went() {
    let place = Place::new();
    let (status, out, err) = quoin(&["check", &place.profile, "--tag", "a"]);
    assert_eq!((status, &*err), (0, ""), "{out}");
    assert!(out.contains("\nPASS   good  Good\n"), "{out}");
    assert!(out.contains("\n3 controls: 1 passed, 2 skipped ("), "{out}");
    assert!(!out.contains("bad"), "{out}");
    let (status, out, _) = quoin(&["check", &place.profile, "--tag", "a", "--tag", "b"]);
    assert_eq!(status, 1, "{out}");
    let (status, _, err) = quoin(&["check", &place.profile, "--tag", "a", "--trust-plugins"]);
    assert_eq!((status, &*err), (0, "quoin: warning: odd\\u{1b}\n"));
    let (status, out, _) = quoin(&["check", &place.profile, "--tag", "a", "--quiet"]);
    assert_eq!((status, &*out), (0, ""));
    let (status, out, _) = quoin(&["check", &place.profile, "--tag", "b", "--format", "json"]);
    assert_eq!(status, 1);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["controls"][1]["status"], "fail");
    assert_eq!(report["profile_name"], "Test");
}

#[test]
fn what_cannot_be_run_is_said_and_nothing_runs() {
    let place = Place::new();
    let profile = &*place.profile;
    let missing = place.path("missing/report.json");
    let missing = missing.to_str().unwrap();
    fs::write(place.path("wrong.yaml"), "profile: {name: x}\ncontrols: 1\nextra: 2\n").unwrap();
    let wrong = place.path("wrong.yaml");
    let wrong = wrong.to_str().unwrap();
    for (args, expected) in [
        (&["check"][..], "required arguments"),
        (&["check", "no-such-profile.yaml"], "no-such-profile.yaml"),
        (&["check", wrong], "extra"),
        (&["check", profile, "--timeout", "30"], "30s"),
        (&["check", profile, "--jobs", "0"], "--jobs"),
        (&["check", profile, "--control", "godo"], "did you mean `good`?"),
        (&["check", profile, "--tag", "nothing"], "no control"),
        (&["check", profile, "--grant", "camera:front"], "camera:front"),
        (&["check", profile, "--quiet", "--verbose"], "cannot be used with"),
        (&["check", profile, "-o", missing], "missing/report.json"),
        (&["check", profile, "--grant", "env:BROKEN"], "plugin file: export `observe` is missing; expected"),
        (&["plugin"], "Usage: quoin plugin <COMMAND>\n\nCommands:\n  list "),
        (&["completions", "tcsh"], "[possible values: bash, zsh, fish]"),
    ] {
        let (status, out, err) = quoin(args);
        assert_eq!(status, 2, "{args:?}\n{out}\n{err}");
        assert!(err.contains(expected), "{args:?}\n{err}");
        assert_eq!(out, "", "{args:?}");
    }
}

#[test]
fn a_mistake_in_the_line_is_named_with_what_helps() {
    const USAGE: &str =
        "\n\nUsage: quoin check [OPTIONS] <PROFILE>\n\nFor more information, try 'quoin check --help'.\n";
    for (args, expected) in [
        (
            &["p", "--frmat", "json"][..],
            "unexpected argument '--frmat'\n\n  tip: a similar option exists: '--format'",
        ),
        (
            &["p", "--unheard-of"],
            "unexpected argument '--unheard-of'\n\n  tip: to give '--unheard-of' as a value, use '-- --unheard-of'",
        ),
        (&["p", "-x"], "unexpected argument '-x'\n\n  tip: to give '-x' as a value, use '-- -x'"),
        (&["p", "--hepl"], "unexpected argument '--hepl'\n\n  tip: a similar option exists: '--help'"),
        (&["p", "q\u{1b}"], "unexpected argument 'q\\u{1b}'"),
        (&["p", "--quiet=yes"], "'--quiet' takes no value, but 'yes' was given"),
        (&["p", "--output"], "a value is required for '--output <FILE>' but none was given"),
        (
            &["p", "-o", "--quiet"],
            "a value is required for '--output <FILE>' but none was given\n\n  \
             tip: to give a value that begins with '-', use '--output=--quiet'",
        ),
        (&["p", "--root="], "a value is required for '--root <DIR>' but none was given"),
        (&[""], "a value is required for '<PROFILE>' but none was given"),
        (&["p", "-q", "--quiet"], "'--quiet' cannot be used more than once"),
        (&["p", "-o-", "--output=-"], "'--output <FILE>' cannot be used more than once"),
        (&["p", "-vqj", "2"], "'--quiet' cannot be used with '--verbose'"),
        (&["p", "-qj0"], "invalid value '0' for '--jobs <N>': a whole number from 1 is expected"),
        (
            &["p", "--format", "jsn"],
            "invalid value 'jsn' for '--format <FORM>'\n  [possible values: table, json]\n\n  tip: a similar value exists: 'json'",
        ),
        (&[], "required arguments were not given:\n  <PROFILE>"),
    ] {
        let (status, out, err) = quoin(&[&["check"], args].concat());
        assert_eq!((status, &*out), (2, ""), "{args:?}");
        assert_eq!(err, format!("error: {expected}{USAGE}"), "{args:?}");
    }
    let (_, _, err) = quoin(&["chek"]);
    assert!(
        err.starts_with("error: unrecognized command 'chek'\n\n  tip: a similar command exists: 'check'"),
        "{err}"
    );
    // What follows `--` is no option, and a single `-` never is one.
    for (args, path) in [(&["check", "--", "-p"][..], "the profile -p"), (&["check", "-"], "the profile -")] {
        let (status, _, err) = quoin(args);
        assert_eq!(status, 2);
        assert!(err.contains(path), "{err}");
    }
}

#[test]
fn other_commands_answer() {
    for (args, expected) in [
        (&["version"][..], "quoin 0.1.0\n"),
        (&["--version"], "quoin 0.1.0\n"),
        (&["--help"], "Exit status:\n"),
        (&["check", "--help"], "--trust-plugins"),
        (&["plugin", "list"], "\n  wants fs:read:**\n"),
        (&["plugin", "list", "--format", "json"], "\"capabilities\": [\n"),
        (&["plugin", "inspect", "--help"], "problems are listed"),
        (&["plugin", "test", "--help"], "--expect <EXPR>"),
        (&["plugin", "--help"], "inspect"),
        (&["completions", "bash"], "--trust-plugins"),
        (&["completions", "bash"], "opts=\"-h -V --help --version check plugin"),
        (&["completions", "zsh"], "#compdef quoin"),
        (&["completions", "zsh"], "(-q --quiet)-v[Show all"),
        (&["completions", "fish"], "complete -c quoin"),
    ] {
        let (status, out, err) = quoin(args);
        assert_eq!((status, &*err), (0, ""), "{args:?}\n{out}");
        assert!(out.contains(expected), "{args:?}\n{out}");
        assert!(!args.contains(&"--help") || out.lines().all(|line| line.chars().count() <= 80), "{out}");
    }
}

#[test]
fn a_report_goes_to_its_file_whole_or_not_at_all() {
    let place = Place::new();
    let path = place.path("report.json");
    let to = path.to_str().unwrap();
    let (status, out, err) = quoin(&["check", &place.profile, "--tag", "b", "--format", "json", "-o", to]);
    assert_eq!((status, &*out, &*err), (1, "", ""));
    assert_eq!(json(&path)["summary"]["failed_controls"], 1);

    // A run that cannot take place leaves it.
    let before = fs::read(&path).unwrap();
    let (status, ..) = quoin(&["check", &place.profile, "--grant", "env:BROKEN", "-o", to]);
    assert_eq!(status, 2);
    assert_eq!(fs::read(&path).unwrap(), before);

    // So does one that may not write there, and says so first: `hang` would not come back.
    fs::set_permissions(place.directory.path(), Permissions::from_mode(0o555)).unwrap();
    if fs::File::create(place.path("probe")).is_err() {
        let (status, _, err) = quoin(&["check", &place.profile, "-o", to]);
        assert_eq!(status, 2);
        assert!(err.contains("report.json"), "{err}");
    }
    fs::set_permissions(place.directory.path(), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_defect_is_told_in_one_line_and_is_no_verdict() {
    let place = Place::new();
    let (status, out, err) = quoin(&["check", &place.profile, "--grant", "env:DEFECT"]);
    assert_eq!((status, &*out), (2, ""));
    assert!(err.starts_with("quoin: a defect in Quoin, please report it: made up ("), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
}

#[test]
fn a_reader_that_has_gone_is_no_trouble() {
    let place = Place::new();
    let args = ["check", &place.profile, "--tag", "b", "--grant", "env:WAIT"];
    let mut child = command(&args).stdin(Stdio::piped()).spawn().unwrap();
    // The test harness of the child must not be the one to find out.
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "running 1 test\n" {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0);
    }
    drop(out);
    drop(child.stdin.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{err}");
    assert!(!err.contains("panicked"), "{err}");
}

/// Starts a run that hangs, and answers it once it does.
fn hanging(args: &[&str]) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = command(args).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert_eq!(line, "hanging\n");
    (child, err)
}

fn signal(child: &Child, signal: rustix::process::Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).unwrap();
}

#[test]
fn a_signal_ends_the_run_with_a_report() {
    use rustix::process::Signal;
    for (which, name, code) in [(Signal::INT, "SIGINT", 130), (Signal::TERM, "SIGTERM", 143)] {
        let place = Place::new();
        let path = place.path("report.json");
        let to = path.to_str().unwrap();
        let (mut child, _err) = hanging(&["check", &place.profile, "--format", "json", "-o", to]);
        signal(&child, which);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let report = json(&path);
        assert_eq!(report["controls"][0]["status"], "pass");
        assert_eq!(report["controls"][2]["status"], "skipped");
        let reason = report["controls"][2]["skip_reason"].as_str().unwrap();
        assert!(reason.contains(name), "{reason}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    use rustix::process::Signal;
    let place = Place::new();
    let path = place.path("report.json");
    let (mut child, _err) = hanging(&["check", &place.profile, "-o", path.to_str().unwrap()]);
    let start = Instant::now();
    signal(&child, Signal::TERM);
    // The first is being worked on: the observation does not come back.
    thread::sleep(Duration::from_millis(50));
    signal(&child, Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(!path.exists());
}

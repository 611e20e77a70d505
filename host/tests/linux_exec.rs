//! Commands: what they get, what they give, and that they always end.

use quoin::linux::{LinuxHost, Machine};
use quoin_abi::error::ErrorType;
use quoin_abi::host::{ExecRequest, ExecResponse};
use quoin_engine::Deadline;
use quoin_engine::host::Host;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn machine() -> Arc<Machine> {
    Machine::open(None, None, Arc::new(|_, _| {})).expect("/ is a directory")
}

fn request(command: &str, args: &[&str]) -> ExecRequest {
    ExecRequest {
        command: command.into(),
        args: args.iter().map(ToString::to_string).collect(),
        ..ExecRequest::default()
    }
}

fn shell(script: &str) -> ExecRequest {
    request("sh", &["-c", script])
}

fn run_on(host: &LinuxHost, request: &ExecRequest, time: Duration, bytes: usize) -> ExecResponse {
    let program = host.find_program(&request.command).expect("the program exists");
    host.exec(&program, request, Deadline::after(host.system().monotonic(), time), bytes)
}

fn run(request: &ExecRequest) -> ExecResponse {
    run_on(&machine().host("test"), request, Duration::from_secs(60), 1 << 20)
}

#[test]
fn outputs_and_status_come_back() {
    let response = run(&shell("echo out; echo err >&2; exit 3"));
    assert_eq!((response.stdout.as_str(), response.stderr.as_str()), ("out\n", "err\n"));
    assert_eq!(response.exit_code, 3);
    assert_eq!(response.error, None);
    assert!(!response.is_timeout && !response.stdout_truncated && !response.stderr_truncated);
    assert_eq!(run(&shell("kill -TERM $$")).exit_code, 143);
    let quiet = run(&shell("exit 0"));
    assert_eq!(ExecResponse { duration_ms: 0, ..quiet }, ExecResponse::default());
}

#[test]
fn arguments_are_taken_as_they_are() {
    let response = run(&request("printf", &["%s|", "$HOME", "a b", "*", "", "; exit 9"]));
    assert_eq!(response.stdout, "$HOME|a b|*||; exit 9|");
}

#[test]
fn the_name_that_was_asked_for_is_the_program_s_own() {
    assert_eq!(run(&request("sh", &["-c", "echo $0"])).stdout, "sh\n");
}

#[test]
fn the_environment_is_what_was_given() {
    let mut with = shell("export -p");
    with.env = vec!["ONE=1".into(), "EMPTY=".into(), "EQUALS=a=b".into(), "ONE=2".into()];
    let stdout = run(&with).stdout;
    assert!(
        stdout.contains("ONE='2'") || stdout.contains("ONE=\"2\"") || stdout.contains("ONE=2"),
        "{stdout}"
    );
    assert!(stdout.contains("EMPTY") && stdout.contains("a=b"), "{stdout}");
    // What the shell itself sets is all there is.
    let stdout = run(&request("env", &[])).stdout;
    assert_eq!(stdout, "");
    for bad in ["NOVALUE", "=x", ""] {
        let mut with = shell("exit 0");
        with.env = vec![bad.into()];
        let response = run(&with);
        let error = response.error.unwrap();
        assert_eq!((error.kind, error.code.as_str(), response.exit_code), (ErrorType::Config, "EINVAL", -1));
    }
}

#[test]
fn a_nul_is_a_mistake_in_the_request() {
    for request in [request("sh", &["a\0b"]), ExecRequest { env: vec!["A=\0".into()], ..shell("exit 0") }] {
        let error = run(&request).error.unwrap();
        assert_eq!((error.kind, error.code.as_str()), (ErrorType::Config, "EINVAL"), "{error}");
    }
}

#[test]
fn it_starts_in_the_directory_that_was_given() {
    assert_eq!(run(&shell("pwd")).stdout, "/\n");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap().into_os_string().into_string().unwrap();
    assert_eq!(run(&ExecRequest { dir: path.clone(), ..shell("pwd") }).stdout, format!("{path}\n"));
    std::fs::write(directory.path().join("file"), "").unwrap();
    for (dir, code) in
        [(format!("{path}/missing"), "ENOENT"), (format!("{path}/file"), "ENOTDIR"), ("tmp".into(), "EINVAL")]
    {
        let error = run(&ExecRequest { dir, ..shell("pwd") }).error.unwrap();
        assert_eq!((error.kind, error.code.as_str()), (ErrorType::Config, code), "{error}");
    }
}

#[test]
fn nothing_is_there_to_read() {
    let response = run(&request("cat", &[]));
    assert_eq!(ExecResponse { duration_ms: 0, ..response }, ExecResponse::default());
}

#[test]
fn no_descriptor_is_inherited() {
    // One that lacks close-on-exec, as Quoin may have been started with.
    let file = tempfile::tempfile().unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    assert!(file.as_raw_fd() > 2);
    let response = run(&request("ls", &["/proc/self/fd"]));
    // The last one is the directory that `ls` itself reads.
    assert_eq!(response.stdout.split_whitespace().collect::<Vec<_>>(), ["0", "1", "2", "3"], "{response:?}");
}

#[test]
fn each_output_has_its_limit_and_the_command_runs_on() {
    let host = machine().host("test");
    let script = "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done; \
                  echo short >&2; exit 4";
    let response = run_on(&host, &shell(script), Duration::from_secs(60), 100);
    assert_eq!(response.stdout.len(), 100);
    assert!(response.stdout_truncated && !response.stderr_truncated);
    assert_eq!((response.stderr.as_str(), response.exit_code), ("short\n", 4));
    let response = run_on(&host, &shell("echo abc >&2"), Duration::from_secs(60), 2);
    assert_eq!((response.stderr.as_str(), response.stderr_truncated), ("ab", true));
}

#[test]
fn bytes_that_are_not_utf8_are_replaced() {
    assert_eq!(run(&shell("printf 'a\\377b'")).stdout, "a\u{fffd}b");
}

#[test]
fn the_deadline_ends_a_command_with_all_that_it_started() {
    let host = machine().host("test");
    let start = Instant::now();
    let script = "trap '' TERM; sleep 300 & echo $! $$; echo partial >&2; sleep 300; sleep 300";
    let response = run_on(&host, &shell(script), Duration::from_millis(600), 1000);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(response.is_timeout);
    assert_eq!(response.stderr, "partial\n");
    assert_eq!(response.exit_code, 137);
    let error = response.error.unwrap();
    assert_eq!((error.kind, error.code.as_str(), error.is_timeout), (ErrorType::Timeout, "ETIMEDOUT", true));
    for pid in response.stdout.split_whitespace() {
        assert!(ends(pid), "{pid} is still there");
    }
}

#[test]
fn a_command_that_listens_ends_itself_before_it_is_killed() {
    let host = machine().host("test");
    let start = Instant::now();
    let script = "trap 'echo tidied; exit 5' TERM; while :; do sleep 0.01; done";
    let response = run_on(&host, &shell(script), Duration::from_secs(2), 1000);
    assert!(start.elapsed() < Duration::from_secs(2), "answered after the deadline");
    assert_eq!((response.stdout.as_str(), response.exit_code, response.is_timeout), ("tidied\n", 5, true));
}

#[test]
fn what_stays_in_the_background_does_not_hold_the_answer_up() {
    let start = Instant::now();
    let response = run(&shell("sleep 300 & echo $!; exit 6"));
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!((response.exit_code, response.is_timeout, &response.error), (6, false, &None));
    assert!(ends(response.stdout.trim()));
}

#[test]
fn a_command_that_closes_its_outputs_is_waited_for() {
    let response = run(&shell("exec >&- 2>&-; sleep 0.2; exit 8"));
    assert_eq!(response.exit_code, 8);
    assert!(response.duration_ms >= 200);
}

#[test]
fn no_time_left_means_not_run() {
    let directory = tempfile::tempdir().unwrap();
    let host = machine().host("test");
    let touch = request("touch", &[directory.path().join("x").to_str().unwrap()]);
    let program = host.find_program("touch").unwrap();
    let response = host.exec(&program, &touch, Deadline::after(0, Duration::ZERO), 10);
    assert!(response.is_timeout && response.error.unwrap().is_timeout);
    assert_eq!(response.exit_code, -1);
    assert!(!directory.path().join("x").exists());
}

#[test]
fn what_is_no_program_is_refused_and_no_shell_takes_it() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("script");
    let file = |text: &[u8]| {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        run(&request(path.to_str().unwrap(), &[])).error.unwrap()
    };
    let cases = [
        (&b"echo a shell ran this\n"[..], "ENOEXEC"),
        (b"\x7fELF, or not", "ENOEXEC"),
        (b"#!/nowhere/interpreter\n", "ENOENT"),
    ];
    for (text, code) in cases {
        // A test beside this one that is just starting a command may hold the file open for writing for a moment.
        let error = (0..100).map(|_| file(text)).find(|e| e.code != "ETXTBSY").unwrap();
        assert_eq!((error.kind, error.code.as_str()), (ErrorType::Execution, code), "{error}");
        assert!(error.message.contains("script"), "{error}");
    }
    let missing = ExecRequest { command: "gone".into(), ..ExecRequest::default() };
    let host = machine().host("test");
    let deadline = Deadline::after(host.system().monotonic(), Duration::from_secs(9));
    let error = host.exec("/nowhere/gone", &missing, deadline, 10).error.unwrap();
    assert_eq!((error.kind, error.code.as_str(), error.is_not_found), (ErrorType::Execution, "ENOENT", true));
}

#[test]
fn an_interrupt_ends_what_runs_and_what_would() {
    let machine = machine();
    let running = std::thread::spawn({
        let host = machine.host("test");
        move || run_on(&host, &shell("echo up; exec sleep 300"), Duration::from_secs(100), 100)
    });
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    machine.processes().end_all(Duration::from_secs(2));
    let response = running.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(!response.is_timeout);
    let error = response.error.unwrap();
    assert_eq!((error.kind, error.code.as_str()), (ErrorType::Execution, "ECANCELED"), "{error}");
    let later = run_on(&machine.host("test"), &shell("exit 0"), Duration::from_secs(9), 10);
    assert_eq!((later.exit_code, later.error.unwrap().code.as_str()), (-1, "ECANCELED"));
}

#[test]
fn many_commands_run_at_once() {
    let machine = machine();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let host = machine.host("test");
            scope.spawn(move || {
                for _ in 0..5 {
                    let response =
                        run_on(&host, &shell(&format!("echo {n}; exit {n}")), Duration::from_secs(60), 100);
                    assert_eq!((response.stdout, response.exit_code), (format!("{n}\n"), n));
                }
            });
        }
    });
}

/// Whether a process ends soon, or has ended and only waits for a slow init to notice.
fn ends(pid: &str) -> bool {
    assert!(pid.parse::<u32>().is_ok(), "{pid:?}");
    let running = || {
        std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"))
            .is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
    };
    let start = Instant::now();
    while running() {
        if start.elapsed() > Duration::from_secs(10) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

//! [`run`]: one command, from its start to the end of its whole process group.

use super::errno::io_errno;
use super::output::Output;
use super::processes::{Exit, Group, Processes};
use super::system::monotonic;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{ExecRequest, ExecResponse};
use quoin_engine::Deadline;
use quoin_engine::wasi::Errno;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::Signal;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a command that is asked to end may take before it is killed, at most.
const GRACE: Duration = Duration::from_millis(200);

/// How long after SIGKILL a process may take to disappear; one that hangs in the kernel takes for ever.
const PATIENCE: Duration = Duration::from_millis(200);

/// Between two looks at a command that says nothing, to begin with and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Runs `program` without a shell: its arguments as they are, no environment but `request.env`, nothing to read, and no
/// descriptors but its outputs.
///
/// Both outputs are read as they come; of each the first `output_bytes` are kept, the rest is read and thrown away.
/// When the command itself has ended, or at the deadline, its whole process group is ended with it: what it left
/// in the background cannot go on, nor hold the answer up. (A process that makes itself the leader of another group
/// escapes this, as it escapes a terminal.)
///
/// Shortly before the deadline, a twentieth of the time and 200 ms at most, the group is asked to end (SIGTERM), then
/// killed, so that what it wrote and that it took too long is answered within the deadline.
pub(crate) fn run(
    processes: &Processes,
    program: &str,
    request: &ExecRequest,
    deadline: Deadline,
    output_bytes: usize,
) -> ExecResponse {
    let start = monotonic();
    if deadline.passed(start) {
        let error =
            ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", format!("{program}: no time left to run it"));
        return ExecResponse { is_timeout: true, ..not_run(error) };
    }
    let started = command(program, request).and_then(|mut command| {
        let mut group = processes.spawn(&mut command).map_err(|error| not_started(program, &error))?;
        let outputs = outputs(&mut group, output_bytes).map_err(|error| not_started(program, &error))?;
        Ok((group, outputs))
    });
    let (group, mut outputs) = match started {
        Ok(started) => started,
        Err(error) => return not_run(error),
    };
    let end = wait(processes, &group, &mut outputs, start, deadline);
    // Ends what is left of the group, so that nobody writes any more.
    drop(group);
    outputs.iter_mut().for_each(Output::read_rest);
    let [stdout, stderr] = outputs.map(Output::into_text);
    let duration = Duration::from_nanos(monotonic().saturating_sub(start));
    ExecResponse {
        stdout: stdout.0,
        stderr: stderr.0,
        exit_code: match end.exit {
            Some(Exit::Code(code)) => code,
            Some(Exit::Lost) | None => -1,
        },
        duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        is_timeout: end.cut == Some(Cut::Deadline),
        stdout_truncated: stdout.1,
        stderr_truncated: stderr.1,
        error: end.error(program, deadline.left(start)),
    }
}

fn not_run(error: ErrorDetail) -> ExecResponse {
    ExecResponse { exit_code: -1, error: Some(error), ..ExecResponse::default() }
}

/// The command with all that the request says about it.
fn command(program: &str, request: &ExecRequest) -> Result<Command, ErrorDetail> {
    let wrong = |code: &str, message: String| ErrorDetail::new(ErrorType::Config, code, message);
    if is_foreign(Path::new(program)) {
        let message = format!("{program}: neither a program nor a script that begins with #!");
        return Err(ErrorDetail::new(ErrorType::Execution, "ENOEXEC", message));
    }
    let dir = if request.dir.is_empty() { "/" } else { &request.dir };
    if !dir.starts_with('/') {
        return Err(wrong("EINVAL", format!("dir {dir}: give an absolute path")));
    }
    match std::fs::metadata(dir) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(wrong("ENOTDIR", format!("dir {dir}: not a directory"))),
        Err(error) => return Err(wrong(io_errno(&error).name(), format!("dir {dir}: {}", io_errno(&error)))),
    }
    let mut command = Command::new(program);
    // The name that was asked for: programs like BusyBox are many in one and go by it.
    let name = if request.command.is_empty() { program } else { &request.command };
    std::os::unix::process::CommandExt::arg0(&mut command, name);
    command.args(&request.args).current_dir(dir).env_clear();
    for variable in &request.env {
        match variable.split_once('=') {
            Some((name, value)) if !name.is_empty() => drop(command.env(name, value)),
            _ => return Err(wrong("EINVAL", format!("env {variable:?}: write NAME=value"))),
        }
    }
    // An input that has ended, and no /dev/null, which the root of a small system may lack.
    let (input, _) = io::pipe().map_err(|error| not_started(program, &error))?;
    command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// Whether a file is no program of any sort. Some C libraries hand such a file to a shell, which nobody granted. A file
/// that may be executed but not read is left to the kernel's judgement.
fn is_foreign(program: &Path) -> bool {
    let mut head = [0; 4];
    let Ok(read) = File::open(program).and_then(|mut file| file.read(&mut head)) else { return false };
    !matches!(&head[..read], b"\x7fELF" | [b'#', b'!', ..])
}

fn not_started(program: &str, error: &io::Error) -> ErrorDetail {
    if error.kind() == io::ErrorKind::InvalidInput && error.raw_os_error().is_none() {
        let message = format!("{program}: an argument or a variable holds a NUL character");
        return ErrorDetail::new(ErrorType::Config, "EINVAL", message);
    }
    let errno = io_errno(error);
    let why = match errno {
        // The program itself was there when it was looked for.
        Errno::Noent => "it, or the interpreter that it names, does not exist".to_owned(),
        Errno::Acces => "it, or the interpreter that it names, may not be executed by this user".to_owned(),
        Errno::Noexec => "it is not a program for this machine".to_owned(),
        Errno::Toobig => "its arguments and environment are too long".to_owned(),
        Errno::Again | Errno::Nomem => "the system has no room for another process".to_owned(),
        Errno::Mfile | Errno::Nfile => "too many files are open".to_owned(),
        Errno::Canceled => "the run was interrupted".to_owned(),
        Errno::Io => error.to_string(),
        errno => errno.to_string(),
    };
    ErrorDetail::new(ErrorType::Execution, errno.name(), format!("{program} was not run: {why}"))
}

fn outputs(group: &mut Group<'_>, limit: usize) -> io::Result<[Output; 2]> {
    let child = group.child();
    match (child.stdout.take(), child.stderr.take()) {
        (Some(stdout), Some(stderr)) => {
            Ok([Output::new(stdout.into(), limit)?, Output::new(stderr.into(), limit)?])
        }
        _ => Err(io::Error::other("its outputs are missing")),
    }
}

/// Why a command was ended before it ended itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Deadline,
    Interrupt,
}

/// How it ended; no exit where even SIGKILL did not end it.
struct End {
    exit: Option<Exit>,
    cut: Option<Cut>,
}

impl End {
    fn error(&self, program: &str, time: Duration) -> Option<ErrorDetail> {
        let tail = if self.exit.is_none() { "; it hangs in the kernel and could not be ended" } else { "" };
        match (self.cut, self.exit) {
            (Some(Cut::Deadline), _) => {
                // To the nearest: of the time that was asked for, a part of a millisecond has passed on the way here.
                let milliseconds = (time + Duration::from_micros(500)).as_millis();
                let message = format!("{program} was ended: it took longer than {milliseconds} ms{tail}");
                Some(ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", message))
            }
            (Some(Cut::Interrupt), _) => {
                let message = format!("{program} was ended: the run was interrupted{tail}");
                Some(ErrorDetail::new(ErrorType::Execution, "ECANCELED", message))
            }
            (None, Some(Exit::Lost)) => {
                let message = format!(
                    "{program}: its exit status is lost; start Quoin from a process that does not ignore SIGCHLD"
                );
                Some(ErrorDetail::new(ErrorType::Execution, "ECHILD", message))
            }
            (None, _) => None,
        }
    }
}

/// Reads the outputs until the command has ended, by itself or not.
fn wait(
    processes: &Processes,
    group: &Group<'_>,
    outputs: &mut [Output; 2],
    start: u64,
    deadline: Deadline,
) -> End {
    let margin = (deadline.left(start) / 20).min(GRACE);
    let ask_at = deadline.at().saturating_sub(nanos(margin));
    let mut cut: Option<(Cut, u64)> = None;
    let mut give_up_at = None;
    let mut pause = PAUSES.0;
    loop {
        if let exit @ Some(_) = group.exit() {
            // An interrupt is told to all groups at once and may have been heard before it was seen here.
            let interrupt = processes.ended().then_some(Cut::Interrupt);
            return End { exit, cut: cut.map(|(cut, _)| cut).or(interrupt) };
        }
        let now = monotonic();
        match (cut, give_up_at) {
            (None, _) if processes.ended() || now >= ask_at => {
                let why = if now >= ask_at { Cut::Deadline } else { Cut::Interrupt };
                group.signal(Signal::TERM);
                // A stopped process would not hear it.
                group.signal(Signal::CONT);
                cut = Some((why, now.saturating_add(nanos(margin * 3 / 4))));
                pause = PAUSES.0;
            }
            (Some((_, kill_at)), None) if now >= kill_at => {
                group.signal(Signal::KILL);
                give_up_at = Some(now.saturating_add(nanos(PATIENCE)));
                pause = PAUSES.0;
            }
            (Some((cut, _)), Some(give_up_at)) if now >= give_up_at => {
                return End { exit: None, cut: Some(cut) };
            }
            _ => {}
        }
        let next = match (cut, give_up_at) {
            (None, _) => ask_at,
            (Some((_, kill_at)), None) => kill_at,
            (Some(_), Some(give_up_at)) => give_up_at,
        };
        let left = Duration::from_nanos(next.saturating_sub(now));
        pause = if read_ready(outputs, pause.min(left)) { PAUSES.0 } else { (pause * 2).min(PAUSES.1) };
    }
}

/// Waits for either output, `pause` at most, and reads what is there; answers whether there was anything.
fn read_ready(outputs: &mut [Output; 2], pause: Duration) -> bool {
    let mut fds: Vec<_> = outputs
        .iter()
        .filter_map(Output::pipe)
        .map(|pipe| PollFd::from_borrowed_fd(pipe, PollFlags::IN))
        .collect();
    let any = poll(&mut fds, Some(&super::stat::timespec(nanos(pause)))).is_ok_and(|ready| ready > 0);
    if any {
        outputs.iter_mut().for_each(Output::read);
    }
    any
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_other_files() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        for (text, foreign) in [
            ("#!/bin/sh\n", false),
            ("#!", false),
            ("\x7fELF\x01", false),
            ("echo hi", true),
            ("", true),
            ("\x7fEL", true),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(is_foreign(&path), foreign, "{text:?}");
        }
        assert!(!is_foreign(Path::new("/nowhere/at/all")));
    }

    #[test]
    fn what_the_kernel_says_is_explained() {
        let cases = [
            (rustix::io::Errno::NOENT, "ENOENT", "interpreter"),
            (rustix::io::Errno::ACCESS, "EACCES", "may not be executed"),
            (rustix::io::Errno::NOEXEC, "ENOEXEC", "not a program for this machine"),
            (rustix::io::Errno::TOOBIG, "E2BIG", "too long"),
            (rustix::io::Errno::AGAIN, "EAGAIN", "no room for another process"),
            (rustix::io::Errno::CANCELED, "ECANCELED", "interrupted"),
        ];
        for (errno, code, words) in cases {
            let error = not_started("/bin/x", &errno.into());
            assert_eq!((error.kind, error.code.as_str()), (ErrorType::Execution, code));
            assert!(error.message.contains(words) && error.message.contains("/bin/x"), "{error}");
        }
    }

    #[test]
    fn a_process_that_cannot_be_ended_is_said() {
        let end = End { exit: None, cut: Some(Cut::Deadline) };
        let error = end.error("/bin/x", Duration::from_secs(1)).unwrap();
        assert!(error.is_timeout && error.message.contains("1000 ms") && error.message.contains("kernel"));
        let lost = End { exit: Some(Exit::Lost), cut: None };
        assert_eq!(lost.error("/bin/x", Duration::ZERO).unwrap().code, "ECHILD");
        assert_eq!(End { exit: Some(Exit::Code(1)), cut: None }.error("/bin/x", Duration::ZERO), None);
    }
}

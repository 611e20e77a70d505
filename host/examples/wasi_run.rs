//! Runs any WASI preview 1 command module under Quoin's shim.
//!
//! ```text
//! cargo run -p quoin --example wasi_run -- [--dir HOST[::GUEST]]… [--env NAME=VALUE]… [--timeout SECONDS] MODULE [ARG…]
//! ```
//!
//! The module may read and write all that is in the directories it is given, and inherits the standard streams. Its
//! limits are far above a plugin's, since this is for programs that were not written for small devices.
//!
//! Exit status: the guest's own; 134 when it trapped or hit a limit; 2 when it was not started (usage, a module that
//! does not load, a directory that cannot be opened). As with any process, the kernel keeps the guest's last eight bits.

use clap::Parser;
use quoin::linux::{LinuxFile, LinuxNode, Machine};
use quoin_engine::capability::Grants;
use quoin_engine::host::Host;
use quoin_engine::system::Node;
use quoin_engine::wasi::CommandConfig;
use quoin_engine::{Command, Deadline, Engine, Limits, Session};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// What a process exits with that was not started.
const NOT_STARTED: u8 = 2;

/// What a shell shows of a process that aborted (128 + SIGABRT).
const TRAPPED: u8 = 134;

/// Run a WASI preview 1 command module
#[derive(Debug, Parser)]
#[command(
    name = "wasi_run",
    after_help = "Exit status: the guest's own; 134 after a trap or at a limit; 2 when it was not started."
)]
struct Arguments {
    /// Give the module a directory, under its own name or another one
    #[arg(long = "dir", value_name = "HOST[::GUEST]", value_parser = directory)]
    directories: Vec<(PathBuf, String)>,

    /// Set an environment variable; the module gets no other ones
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,

    /// End the module after so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "31536000")]
    timeout: u64,

    /// The module, and what it gets as its arguments
    #[arg(value_names = ["MODULE", "ARG"], required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

fn directory(text: &str) -> Result<(PathBuf, String), String> {
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    if host.is_empty() || guest.is_empty() {
        return Err("expected HOST or HOST::GUEST, such as /tmp/scratch::/".into());
    }
    Ok((host.into(), guest.into()))
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.into(), value.into())),
        _ => Err("expected NAME=VALUE, such as HOME=/".into()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match prepare(&arguments) {
        Ok((command, session, config)) => match command.run(session, config) {
            // The kernel would cut it likewise.
            Ok(code) => ExitCode::from(code.to_le_bytes()[0]),
            Err(failure) => {
                eprintln!("wasi_run: {}: {failure}", arguments.command[0]);
                ExitCode::from(TRAPPED)
            }
        },
        Err(message) => {
            eprintln!("wasi_run: {message}");
            ExitCode::from(NOT_STARTED)
        }
    }
}

fn prepare(arguments: &Arguments) -> Result<(Command, Session, CommandConfig), String> {
    let (module, rest) = arguments.command.split_first().ok_or("expected a module")?;
    let bytes = std::fs::read(module).map_err(|error| format!("cannot read {module}: {error}"))?;
    let command = Engine::new(limits())
        .load_command(&bytes)
        .map_err(|error| format!("cannot load {module}: {error}"))?;
    let mut preopens: Vec<(String, Box<dyn Node>)> = Vec::new();
    for (host, guest) in &arguments.directories {
        let node = LinuxNode::open_root(host)
            .map_err(|errno| format!("cannot open the directory {}: {errno}", host.display()))?;
        preopens.push((guest.clone(), Box::new(node)));
    }
    let name = Path::new(module).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let config = CommandConfig {
        args: std::iter::once(name).chain(rest.iter().cloned()).collect(),
        env: arguments.variables.clone(),
        preopens,
        stdin: Box::new(stream("input", LinuxFile::stdin())?),
        stdout: Box::new(stream("output", LinuxFile::stdout())?),
        stderr: Box::new(stream("error", LinuxFile::stderr())?),
    };
    let machine = Machine::open(None, None, Arc::new(|_, _| {})).map_err(|error| error.to_string())?;
    let host = machine.host("wasi_run");
    let deadline = Deadline::after(host.system().monotonic(), Duration::from_secs(arguments.timeout));
    Ok((command, Session { host: Box::new(host), grants: Grants::none(), deadline }, config))
}

fn stream(name: &str, file: Result<LinuxFile, quoin_engine::wasi::Errno>) -> Result<LinuxFile, String> {
    file.map_err(|errno| format!("cannot use standard {name}: {errno}"))
}

/// Room for any program that a PC runs: 1 GiB of memory, and as much time as `--timeout` leaves.
fn limits() -> Limits {
    Limits {
        module_bytes: 512 << 20,
        fuel: u64::MAX,
        start_fuel: u64::MAX,
        memory_bytes: 1 << 30,
        table_elements: 10_000_000,
        call_depth: 100_000,
        stack_bytes: 64 << 20,
        open_files: 4_096,
        ..Limits::default()
    }
}

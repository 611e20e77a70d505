//! The built-in plugin `command`: what a command prints, and how it ends.
//!
//! | config | |
//! |---|---|
//! | `run` | a line for the shell, `sh -c` |
//! | `command`, `args` | or a program and its arguments, without a shell |
//! | `dir` | an absolute path (default `/`) |
//! | `env` | all of its environment, each as `NAME=value` (default none) |
//! | `timeout` | seconds, or text such as `500ms` or `2m` (default 30) |
//!
//! | evidence | |
//! |---|---|
//! | `exit_code` | 128 and the signal's number where a signal ended it. The status is true where this is 0 |
//! | `stdout`, `stderr` | without the white space around them |
//! | `stdout_raw`, `stderr_raw` | as they are |
//! | `stdout_truncated`, `stderr_truncated` | true where there was more than 128 KiB, which is what is kept |
//! | `duration_ms` | |
//! | `is_timeout` | it was ended because it took too long; then the status is false |
//! | `exec_mode` | `shell` or `direct` |
//! | `command`, `args` | what was run |
//! | `error_message`, `error_code` | why the status is false |

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;

use alloc::{format, string::String};
use config::Request;
use quoin_plugin::{Capability, ErrorDetail, ExecResponse, Host, Metadata, Observation, Plugin};

/// The most of each output that is given. It is given twice, JSON writes some characters as six bytes, and a host takes 4 MiB
/// of result.
const OUTPUT_BYTES: usize = 128 << 10;

/// The plugin.
pub struct Command;

quoin_plugin::export!(Command);

impl Plugin for Command {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "command",
        version: env!("CARGO_PKG_VERSION"),
        description: "Runs a command and looks at its output and exit code",
        platform: Some("linux"),
        capabilities: &[
            Capability { kind: "exec", pattern: "**" },
            // By its name, so that `--trust-plugins` is enough for `run`.
            Capability { kind: "exec", pattern: "sh" },
        ],
    };

    const SCHEMA: &'static str = include_str!("../schema.json");

    fn observe(request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let mut answer = host.exec_command(&request.exec)?;
        answer.stdout_truncated |= cut(&mut answer.stdout);
        answer.stderr_truncated |= cut(&mut answer.stderr);
        let why = reason(&answer);
        let mut seen = Observation::new(why.is_empty())
            .with("exit_code", answer.exit_code)
            .with("stdout", answer.stdout.trim())
            .with("stderr", answer.stderr.trim())
            .with("duration_ms", answer.duration_ms)
            .with("is_timeout", answer.is_timeout)
            .with("exec_mode", if request.shell { "shell" } else { "direct" })
            .with("command", request.exec.command)
            .with("args", request.exec.args)
            .with("stdout_raw", answer.stdout)
            .with("stderr_raw", answer.stderr);
        if answer.stdout_truncated {
            seen.set("stdout_truncated", true);
        }
        if answer.stderr_truncated {
            seen.set("stderr_truncated", true);
        }
        if !why.is_empty() {
            seen.set("error_message", why);
        }
        if let Some(error) = answer.error {
            seen.set("error_code", error.code);
        }
        Ok(seen)
    }
}

/// Keeps the beginning of an output, and answers whether there was more.
fn cut(output: &mut String) -> bool {
    let is_long = output.len() > OUTPUT_BYTES;
    output.truncate(output.floor_char_boundary(OUTPUT_BYTES));
    is_long
}

/// Why the status is false; empty where it is true.
fn reason(answer: &ExecResponse) -> String {
    match (&answer.error, answer.exit_code) {
        (Some(error), _) => error.message.clone(),
        (None, 0) => String::new(),
        (None, code) => match answer.stderr.lines().next() {
            Some(line) => format!("exit code {code}: {line}"),
            None => format!("exit code {code}"),
        },
    }
}

#[cfg(test)]
mod tests;

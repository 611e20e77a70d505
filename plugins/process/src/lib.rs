//! The built-in plugin `process`: which processes run, from `/proc`.
//!
//! | config | |
//! |---|---|
//! | `name` | the program's name |
//! | `pid` | the process's number |
//! | `cmdline_contains` | a part of its command line |
//! | `user` | its user's name or number |
//!
//! At least one of these; a process has to fit all that are given.
//!
//! | evidence | |
//! |---|---|
//! | `running` | also the status: one of them is more than a zombie |
//! | `count` | how many fit, zombies among them |
//! | `processes` | of each: `pid name state ppid uid user cmdline exe rss_bytes threads started kernel_thread` |
//! | `processes_truncated` | true where `processes` is not all of them |
//!
//! A kernel thread has no `exe` and no `rss_bytes`, and an empty `cmdline`. `exe` is missing too where it is for root to know.
//! `uid` and `user` are the effective ones, as `ps` shows them. Quoin's own process is not among them.

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;
mod look;
pub mod proc;

use alloc::{format, string::ToString, vec::Vec};
use config::{Pid, Request};
use quoin_plugin::{Capability, ErrorDetail, Host, Metadata, Observation, Plugin};
use serde_json::Value;

/// The most text of processes that is given. JSON writes some characters as six bytes, and a host takes 4 MiB of result.
const TEXT_BYTES: usize = 512 << 10;

/// What a process takes of [`TEXT_BYTES`] besides its own texts.
const PROCESS_BYTES: usize = 256;

/// The plugin.
pub struct Process;

quoin_plugin::export!(Process);

impl Plugin for Process {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "process",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks for processes by name, number, command line or user",
        platform: Some("linux"),
        capabilities: &[Capability { kind: "fs", pattern: "read:/proc/**" }],
    };

    fn observe(request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let pids = match request.pid {
            Some(Pid(pid)) => [pid.to_string()].into(),
            None => host.list_directory("/proc")?,
        };
        let is_number = |name: &&_| str::bytes(name).all(|byte| byte.is_ascii_digit());
        let booted = look::booted(host)?;
        let (mut processes, mut count, mut running, mut left) = (Vec::new(), 0, false, TEXT_BYTES);
        for pid in pids.iter().map(|pid| pid.as_str()).filter(is_number) {
            let found = match look::process(host, pid, &request) {
                // What is asked for by its number is known to be there.
                Err(error) if request.pid.is_none() && look::is_hidden(&error) => None,
                found => found?,
            };
            let Some(found) = found else { continue };
            count += 1;
            running |= found.stat.is_alive();
            let process = found.describe(host, booted)?;
            let text: usize = process.values().filter_map(Value::as_str).map(str::len).sum();
            match left.checked_sub(PROCESS_BYTES + text) {
                Some(rest) if processes.len() == count - 1 => {
                    left = rest;
                    processes.push(Value::Object(process));
                }
                _ => left = 0,
            }
        }
        let mut seen = Observation::new(running).with("running", running).with("count", count);
        if processes.len() < count {
            seen.set("processes_truncated", true);
        }
        seen.set("processes", processes);
        if !running {
            seen.set(
                "error_message",
                format!("no such process runs{}", if count > 0 { ", but a zombie" } else { "" }),
            );
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests;

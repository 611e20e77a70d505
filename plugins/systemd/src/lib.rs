//! The built-in plugin `systemd`: the state of a unit, from `systemctl show`.
//!
//! | config | |
//! |---|---|
//! | `unit` | required; `.service` is added where it has no other ending |
//!
//! | evidence | |
//! |---|---|
//! | `unit` | as configured |
//! | `is_available` | false where there is no systemd, or it does not run this machine; that is an error, too |
//! | `load_state active_state sub_state unit_file_state` | systemd's own words; `not-found` and `masked` are load states |
//! | `running` | also the status: it is active, and a service has not exited |
//! | `enabled` | it is started with the system |
//! | `main_pid`, `restarts` | of a service; 0 where there is none |

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;
mod show;

use alloc::{format, string::String, vec};
use config::Request;
use quoin_plugin::{
    Capability, ErrorDetail, ErrorType, ExecRequest, ExecResponse, Host, Metadata, Observation, Plugin,
};
use show::{PROPERTIES, Unit};

/// The plugin.
pub struct Systemd;

quoin_plugin::export!(Systemd);

impl Plugin for Systemd {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "systemd",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks at a systemd unit: whether it is loaded, running and enabled",
        platform: Some("linux"),
        capabilities: &[Capability { kind: "exec", pattern: "systemctl" }],
    };

    const SCHEMA: &'static str = include_str!("../schema.json");

    fn observe(Request { unit }: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let request = ExecRequest {
            command: "systemctl".into(),
            args: vec!["show".into(), PROPERTIES.into(), "--".into(), unit.clone()],
            // Its messages are read here.
            env: vec!["LC_ALL=C".into()],
            ..ExecRequest::default()
        };
        let seen = Observation::new(false).with("unit", unit.as_str());
        let without = |why: &str| {
            let message = format!("this machine is not run by systemd: {why}");
            let error = ErrorDetail::new(ErrorType::Execution, "ENOTSUP", message);
            Ok(seen.clone().with("is_available", false).but(error))
        };
        let answer = match host.exec_command(&request) {
            Ok(answer) => answer,
            Err(error) if error.is_not_found => return without("there is no systemctl"),
            Err(error) => return Err(error),
        };
        if let Some(error) = answer.error {
            return Err(error);
        }
        if answer.exit_code != 0 {
            let why = complaint(&answer);
            return if is_elsewhere(&answer.stderr) { without(&why) } else { Err(failed(&unit, &why)) };
        }
        let Some(found) = Unit::parse(&answer.stdout) else {
            return Err(failed(&unit, "it printed no state"));
        };
        let mut seen = seen.with("is_available", true);
        seen.status = found.is_running();
        seen.set("load_state", found.load_state);
        seen.set("active_state", found.active_state);
        seen.set("sub_state", found.sub_state);
        seen.set("unit_file_state", found.unit_file_state);
        seen.set("running", found.is_running());
        seen.set("enabled", found.is_enabled());
        seen.set("main_pid", found.main_pid);
        seen.set("restarts", found.restarts);
        if !found.is_running() {
            let state = match found.load_state {
                "loaded" => format!("{unit} is {} ({})", found.active_state, found.sub_state),
                other => format!("{unit} is {other}"),
            };
            seen.set("error_message", state);
        }
        Ok(seen)
    }
}

/// Whether systemctl found no systemd to talk to, in the words that it has for that.
fn is_elsewhere(stderr: &str) -> bool {
    ["has not been booted with systemd", "Failed to connect to bus", "Failed to get D-Bus connection"]
        .iter()
        .any(|words| stderr.contains(words))
}

/// The first line that systemctl complained with.
fn complaint(answer: &ExecResponse) -> String {
    match answer.stderr.lines().next() {
        Some(line) => line.into(),
        None => format!("it ended with exit code {}", answer.exit_code),
    }
}

fn failed(unit: &str, why: &str) -> ErrorDetail {
    ErrorDetail::new(ErrorType::Execution, "EPROTO", format!("systemctl show {unit}: {why}"))
}

#[cfg(test)]
mod tests;

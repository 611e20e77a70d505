//! The configuration of an observation: `schema.json` in Rust.

use alloc::{format, string::String, vec, vec::Vec};
use quoin_plugin::{Config, Context, ErrorDetail, ExecRequest, Fields};
use serde_json::Value;

/// What a command may take where nothing is said about it.
const TIMEOUT_MS: u64 = 30_000;

/// What to run.
#[derive(Debug)]
pub struct Request {
    /// The request to the host.
    pub(crate) exec: ExecRequest,
    /// It is a line for the shell.
    pub(crate) shell: bool,
}

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let run = fields.text("run")?;
        let command = fields.text("command")?;
        let args = texts(fields, "args")?;
        let dir = fields.text("dir")?.unwrap_or_default();
        let env = texts(fields, "env")?.unwrap_or_default();
        let timeout_ms = timeout(fields)?;
        let shell = run.is_some();
        let (command, args) = match (run, command, args) {
            (Some(_), Some(_), _) => return Err(fields.wrong("run", "and `command` are two ways; give one")),
            (None, None, _) => return Err(fields.wrong("command", "is missing, and so is `run`; give one")),
            (Some(_), _, Some(args)) if !args.is_empty() => {
                return Err(fields.wrong("args", "belong to `command`; `run` has them in its line"));
            }
            (Some(run), ..) if run.is_empty() => return Err(fields.wrong("run", "is empty")),
            (_, Some(command), _) if command.is_empty() => return Err(fields.wrong("command", "is empty")),
            (Some(run), ..) => ("sh".into(), vec!["-c".into(), run]),
            (None, Some(command), args) => (command, args.unwrap_or_default()),
        };
        if !dir.is_empty() && !dir.starts_with('/') {
            return Err(fields.wrong("dir", "is relative; an absolute path such as /tmp is needed"));
        }
        if let Some(bad) = env.iter().find(|variable| variable.find('=').unwrap_or(0) == 0) {
            return Err(fields.wrong("env", &format!("has {bad:?} in it; write NAME=value")));
        }
        let context = Context { timeout_ms, ..Context::default() };
        Ok(Self { exec: ExecRequest { context, command, args, dir, env }, shell })
    }
}

fn texts(fields: &mut Fields, name: &'static str) -> Result<Option<Vec<String>>, ErrorDetail> {
    let wrong = |fields: &Fields| fields.wrong(name, "has to be a list of texts");
    match fields.value(name) {
        None => Ok(None),
        Some(Value::Array(list)) => {
            let text = |value| match value {
                Value::String(text) => Ok(text),
                _ => Err(wrong(fields)),
            };
            list.into_iter().map(text).collect::<Result<_, _>>().map(Some)
        }
        Some(_) => Err(wrong(fields)),
    }
}

/// Milliseconds: a number of seconds, or text with a unit as elsewhere in a profile.
fn timeout(fields: &mut Fields) -> Result<u64, ErrorDetail> {
    let milliseconds = match fields.value("timeout") {
        None => Some(TIMEOUT_MS),
        Some(Value::String(text)) => {
            let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
            let unit = match &text[digits.len()..] {
                "ms" => Some(1),
                "s" => Some(1_000),
                "m" => Some(60_000),
                _ => None,
            };
            let number = digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
            unit.zip(number).and_then(|(unit, number)| number.checked_mul(unit))
        }
        Some(value) => value.as_u64().and_then(|seconds| seconds.checked_mul(1_000)),
    };
    match milliseconds {
        Some(milliseconds @ 1..) => Ok(milliseconds),
        _ => Err(fields.wrong("timeout", "has to be a number of seconds, or text such as 500ms, 30s or 2m")),
    }
}

//! The configuration of an observation.

use alloc::{string::String, vec, vec::Vec};
use quoin_plugin::{
    Config, Context, ErrorDetail, ExecRequest, NonEmpty, Schema, Setting, Value, Wrong, wrong,
};

/// Either `run` or `command`.
#[derive(Debug, Config)]
#[config(check = Self::check, schema = r#""oneOf":[{"required":["run"]},{"required":["command"]}]"#)]
pub struct Request {
    /// A line for the shell, `sh -c`. A shell runs anything, so that this takes `--grant exec:sh`.
    pub(crate) run: Option<NonEmpty>,
    /// A program to run without a shell: a name in the system's directories for programs, or an absolute path.
    #[config(capability = "exec:{value}")]
    command: Option<NonEmpty>,
    /// The arguments of `command`, each as it is.
    args: Option<Vec<String>>,
    /// The directory to run in, an absolute path.
    #[config(default = "/")]
    dir: Directory,
    /// All of the environment, each as NAME=value. Nothing is inherited.
    env: Option<Vec<Variable>>,
    /// Seconds, or text such as 500ms, 30s or 2m, after which it is ended with all that it has started.
    #[config(default = 30)]
    timeout: Timeout,
}

impl Request {
    fn check(&self) -> Result<(), ErrorDetail> {
        match (&self.run, &self.command, &self.args) {
            (Some(_), Some(_), _) => Err(wrong("run", "and `command` are two ways; give one")),
            (None, None, _) => Err(wrong("command", "is missing, and so is `run`; give one")),
            (Some(_), _, Some(args)) if !args.is_empty() => {
                Err(wrong("args", "belong to `command`; `run` has them in its line"))
            }
            _ => Ok(()),
        }
    }
}

impl From<Request> for ExecRequest {
    fn from(request: Request) -> Self {
        let (command, args) = match (request.run, request.command) {
            (Some(run), _) => ("sh".into(), vec!["-c".into(), run.into_inner()]),
            (None, command) => {
                (command.map(NonEmpty::into_inner).unwrap_or_default(), request.args.unwrap_or_default())
            }
        };
        let env = request.env.unwrap_or_default().into_iter().map(|variable| variable.0).collect();
        let context = Context { timeout_ms: request.timeout.0, ..Context::default() };
        Self { context, command, args, dir: request.dir.0, env }
    }
}

/// An absolute path.
#[derive(Debug)]
struct Directory(String);

impl Setting for Directory {
    const SCHEMA: Schema = Schema::Text(r#""type":"string","pattern":"^/""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        let path = String::read(value)?;
        if !path.starts_with('/') {
            return Err("is relative; an absolute path such as /tmp is needed".into());
        }
        Ok(Self(path))
    }
}

/// `NAME=value`.
#[derive(Debug)]
struct Variable(String);

impl Setting for Variable {
    const SCHEMA: Schema = Schema::Text(r#""type":"string","pattern":"^[^=]+=""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        let variable = String::read(value)?;
        if variable.find('=').unwrap_or(0) == 0 {
            return Err("has to be NAME=value".into());
        }
        Ok(Self(variable))
    }
}

/// Milliseconds: a number of seconds, or text with a unit as elsewhere in a profile.
#[derive(Debug)]
struct Timeout(u64);

impl Setting for Timeout {
    // So few digits that none is too large in milliseconds.
    const SCHEMA: Schema = Schema::Text(
        r#""type":["integer","string"],"minimum":1,"maximum":999999999,"pattern":"^[1-9][0-9]{0,8}(ms|s|m)$""#,
    );

    fn read(value: Value) -> Result<Self, Wrong> {
        let milliseconds = match value {
            Value::String(text) => {
                let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
                let unit = match &text[digits.len()..] {
                    "ms" => Some(1),
                    "s" => Some(1_000),
                    "m" => Some(60_000),
                    _ => None,
                };
                let number =
                    digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
                unit.zip(number).and_then(|(unit, number)| number.checked_mul(unit))
            }
            value => value.as_u64().and_then(|seconds| seconds.checked_mul(1_000)),
        };
        match milliseconds {
            Some(milliseconds @ 1..) => Ok(Self(milliseconds)),
            _ => Err("has to be a number of seconds, or text such as 500ms, 30s or 2m".into()),
        }
    }
}

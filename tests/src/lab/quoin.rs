//! [`Check`]: `quoin check`, run on a host of the lab.

use super::Namespace;
use crate::programs::quoin;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What to run.
#[derive(Debug)]
pub struct Check<'a> {
    host: &'a Namespace,
    profile: PathBuf,
    arguments: Vec<String>,
    prefix: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status.
    pub code: Option<i32>,
    /// The report; null where there is none.
    pub report: Value,
    /// What was said besides, on standard error.
    pub said: String,
    /// How long it took.
    pub took: Duration,
}

impl<'a> Check<'a> {
    /// `quoin check PROFILE` on that host.
    #[must_use]
    pub fn new(host: &'a Namespace, profile: &Path) -> Self {
        Self { host, profile: profile.to_owned(), arguments: Vec::new(), prefix: Vec::new() }
    }

    /// Over a network of its own.
    #[must_use]
    pub fn net(self, text: &str) -> Self {
        self.with(&["--net", text])
    }

    /// With more on the command line.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Started by another program, such as `setpriv --reuid …`.
    #[must_use]
    pub fn through(mut self, words: &[&str]) -> Self {
        self.prefix = words.iter().map(ToString::to_string).collect();
        self
    }

    /// The command, for those who want to do something else with it than wait for its end.
    #[must_use]
    pub fn command(&self) -> Command {
        let quoin = quoin();
        let mut command = match self.prefix.split_first() {
            None => self.host.command(quoin.get_program()),
            Some((program, arguments)) => {
                let mut command = self.host.command(program);
                command.args(arguments).arg(quoin.get_program());
                command
            }
        };
        command
            .args(quoin.get_args())
            .arg("check")
            .arg(&self.profile)
            .args(["--format", "json"])
            .args(&self.arguments);
        // What is trusted is said by the test, never by the environment.
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    ///
    /// # Panics
    ///
    /// Where it can't be run, or prints what is no report.
    #[must_use]
    pub fn run(self) -> Outcome {
        let mut command = self.command();
        let started = Instant::now();
        let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let took = started.elapsed();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = if output.stdout.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
        };
        Outcome { code: output.status.code(), report, said, took }
    }
}

impl Outcome {
    /// A control of the report.
    ///
    /// # Panics
    ///
    /// Where there is none of that id.
    #[must_use]
    pub fn control(&self, id: &str) -> &Value {
        let controls = self.report["controls"].as_array().map_or(&[][..], Vec::as_slice);
        let found = controls.iter().find(|control| control["id"] == id);
        found.unwrap_or_else(|| panic!("no control {id} in {:#}\n{}", self.report, self.said))
    }

    /// A control's status.
    #[must_use]
    pub fn status(&self, id: &str) -> &str {
        self.control(id)["status"].as_str().unwrap()
    }

    /// The ids of the controls that did not pass, each with its status and the first message that says why.
    #[must_use]
    pub fn not_passed(&self) -> Vec<String> {
        let controls = self.report["controls"].as_array().map_or(&[][..], Vec::as_slice);
        let bad = controls.iter().filter(|control| control["status"] != "pass");
        bad.map(|control| {
            let why = |observation: &Value| {
                let expectations = observation["expectations"].as_array().map_or(&[][..], Vec::as_slice);
                let failed: Vec<_> = expectations.iter().filter(|one| one["passed"] != true).collect();
                format!("{} {} {:?}", observation["status"], observation["error"], failed)
            };
            let observations = control["observations"].as_array().map_or(&[][..], Vec::as_slice);
            let reasons: Vec<_> = observations.iter().map(why).collect();
            format!("{} {}: {}", control["id"], control["status"], reasons.join("; "))
        })
        .collect()
    }

    /// Panics unless every control passed and the exit status says so.
    ///
    /// # Panics
    ///
    /// With what did not pass, and what was said.
    pub fn assert_passed(&self) {
        let bad = self.not_passed();
        assert!(
            bad.is_empty() && self.code == Some(0),
            "status {:?}\n{}\n{}",
            self.code,
            bad.join("\n"),
            self.said
        );
    }
}

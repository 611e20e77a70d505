//! What a command line asks for.

use super::parse::{Line, Stop};
#[cfg(feature = "authoring")]
use crate::expect::Expectation;
use crate::linux::LogSink;
use crate::plugin::Setup;
use crate::profile::{Severity, parse_duration};
use quoin_engine::capability::Capability;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "authoring")]
pub(super) use super::new::{CAPABILITIES, LANGUAGES, NewArgs, read as new};

/// A whole command line's.
pub(super) enum Request {
    Check(Box<CheckArgs>),
    List(Format),
    Inspect {
        plugin: String,
        format: Format,
    },
    #[cfg(feature = "authoring")]
    New(NewArgs),
    #[cfg(feature = "authoring")]
    Test(Box<TestArgs>),
    Version,
    #[cfg(feature = "completions")]
    Completions(String),
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// People.
    Table,
    /// Machines.
    Json,
}

pub(super) const FORMATS: &[&str] = &["table", "json"];

pub(super) const SEVERITIES: &[&str] = &Severity::WORDS;

/// Shells that completions are there for.
#[cfg(feature = "completions")]
pub(super) const SHELLS: &[&str] = &["bash", "zsh", "fish"];

pub(super) struct CheckArgs {
    pub(super) profile: PathBuf,
    pub(super) validate: bool,
    pub(super) format: Format,
    pub(super) output: Option<PathBuf>,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    pub(super) jobs: Option<NonZeroUsize>,
    pub(super) timeout: Option<Duration>,
    pub(super) controls: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) severity: Option<Severity>,
    pub(super) setting: Setting,
}

#[cfg(feature = "authoring")]
pub(super) struct TestArgs {
    pub(super) plugin: String,
    pub(super) config: String,
    pub(super) expect: Vec<Expectation>,
    pub(super) timeout: Duration,
    pub(super) format: Format,
    pub(super) setting: Setting,
}

/// What is looked at, from where, and what plugins may do beyond what the profile's own configuration needs.
pub(super) struct Setting {
    root: Option<PathBuf>,
    net: Option<String>,
    ca_file: Option<PathBuf>,
    grants: Vec<Capability>,
    trust_plugins: bool,
}

impl Setting {
    fn read(line: &Line) -> Result<Self, Stop> {
        Ok(Self {
            root: line.path("root"),
            net: line.text("net"),
            ca_file: line.path("ca-file"),
            grants: all(line, "grant", str::parse)?,
            trust_plugins: line.has("trust-plugins"),
        })
    }

    /// All that the operator says about plugins; `log` takes what they log.
    pub(super) fn setup(self, log: Arc<LogSink>) -> Setup {
        let Self { root, net, ca_file, grants, trust_plugins } = self;
        Setup { root, net, ca_file, grants, trust_plugins, log }
    }
}

pub(super) fn check(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Check(Box::new(CheckArgs {
        profile: line.path("PROFILE").unwrap_or_default(),
        validate: line.has("validate"),
        format: format(line),
        output: line.path("output"),
        quiet: line.has("quiet"),
        verbose: line.has("verbose"),
        jobs: one(line, "jobs", jobs)?,
        timeout: one(line, "timeout", duration)?,
        controls: line.texts("control"),
        tags: line.texts("tag"),
        severity: line.text("severity").and_then(|word| Severity::from_word(&word)),
        setting: Setting::read(line)?,
    })))
}

pub(super) fn list(line: &Line) -> Result<Request, Stop> {
    Ok(Request::List(format(line)))
}

pub(super) fn inspect(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Inspect { plugin: line.word("FILE"), format: format(line) })
}

#[cfg(feature = "authoring")]
pub(super) fn test(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Test(Box::new(TestArgs {
        plugin: line.word("FILE"),
        config: line.word("config"),
        expect: all(line, "expect", Expectation::parse)?,
        timeout: one(line, "timeout", duration)?.unwrap_or_default(),
        format: format(line),
        setting: Setting::read(line)?,
    })))
}

#[cfg(feature = "completions")]
pub(super) fn completions(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Completions(line.word("SHELL")))
}

fn format(line: &Line) -> Format {
    if line.word("format") == "json" { Format::Json } else { Format::Table }
}

fn one<T, E: std::fmt::Display>(
    line: &Line,
    name: &str,
    read: fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Stop> {
    line.text(name).map(|text| line.read(name, &text, read)).transpose()
}

fn all<T, E: std::fmt::Display>(
    line: &Line,
    name: &str,
    read: fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, Stop> {
    line.texts(name).iter().map(|text| line.read(name, text, read)).collect()
}

fn jobs(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a whole number from 1 is expected")
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|(_, help)| help)
}

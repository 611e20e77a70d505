//! What a command line asks for.

use super::parse::{Line, Stop};
#[cfg(feature = "authoring")]
use crate::expect::Expectation;
use crate::linux::LogSink;
use crate::plugin::Setup;
use crate::profile::{Severity, parse_duration};
use quoin_engine::capability::Capability;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "authoring")]
pub(super) use super::new::{NewArgs, read as new};

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

impl Format {
    pub(super) const WORDS: [&str; 2] = ["table", "json"];

    fn from_word(word: &str) -> Result<Self, &'static str> {
        match word {
            "table" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            _ => Err("no such form"),
        }
    }
}

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
            grants: line.read_all("grant", str::parse)?,
            trust_plugins: line.gave("trust-plugins"),
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
        validate: line.gave("validate"),
        format: line.read("format", Format::from_word)?,
        output: line.path("output"),
        quiet: line.gave("quiet"),
        verbose: line.gave("verbose"),
        jobs: line.read_any("jobs", jobs)?,
        timeout: line.read_any("timeout", duration)?,
        controls: line.read_all("control", text)?,
        tags: line.read_all("tag", text)?,
        severity: line.read_any("severity", |word| Severity::from_word(word).ok_or("no such level"))?,
        setting: Setting::read(line)?,
    })))
}

pub(super) fn list(line: &Line) -> Result<Request, Stop> {
    Ok(Request::List(line.read("format", Format::from_word)?))
}

pub(super) fn inspect(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Inspect { plugin: line.read("FILE", text)?, format: line.read("format", Format::from_word)? })
}

#[cfg(feature = "authoring")]
pub(super) fn test(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Test(Box::new(TestArgs {
        plugin: line.read("FILE", text)?,
        config: line.read("config", text)?,
        expect: line.read_all("expect", Expectation::parse)?,
        timeout: line.read("timeout", duration)?,
        format: line.read("format", Format::from_word)?,
        setting: Setting::read(line)?,
    })))
}

#[cfg(feature = "completions")]
pub(super) fn completions(line: &Line) -> Result<Request, Stop> {
    Ok(Request::Completions(line.read("SHELL", text)?))
}

fn text(text: &str) -> Result<String, Infallible> {
    Ok(text.to_owned())
}

fn jobs(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a whole number from 1 is expected")
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|(_, help)| help)
}

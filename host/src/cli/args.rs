//! The command line's grammar.

#[cfg(feature = "authoring")]
use crate::expect::{ExpectError, Expectation};
use crate::linux::LogSink;
use crate::plugin::Setup;
use crate::profile::Severity;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use quoin_engine::capability::Capability;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

// clap does not wrap here (that feature costs bytes): every text is kept short enough for 80 columns.

const ABOUT: &str = "\
Audit a device.

Quoin runs the checks of a profile and reports what passed, what failed and the
values it saw. Every check is a small WebAssembly plugin, run in a sandbox that
gives it nothing but what its configuration needs.";

const EXAMPLES: &str = "\
Examples:
  quoin check base.yaml                          audit this machine
  quoin check base.yaml --format json -o r.json  keep the report for a program
  quoin check base.yaml --root ./unpacked        audit a firmware image
  quoin check base.yaml --net bridge:br-guest    be one more guest there

Exit status:
  0    every control passed or was skipped
  1    a control failed or ended in an error
  2    the run could not take place: usage, profile, plugin, network or file
  130  interrupted; 143, terminated. The report has what had finished";

const INSPECT_STATUS: &str = "\
Exit status:
  0  it can be used
  1  it cannot, and the problems are listed in the order to fix them
  2  it cannot be read";

#[cfg(feature = "authoring")]
const TEST_EXAMPLES: &str = "\
Examples:
  quoin plugin test file --config '{\"path\": \"/etc/hosts\"}'
  quoin plugin test ./door.wasm --config @door.json --expect '!data.open'

Exit status:
  0  it passed
  1  it failed or ended in an error
  2  it could not take place: usage, plugin or configuration";

/// `quoin …`
#[derive(Debug, Parser)]
#[command(name = "quoin", version = VERSION, about = ABOUT, long_about = None, after_help = EXAMPLES)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// This version of Quoin.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the checks of a profile and report
    #[command(after_help = EXAMPLES)]
    Check(Box<CheckArgs>),
    /// Look at plugins, try them, or begin one
    Plugin {
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Print the version
    Version,
    /// Print a script that completes the command line in a shell
    #[cfg(feature = "completions")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The profile, a YAML file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(super) profile: PathBuf,

    /// Run nothing: say whether it could be run as it is
    #[arg(long, conflicts_with = "output")]
    pub(super) validate: bool,

    /// Table, or json for programs
    #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true, value_name = "FORM")]
    pub(super) format: Format,

    /// Replace a file with the report, once it is complete
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// Show only what failed or erred, and no progress
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Show all that was expected and seen, and logs
    #[arg(short, long)]
    pub(super) verbose: bool,

    /// Observations at once [default: cores, at least 4]
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,

    /// Time for the whole run, such as 90s or 5m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) timeout: Option<Duration>,

    #[command(flatten)]
    pub(super) target: TargetArgs,

    #[command(flatten)]
    pub(super) filter: FilterArgs,

    #[command(flatten)]
    pub(super) permissions: PermissionArgs,
}

/// What is looked at, and from where.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Audit an unpacked image: no commands, no sockets
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,

    /// Be a host of its own: bridge:br0,dhcp raw: tap: tun:
    #[arg(long, value_name = "FORM:NAME")]
    pub(super) net: Option<String>,

    /// Trust these authorities (PEM), not the system's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) ca_file: Option<PathBuf>,
}

/// Which controls are looked at.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which controls (what they depend on is run too)")]
pub(super) struct FilterArgs {
    /// This one; may be repeated
    #[arg(long, value_name = "ID")]
    pub(super) control: Vec<String>,

    /// With this tag; any of them, if repeated
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Vec<String>,

    /// At least this severe: low, medium, high or critical
    #[arg(long, hide_possible_values = true, value_name = "LEVEL")]
    #[arg(value_parser = PossibleValuesParser::new(Severity::WORDS).try_map(severity))]
    pub(super) severity: Option<Severity>,
}

/// What plugins may do beyond what the profile's own configuration needs.
#[derive(Debug, Args)]
#[command(next_help_heading = "What plugins may do beyond what their configuration needs")]
pub(super) struct PermissionArgs {
    /// A capability: fs:read:/etc/**, exec:id; repeatable
    #[arg(long, value_name = "KIND:PATTERN")]
    pub(super) grant: Vec<Capability>,

    /// Everything that the plugin itself asks for
    #[arg(long)]
    pub(super) trust_plugins: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum PluginCommand {
    /// List them, with what they want to be allowed
    List {
        /// Table, or json for programs
        #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true)]
        #[arg(value_name = "FORM")]
        format: Format,
    },
    /// Begin a plugin of your own, in Rust or in Go
    #[cfg(feature = "authoring")]
    New(super::new::NewArgs),
    /// Show what a plugin is, and all that is wrong with it
    #[command(after_help = INSPECT_STATUS)]
    Inspect {
        /// A module, or a built-in plugin's name
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        plugin: String,

        /// Table, or json for programs
        #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true)]
        #[arg(value_name = "FORM")]
        format: Format,
    },
    /// Make one observation, and show what it saw and took
    #[cfg(feature = "authoring")]
    #[command(after_help = TEST_EXAMPLES)]
    Test(Box<TestArgs>),
}

#[cfg(feature = "authoring")]
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// A module, or a built-in plugin's name
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) plugin: String,

    /// What it is told: JSON, or @FILE
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(super) config: String,

    /// What has to be true: data.exists; may be repeated
    #[arg(long, value_name = "EXPR", value_parser = expectation)]
    pub(super) expect: Vec<Expectation>,

    /// Time for the observation, such as 5s
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s")]
    pub(super) timeout: Duration,

    /// Table, or json for programs
    #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true, value_name = "FORM")]
    pub(super) format: Format,

    #[command(flatten)]
    pub(super) target: TargetArgs,

    #[command(flatten)]
    pub(super) permissions: PermissionArgs,
}

impl PermissionArgs {
    /// All that the operator says about plugins; `log` takes what they log.
    pub(super) fn setup(self, target: TargetArgs, log: Arc<LogSink>) -> Setup {
        let TargetArgs { root, net, ca_file } = target;
        Setup { root, net, ca_file, grants: self.grant, trust_plugins: self.trust_plugins, log }
    }
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// People.
    Table,
    /// Machines.
    Json,
}

/// Shells that completions are there for.
#[cfg(feature = "completions")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    /// Bash.
    Bash,
    /// Z shell.
    Zsh,
    /// Friendly interactive shell.
    Fish,
}

fn severity(word: String) -> Result<Severity, String> {
    Severity::from_word(&word).ok_or(word)
}

#[cfg(feature = "authoring")]
fn expectation(text: &str) -> Result<Expectation, ExpectError> {
    Expectation::parse(text)
}

fn duration(text: &str) -> Result<Duration, String> {
    crate::profile::parse_duration(text).map_err(|(_, help)| help)
}

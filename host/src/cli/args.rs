//! The command line's grammar.

use crate::profile::Severity;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use quoin_engine::capability::Capability;
use std::num::NonZeroUsize;
use std::path::PathBuf;
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
    /// Look at the plugins in this binary
    Plugin {
        #[command(subcommand)]
        command: PluginCommand,
    },
    /// Print the version
    Version,
    /// Print a script that completes the command line in a shell
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

    /// Audit an unpacked image: no commands, no sockets
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,

    /// Be a host of its own: bridge:br0,dhcp raw: tap: tun:
    #[arg(long, value_name = "FORM:NAME")]
    pub(super) net: Option<String>,

    /// Trust these authorities (PEM), not the system's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) ca_file: Option<PathBuf>,

    #[command(flatten)]
    pub(super) filter: FilterArgs,

    #[command(flatten)]
    pub(super) permissions: PermissionArgs,
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

fn duration(text: &str) -> Result<Duration, String> {
    crate::profile::parse_duration(text).map_err(|(_, help)| help)
}

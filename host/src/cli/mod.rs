//! The command line. The only room that prints.

mod args;
mod check;
#[cfg(feature = "completions")]
mod completions;
mod log;
#[cfg(feature = "authoring")]
mod new;
mod plugin;
mod progress;

use crate::run::Prepare;
use args::{Cli, Command, PluginCommand};
use clap::{CommandFactory as _, Parser as _};
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::{panic, process};

/// Exit status when the run could not take place.
const TROUBLE: u8 = 2;

/// The command line's grammar, of which manual pages are made.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs one command line (the program's name first) and answers the exit status. `prepare` gets the plugins of a profile
/// ready.
///
/// From then on, a panic is told in one line and ends the process as a run that could not take place does.
pub fn run(args: impl IntoIterator<Item = OsString>, prepare: Prepare) -> u8 {
    panic::set_hook(Box::new(|panic| {
        log::note(format_args!("quoin: {}", crate::run::defect(panic)));
        process::exit(TROUBLE.into());
    }));
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(answer) => {
            // Help that nobody reads to its end (`| head`) has still been given.
            let _ = answer.print();
            return if answer.use_stderr() { TROUBLE } else { 0 };
        }
    };
    let result = match cli.command {
        Command::Check(args) => check::check(*args, prepare),
        Command::Plugin { command } => match command {
            PluginCommand::List { format } => plugin::list(format),
            PluginCommand::Inspect { plugin, format } => plugin::inspect(&plugin, format),
            #[cfg(feature = "authoring")]
            PluginCommand::Test(args) => plugin::test(*args),
            #[cfg(feature = "authoring")]
            PluginCommand::New(args) => new::new(args),
        },
        Command::Version => print(|to| writeln!(to, "quoin {}", args::VERSION)),
        #[cfg(feature = "completions")]
        Command::Completions { shell } => print(|to| completions::write(shell, to)),
    };
    result.unwrap_or_else(|trouble| {
        let _ = writeln!(io::stderr(), "quoin: {}", trouble.0.trim_end());
        TROUBLE
    })
}

/// Why a command could not do what it was asked, for people, with what to do about it.
#[derive(Debug)]
struct Trouble(String);

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl Trouble {
    fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

/// Writes to standard output. That its reader has gone is no error.
fn print(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<u8, Trouble> {
    crate::report::Target::Stdout.write(write)?;
    Ok(0)
}

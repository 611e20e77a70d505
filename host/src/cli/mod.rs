//! The command line. The only room that prints.

mod args;
mod check;
#[cfg(feature = "completions")]
mod completions;
mod grammar;
mod help;
mod log;
#[cfg(feature = "authoring")]
mod new;
mod parse;
mod plugin;
mod progress;

use crate::run::Prepare;
use args::Request;
#[cfg(feature = "completions")]
pub use completions::command;
use parse::Stop;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::{panic, process};

/// Exit status when the run could not take place.
const TROUBLE: u8 = 2;

/// This version of Quoin.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs one command line (the program's name first) and answers the exit status. `prepare` gets the plugins of a profile
/// ready.
///
/// From then on, a panic is told in one line and ends the process as a run that could not take place does.
pub fn run(args: impl IntoIterator<Item = OsString>, prepare: Prepare) -> u8 {
    panic::set_hook(Box::new(|panic| {
        log::note(format_args!("quoin: {}", crate::run::defect(panic)));
        process::exit(TROUBLE.into());
    }));
    let request = parse::parse(&grammar::QUOIN, args).and_then(|line| match line.command.read {
        Some(read) => read(&line),
        None => Err(line.help(true)),
    });
    let request = match request {
        Ok(request) => request,
        Err(Stop { text, mistake: false }) => {
            // Help that nobody reads to its end (`| head`) has still been given.
            let _ = io::stdout().write_all(text.as_bytes());
            return 0;
        }
        Err(Stop { text, mistake: true }) => {
            let _ = io::stderr().write_all(text.as_bytes());
            return TROUBLE;
        }
    };
    let result = match request {
        Request::Check(args) => check::check(*args, prepare),
        Request::List(format) => plugin::list(format),
        Request::Inspect { plugin, format } => plugin::inspect(&plugin, format),
        #[cfg(feature = "authoring")]
        Request::Test(args) => plugin::test(*args),
        #[cfg(feature = "authoring")]
        Request::New(args) => new::new(args),
        Request::Version => print(|to| writeln!(to, "quoin {VERSION}")),
        #[cfg(feature = "completions")]
        Request::Completions(shell) => print(|to| completions::write(&shell, to)),
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

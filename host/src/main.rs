//! The `quoin` command.

use quoin::run::observe;
use std::process::ExitCode;

fn main() -> ExitCode {
    quoin::cli::run(std::env::args_os(), observe::prepare).into()
}

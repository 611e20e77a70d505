//! The `quoin` command.

use quoin::cli::Machinery;
use quoin::run::observe;
use std::process::ExitCode;

fn main() -> ExitCode {
    let machinery = Machinery { prepare: observe::prepare, describe: observe::describe };
    quoin::cli::run(std::env::args_os(), machinery).into()
}

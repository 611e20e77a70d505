//! `quoin-board`: the workstation's side of a board without Linux. It makes the plan that goes into the board's flash, and
//! shows the report that comes from its serial port.

mod plan;
mod port;
mod report;
mod stream;

use clap::{Parser, Subcommand, ValueEnum};
use quoin::report::{Detail, Escaped, Style, Table, Target, terminal_width, write_json};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes the plan of a board without Linux, and shows its report.
#[derive(Parser)]
#[command(name = "quoin-board", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make of a profile what goes into the board's flash.
    Plan {
        /// The profile.
        profile: PathBuf,
        /// How the board reaches the network: `dhcp`, or `addr=192.0.2.5/24,gw=192.0.2.1,dns=192.0.2.1`; `mac=` where its
        /// network chip has no address.
        #[arg(long, value_name = "OPTIONS", default_value = "dhcp")]
        net: String,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Wait for the board's report and show it; reset the board to have it begin. Ends with 0 if all passed, with 1 if not, and
    /// with 2 if there is no report.
    Report {
        /// The serial port, a file with what came from one, or `-` for standard input.
        port: PathBuf,
        /// For people or for machines.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        /// Tell everything that was seen, and what plugins log.
        #[arg(short, long, conflicts_with = "quiet")]
        verbose: bool,
        /// Tell only what is wrong.
        #[arg(short, long)]
        quiet: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(status) => ExitCode::from(status),
        Err(message) => {
            note(&message);
            ExitCode::from(2)
        }
    }
}

/// Says something beside the report. What came from the board is not to be acted upon by a terminal.
fn note(message: &str) {
    let _ = writeln!(io::stderr(), "quoin-board: {}", Escaped(message));
}

fn run(command: Command) -> Result<u8, String> {
    match command {
        Command::Plan { profile, net, output } => {
            let (frame, warnings) = plan::frame(&profile, &net)?;
            warnings.iter().for_each(|warning| note(&format!("warning: {warning}")));
            let target = Target::check(&output).map_err(|error| error.to_string())?;
            target.write(|to| to.write_all(&frame)).map_err(|error| error.to_string())?;
            Ok(0)
        }
        Command::Report { port, format, verbose, quiet } => {
            let mut input = port::open(&port)?;
            let log = |line: &quoin_frames::Log| {
                if verbose {
                    note(&format!("{} ({:?}): {}", line.plugin, line.level, line.message));
                }
            };
            let told = stream::read(&mut input, &log).map_err(|error| error.to_string())?;
            let (usage, board) = (told.usage, format!("{} ({})", told.started.board, told.started.addresses));
            let report = report::of(told)?;
            let detail = match (quiet, verbose) {
                (true, _) => Detail::Quiet,
                (_, true) => Detail::Verbose,
                _ => Detail::Normal,
            };
            let out = io::stdout();
            let table = Table { style: Style::of(&out), width: terminal_width(&out), detail };
            let shown = match format {
                Format::Table => table.write(&report, &mut out.lock()),
                Format::Json => write_json(&report, &mut out.lock()),
            };
            shown.map_err(|error| format!("standard output: {error}"))?;
            if !quiet {
                note(&format!("{board}: {}", report::usage(&usage)));
            }
            Ok(u8::from(!report.summary.clean()))
        }
    }
}

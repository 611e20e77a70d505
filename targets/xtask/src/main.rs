//! Chores of the Quoin repository: `cargo xtask CHORE`.

mod dist;
mod plugins;
mod sums;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask plugins [--check]
       cargo xtask dist TARGET… | --all [--run | --prove] [--again]

  plugins           build every plugin of plugins/ into plugins/dist/, with digests
  plugins --check   prove that plugins/dist/ is what the source builds; changes nothing

  dist TARGET…      build binaries and packages for these devices into target/dist/,
                    and hold them against their budgets; targets/ has the devices
  dist --all        for every device
  dist … --run      and run the binaries, under an emulator where need be
  dist … --prove    and run the crates' own tests there as well
  dist … --again    and build twice, and compare the bytes";

fn main() -> ExitCode {
    if let Some(status) = plugins::as_compiler() {
        return status;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["plugins"] => plugins::write(&repository()),
        ["plugins", "--check"] => plugins::check(&repository()),
        ["dist", rest @ ..] => match dist::Order::read(rest) {
            Some(order) => dist::run(&repository(), &order),
            None => return usage(),
        },
        ["-h" | "--help" | "help"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => return usage(),
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// The checkout that this was built in.
fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}

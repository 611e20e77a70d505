//! Chores of the Quoin repository: `cargo xtask CHORE`.

mod plugins;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask plugins [--check]

  plugins           build every plugin of plugins/ into plugins/dist/, with digests
  plugins --check   prove that plugins/dist/ is what the source builds; changes nothing";

fn main() -> ExitCode {
    if let Some(status) = plugins::as_compiler() {
        return status;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["plugins"] => plugins::write(&repository()),
        ["plugins", "--check"] => plugins::check(&repository()),
        ["-h" | "--help" | "help"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
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

/// The checkout that this was built in.
fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}

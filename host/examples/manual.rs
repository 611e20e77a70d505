//! Writes the manual pages of `quoin` and its commands into a folder, for packages: `cargo run --example manual -- FOLDER`.

use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: manual FOLDER"))?;
    clap_mangen::generate_to(quoin::cli::command(), folder)
}

//! Scripts that complete the command line.

use super::args::{Cli, Shell};
use clap::CommandFactory as _;
use clap_complete::{generate, shells};
use std::io::{self, Write};

/// Writes the script for `shell`.
pub(super) fn write(shell: Shell, to: &mut dyn Write) -> io::Result<()> {
    // The generator panics when it cannot write, so it writes to memory.
    let (mut command, mut script) = (Cli::command(), Vec::new());
    match shell {
        Shell::Bash => generate(shells::Bash, &mut command, "quoin", &mut script),
        Shell::Zsh => generate(shells::Zsh, &mut command, "quoin", &mut script),
        Shell::Fish => generate(shells::Fish, &mut command, "quoin", &mut script),
    }
    to.write_all(&script)
}

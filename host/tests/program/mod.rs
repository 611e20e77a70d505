//! Which `quoin` the tests of the command line run.

#![allow(dead_code, reason = "each test file is a program of its own, and needs some of it")]

use std::path::Path;
use std::process::Command;

/// This build's, or what `QUOIN_PROGRAM` names: words between spaces, such as `qemu-mips-static target/dist/quoin-mips`.
/// So the same tests prove a binary for another device.
pub fn quoin() -> Command {
    given().unwrap_or_else(|| Command::new(env!("CARGO_BIN_EXE_quoin")))
}

/// The same, run from a copy of the binary in this folder: it may lie where only its owner may look.
pub fn quoin_in(folder: &Path) -> Command {
    let quoin = quoin();
    let mut words: Vec<_> = quoin.get_args().map(ToOwned::to_owned).collect();
    words.insert(0, quoin.get_program().to_owned());
    // What comes before the binary is its emulator.
    let copy = folder.join("quoin");
    std::fs::copy(words.pop().expect("the binary"), &copy).expect("copies");
    words.push(copy.into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

/// What `QUOIN_PROGRAM` names, if it is set.
pub fn given() -> Option<Command> {
    let words = std::env::var("QUOIN_PROGRAM").ok()?;
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().expect("QUOIN_PROGRAM is empty"));
    command.args(words);
    Some(command)
}

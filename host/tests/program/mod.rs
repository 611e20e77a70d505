//! Which `quoin` the tests of the command line run.

#![allow(dead_code, reason = "each test file is a program of its own, and needs some of it")]

use std::process::Command;

/// This build's, or what `QUOIN_PROGRAM` names: words between spaces, such as `qemu-mips-static target/dist/quoin-mips`.
/// So the same tests prove a binary for another device.
pub fn quoin() -> Command {
    given().unwrap_or_else(|| Command::new(env!("CARGO_BIN_EXE_quoin")))
}

/// What `QUOIN_PROGRAM` names, if it is set.
pub fn given() -> Option<Command> {
    let words = std::env::var("QUOIN_PROGRAM").ok()?;
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().expect("QUOIN_PROGRAM is empty"));
    command.args(words);
    Some(command)
}

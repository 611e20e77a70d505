//! Hands the linker the board's memory, and cortex-m-rt's script with it.

use std::path::Path;
use std::{env, fs, io};

const BOARD: &str = "memory/mps2-an386.x";

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::copy(BOARD, Path::new(&out).join("memory.x"))?;
    println!("cargo::rerun-if-changed={BOARD}");
    println!("cargo::rustc-link-search={}", Path::new(&out).display());
    println!("cargo::rustc-link-arg=-Tlink.x");
    Ok(())
}

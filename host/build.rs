//! What has to be made before the program is compiled: the embedded plugins, compressed, and how the release build's program
//! is linked: without tables for unwinding. See `docs/rationale.md` for both.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Compresses most, and slowest.
const LEVEL: u8 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    compress(&here.join("../plugins/dist"), Path::new(&env::var("OUT_DIR")?))?;
    println!("cargo::rerun-if-changed=release.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    // `PROFILE` is `release` for what inherits from it, too.
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}/release.ld", here.display());
    }
    Ok(())
}

/// Writes each module in `dist` to `out` as a stream of RFC 1951.
fn compress(dist: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", dist.display());
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let Some(name) = path.file_stem().filter(|_| path.extension().is_some_and(|it| it == "wasm")) else {
            continue;
        };
        let module = fs::read(&path)?;
        let deflated = miniz_oxide::deflate::compress_to_vec(&module, LEVEL);
        if miniz_oxide::inflate::decompress_to_vec(&deflated).ok() != Some(module) {
            return Err(format!("{} does not survive being compressed", path.display()).into());
        }
        fs::write(out.join(name).with_extension("deflate"), deflated)?;
    }
    Ok(())
}

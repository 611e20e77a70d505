//! How the release build's program is linked: without tables for unwinding. See `docs/rationale.md`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=release.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    // `PROFILE` is `release` for what inherits from it, too.
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}/release.ld", env!("CARGO_MANIFEST_DIR"));
    }
}

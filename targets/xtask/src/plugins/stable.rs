//! The same bytes from every checkout: nothing of where the sources and the build lie gets into a module.
//!
//! Two things would. Paths, in what panics say, which the compiler can rewrite. And the names of symbols, in whose
//! order the linker lays out the code: they carry a hash that cargo makes from a crate's absolute path, when the
//! crate lies outside of the workspace that is built, as `engine/abi` does. Cargo has no setting for that, so it
//! calls the compiler through this program, which gives such crates a hash of their name.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Tells this program that cargo calls it as a compiler, and where the repository is.
const REPOSITORY: &str = "QUOIN_XTASK_COMPILES";

/// Sets the flags for a build of `repository` into `target`, and this program as the compiler's wrapper.
///
/// # Errors
///
/// Where this program or cargo's home can't be found.
pub(crate) fn apply(
    cargo: &mut Command,
    repository: &Path,
    target: &Path,
    mut flags: Vec<OsString>,
) -> Result<(), String> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .ok_or("no home directory: set CARGO_HOME")?;
    // Of the prefixes that match, the compiler takes the last.
    for (path, name) in [(home.as_path(), "/cargo"), (repository, "/quoin"), (target, "/target")] {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(path);
        flag.push("=");
        flag.push(name);
        flags.push(flag);
    }
    let this = std::env::current_exe().map_err(|error| format!("this program can't find itself: {error}"))?;
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join(OsStr::new("\x1f")));
    cargo.env("RUSTC_WRAPPER", this);
    cargo.env(REPOSITORY, repository);
    Ok(())
}

/// Where cargo called this program as its compiler: compiles, and answers the exit status.
pub(crate) fn as_compiler() -> Option<ExitCode> {
    let repository = std::env::var_os(REPOSITORY)?;
    let mut arguments = std::env::args_os().skip(1);
    let compiler = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    let package = std::env::var_os("CARGO_PKG_NAME").unwrap_or_default();
    let ours =
        std::env::var_os("CARGO_MANIFEST_DIR").is_some_and(|dir| Path::new(&dir).starts_with(repository));
    let arguments = if ours { named(arguments, &package) } else { arguments };
    Some(match Command::new(&compiler).args(arguments).env_remove(REPOSITORY).status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("xtask: {}: {error}", compiler.display());
            ExitCode::FAILURE
        }
    })
}

/// The compiler's arguments with the package's name in place of cargo's hash.
fn named(arguments: Vec<OsString>, package: &OsStr) -> Vec<OsString> {
    arguments
        .into_iter()
        .map(|argument| {
            if !argument.as_encoded_bytes().starts_with(b"metadata=") {
                return argument;
            }
            let mut stable = OsString::from("metadata=");
            stable.push(package);
            stable
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::named;
    use std::ffi::{OsStr, OsString};

    #[test]
    fn only_the_hash_is_replaced() {
        let arguments = ["--crate-name", "a", "-C", "metadata=0123", "-C", "extra-filename=-0123"];
        let stable = named(arguments.iter().map(OsString::from).collect(), OsStr::new("quoin-abi"));
        assert_eq!(
            stable,
            ["--crate-name", "a", "-C", "metadata=quoin-abi", "-C", "extra-filename=-0123"]
                .map(OsString::from)
        );
    }
}

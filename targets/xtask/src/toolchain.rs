//! What cargo and the compiler are called with, whatever is built: an environment that changes nothing, and either
//! rustup's toolchain or Debian's.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Debian's cargo. Rustup's shims may come first in the search path.
pub(crate) const DEBIAN_CARGO: &str = "/usr/bin/cargo";
/// Debian's compiler.
pub(crate) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The two ways to a compiler and a standard library for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The compiler that runs this, and rustup's standard library for the target.
    Rustup,
    /// Debian's compiler, and the standard library built from its source.
    Debian,
}

impl Kind {
    /// Both, the preferred first.
    pub(crate) const ALL: [Self; 2] = [Self::Rustup, Self::Debian];

    /// The recipe's name in what is written about a build.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        }
    }

    /// The recipe of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The compiler.
    pub(crate) fn rustc(self) -> Command {
        let mut command = match self {
            Self::Rustup => Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())),
            Self::Debian => Command::new(DEBIAN_RUSTC),
        };
        clear(&mut command);
        command
    }

    /// Version and host of the compiler, a line each.
    ///
    /// # Errors
    ///
    /// Where it does not run.
    pub(crate) fn version(self) -> Result<String, String> {
        let version = output(self.rustc().arg("-vV"))?;
        let wanted = ["release: ", "commit-hash: ", "host: ", "LLVM version: "];
        Ok(version
            .lines()
            .filter(|line| wanted.iter().any(|start| line.starts_with(start)))
            .map(|line| format!("{line}\n"))
            .collect())
    }

    /// Whether all of it is there: rustup's library for `target`, or Debian's `packages`. Answers the versions.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub(crate) fn find(self, target: &str, packages: &[&str]) -> Result<String, String> {
        match self {
            Self::Rustup => {
                let folder = output(self.rustc().args(["--print", "target-libdir", "--target", target]))?;
                let entries = Path::new(folder.trim()).read_dir().into_iter().flatten().flatten();
                if !entries
                    .into_iter()
                    .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore"))
                {
                    return Err(format!("rustc has no standard library for {target}"));
                }
                self.version()
            }
            Self::Debian => {
                if let Some(missing) =
                    [DEBIAN_CARGO, DEBIAN_RUSTC].into_iter().find(|program| !Path::new(program).exists())
                {
                    return Err(format!("there is no {missing}"));
                }
                // The compiler's own words leave out the revision of the package and what else goes into a build.
                let shown = output(
                    Command::new("dpkg-query")
                        .args(["--show", "--showformat=${db:Status-Status} ${Package}: ${Version}\\n"])
                        .args(packages),
                )?;
                let installed: Vec<&str> =
                    shown.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
                if installed.len() != packages.len() {
                    return Err("Debian packages are missing".to_owned());
                }
                let lines = installed.iter().map(|line| format!("{line}\n")).collect::<String>();
                Ok(self.version()? + &lines)
            }
        }
    }

    /// The first of these that is all there, with its versions. `who` is what it is for: "plugins need".
    ///
    /// # Errors
    ///
    /// What to install.
    pub(crate) fn choose(
        kinds: impl IntoIterator<Item = Self>,
        target: &str,
        packages: &[&str],
        who: &str,
    ) -> Result<(Self, String), String> {
        let mut missing = Vec::new();
        for kind in kinds {
            match kind.find(target, packages) {
                Ok(versions) => return Ok((kind, versions)),
                Err(error) => missing.push(format!("{error}: {}", kind.installation(target, packages))),
            }
        }
        Err(format!("{who} a compiler for {target}. One of these:\n  {}", missing.join("\n  ")))
    }

    /// Its cargo.
    pub(crate) fn cargo(self) -> Command {
        match self {
            Self::Rustup => cargo(),
            Self::Debian => Command::new(DEBIAN_CARGO),
        }
    }

    /// How to get what is missing.
    pub(crate) fn installation(self, target: &str, packages: &[&str]) -> String {
        match self {
            Self::Rustup => format!("rustup target add {target}"),
            Self::Debian => format!("apt-get install {}", packages.join(" ")),
        }
    }
}

/// How variables begin that change what is built. The last two are about us, whom cargo has started: build scripts that ask for
/// them (*ring*'s) would run again, and all that depends on them be built again.
const CHANGING: [&str; 7] = [
    "CARGO_BUILD_",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CARGO_ENCODED_",
    "CARGO_UNSTABLE_",
    "CARGO_PKG_",
    "CARGO_MANIFEST_",
];

/// Takes out of the environment whatever could change what is built.
pub(crate) fn clear(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let changes = CHANGING.iter().any(|prefix| text.starts_with(prefix));
        if changes || text.starts_with("RUSTC") || text == "RUSTFLAGS" {
            command.env_remove(&name);
        }
    }
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Runs a program to its end, and lets it say what it has to say.
///
/// # Errors
///
/// `failure`, or that it does not run.
pub(crate) fn run(command: &mut Command, failure: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failure.to_owned()),
        Err(error) => Err(does_not_run(command, &error)),
    }
}

fn does_not_run(command: &Command, error: &std::io::Error) -> String {
    format!("{} does not run ({error})", command.get_program().display())
}

/// What a program prints.
///
/// # Errors
///
/// Where it does not run, or fails.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| does_not_run(command, &error))?;
    if !output.status.success() {
        let program = command.get_program().display();
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn recipes_are_found_by_their_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        assert_eq!(Kind::named("homebrew"), None);
    }
}

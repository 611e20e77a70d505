//! Which toolchain builds the plugins: rustup's, where it has the target, or Debian's, which builds the standard
//! library from its source. Each gives the same bytes every time, but not those of the other.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The target that plugins are built for.
pub(crate) const TARGET: &str = "wasm32-wasip1";

/// Debian's packages that the recipe of that name consists of.
const PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19", "wasi-libc"];

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The two ways to a compiler and a standard library for [`TARGET`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The compiler that runs this, and rustup's standard library for the target.
    Rustup,
    /// Debian's compiler, and the standard library built from its source.
    Debian,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Rustup, Self::Debian];

    /// The recipe's name in `TOOLCHAIN`.
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

    fn installation(self) -> String {
        match self {
            Self::Rustup => format!("rustup target add {TARGET}"),
            Self::Debian => format!("apt-get install {}", PACKAGES.join(" ")),
        }
    }
}

/// A recipe whose tools are all there.
#[derive(Debug)]
pub(crate) struct Recipe {
    kind: Kind,
    toolchain: String,
}

impl Recipe {
    /// The preferred recipe, or else the first whose tools are there.
    ///
    /// # Errors
    ///
    /// What to install, where there is none.
    pub(crate) fn choose(preferred: Option<Kind>) -> Result<Self, String> {
        let mut missing = Vec::new();
        for kind in preferred.into_iter().chain(Kind::ALL) {
            match Self::find(kind) {
                Ok(recipe) => return Ok(recipe),
                Err(error) => missing.push(format!("{error}: {}", kind.installation())),
            }
        }
        Err(format!("plugins need a compiler for {TARGET}. One of these:\n  {}", missing.join("\n  ")))
    }

    /// The recipe of this kind.
    ///
    /// # Errors
    ///
    /// What to install.
    pub(crate) fn only(kind: Kind) -> Result<Self, String> {
        Self::find(kind).map_err(|error| {
            format!(
                "plugins/dist was built with the {} recipe, and only that gives the same bytes. {error}: {}",
                kind.name(),
                kind.installation()
            )
        })
    }

    fn find(kind: Kind) -> Result<Self, String> {
        let mut toolchain = format!("recipe: {}\n", kind.name());
        match kind {
            Kind::Rustup => {
                let folder = output(rustc(kind).args(["--print", "target-libdir", "--target", TARGET]))?;
                let entries = Path::new(folder.trim()).read_dir().into_iter().flatten().flatten();
                if !entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd"))
                {
                    return Err(format!("rustc has no standard library for {TARGET}"));
                }
                toolchain += &compiler(kind)?;
            }
            Kind::Debian => {
                if let Some(missing) =
                    [DEBIAN_CARGO, DEBIAN_RUSTC].into_iter().find(|program| !Path::new(program).exists())
                {
                    return Err(format!("there is no {missing}"));
                }
                // The compiler's own words leave out the revision of the package and what else goes into a module.
                let packages = output(
                    Command::new("dpkg-query")
                        .args(["--show", "--showformat=${db:Status-Status} ${Package}: ${Version}\\n"])
                        .args(PACKAGES),
                )?;
                let installed: Vec<&str> =
                    packages.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
                if installed.len() != PACKAGES.len() {
                    return Err("Debian packages are missing".to_owned());
                }
                toolchain += &compiler(kind)?;
                toolchain += &installed.iter().map(|line| format!("{line}\n")).collect::<String>();
            }
        }
        Ok(Self { kind, toolchain })
    }

    /// The recipe's name.
    pub(crate) const fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// What `TOOLCHAIN` says: the recipe and the versions of what it consists of. The same text is the same bytes.
    pub(crate) fn toolchain(&self) -> &str {
        &self.toolchain
    }

    /// The beginning of a `cargo build` for [`TARGET`].
    pub(crate) fn cargo_build(&self) -> Command {
        let cargo = match self.kind {
            Kind::Rustup => std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            Kind::Debian => DEBIAN_CARGO.into(),
        };
        let mut command = Command::new(cargo);
        clear(&mut command);
        command.args(["build", "--release", "--locked", "--target", TARGET]);
        if self.kind == Kind::Debian {
            command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
            // Rustup's shims may come first in the search path.
            command.env("RUSTC", DEBIAN_RUSTC);
            command.env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_TARGET_WASM32_WASIP1_LINKER", "wasm-ld-19");
        }
        command
    }

    /// The compiler's flags.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        // The default stack is 1 MiB, which every instance would carry. The compact SHA-256 is a tenth of the size.
        let mut flags = vec!["-Clink-arg=-zstack-size=65536", "--cfg=sha2_backend_soft=\"compact\""];
        if self.kind == Kind::Debian {
            flags.extend(["-L/usr/lib/wasm32-wasi", "-Zlocation-detail=none", "-Zfmt-debug=none"]);
        }
        flags.into_iter().map(OsString::from).collect()
    }
}

fn rustc(kind: Kind) -> Command {
    let mut command = match kind {
        Kind::Rustup => Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())),
        Kind::Debian => Command::new(DEBIAN_RUSTC),
    };
    clear(&mut command);
    command
}

/// Takes out of the environment whatever could change what is built.
fn clear(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let changes =
            ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_", "CARGO_ENCODED_", "CARGO_UNSTABLE_"]
                .iter()
                .any(|prefix| text.starts_with(prefix));
        if changes || text.starts_with("RUSTC") || text == "RUSTFLAGS" {
            command.env_remove(&name);
        }
    }
}

/// Version and host of the compiler.
fn compiler(kind: Kind) -> Result<String, String> {
    let version = output(rustc(kind).arg("-vV"))?;
    let wanted = ["release: ", "commit-hash: ", "host: ", "LLVM version: "];
    Ok(version
        .lines()
        .filter(|line| wanted.iter().any(|start| line.starts_with(start)))
        .map(|line| format!("{line}\n"))
        .collect())
}

fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program} does not run ({error})"))?;
    if !output.status.success() {
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

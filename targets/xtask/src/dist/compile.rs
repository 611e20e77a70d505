//! One target to one stripped static binary.

use super::Variant;
use super::target::{Object, Target};
use crate::toolchain::{self, Kind};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian's packages that the recipe of that name consists of.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// What the small build does without: where in the source a panic was, and what derived `Debug` prints beside a name. No
/// message that a user reads is made of either; those of defects are shorter. The stable compiler can't be told so.
const SMALL: [&str; 2] = ["-Zlocation-detail=none", "-Zfmt-debug=shallow"];

/// The same for the interpreter's instructions: what `Debug` prints of them is their names, 32 KB with where each is.
const SMALL_OPS: [&str; 3] =
    ["-Zprofile-rustflags", "--config", "profile.small.package.wasmi_ir.rustflags = ['-Zfmt-debug=none']"];

/// What builds for one target, all of it there.
pub(crate) struct Recipe {
    kind: Kind,
    /// The versions of all that made the binary, a line each.
    pub(crate) toolchain: String,
    zig: PathBuf,
    zigbuild: PathBuf,
}

impl Recipe {
    /// The first recipe whose tools are there; Zig and `cargo-zigbuild` are installed below `target/`.
    ///
    /// # Errors
    ///
    /// What to install.
    pub(crate) fn choose(repository: &Path, target: &Target) -> Result<Self, String> {
        let provision = |name: &str| {
            let path = toolchain::output(&mut Command::new(repository.join("tests/provision").join(name)))?;
            Ok::<_, String>(PathBuf::from(path.trim_end()))
        };
        let (zig, zigbuild) = (provision("zig")?, provision("zigbuild")?);
        let linker = format!(
            "{}zig {}",
            toolchain::output(Command::new(&zigbuild).arg("--version"))?,
            toolchain::output(Command::new(&zig).arg("version"))?
        );
        let (kind, versions) = Kind::choose(Kind::ALL, &target.triple, &PACKAGES, "dist needs")?;
        let toolchain = format!("recipe: {}\n{versions}{linker}", kind.name());
        Ok(Self { kind, toolchain, zig, zigbuild })
    }

    /// A `cargo zigbuild` for the target into `folder`: the path of the program.
    ///
    /// # Errors
    ///
    /// Where cargo fails; it has said why.
    pub(crate) fn build(
        &self,
        repository: &Path,
        folder: &Path,
        target: &Target,
        variant: Variant,
    ) -> Result<PathBuf, String> {
        let (profile, more_flags) = match variant {
            Variant::Full => ("release", &[][..]),
            Variant::Small => ("small", &SMALL[..]),
        };
        let mut cargo = self.cargo("zigbuild", repository, folder, target, more_flags)?;
        cargo.args(["--profile", profile, "--package", "quoin"]);
        if variant == Variant::Small {
            cargo.arg("--no-default-features");
        }
        if self.kind == Kind::Debian {
            if variant == Variant::Small {
                cargo.args(SMALL_OPS);
            }
            // Without `backtrace`, which is a default, the standard library can't read symbols that aren't there anyway.
            cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        }
        toolchain::run(&mut cargo, &format!("{} does not build", target.triple))?;
        Ok(folder.join(&target.triple).join(profile).join("quoin"))
    }

    /// Builds the unit and integration tests of these packages for the target, in the profile of tests, and runs them where
    /// its programs run.
    ///
    /// # Errors
    ///
    /// Where one fails; cargo has said which.
    pub(crate) fn test(
        &self,
        repository: &Path,
        folder: &Path,
        target: &Target,
        packages: &[&str],
    ) -> Result<(), String> {
        let mut cargo = self.cargo("test", repository, folder, target, &[])?;
        cargo.args(["--quiet", "--lib", "--tests", "--config", "profile.dev.debug=false"]);
        for package in packages {
            cargo.args(["--package", package]);
        }
        if self.kind == Kind::Debian {
            // With unwinding: a test that fails says which assertion did.
            cargo.arg("-Zbuild-std=std,panic_unwind");
        }
        if !target.emulator.is_empty() {
            let name = target.triple.replace('-', "_").to_uppercase();
            cargo.env(format!("CARGO_TARGET_{name}_RUNNER"), target.emulator.join(" "));
        }
        toolchain::run(&mut cargo, &format!("tests for {} fail", target.triple))
    }

    /// `cargo-zigbuild`, to compile for the target into `folder`; Debian's compiler takes `more_flags`.
    fn cargo(
        &self,
        subcommand: &str,
        repository: &Path,
        folder: &Path,
        target: &Target,
        more_flags: &[&str],
    ) -> Result<Command, String> {
        let mut cargo = Command::new(&self.zigbuild);
        toolchain::clear(&mut cargo);
        cargo.current_dir(repository);
        cargo.args([subcommand, "--locked", "--target", &target.triple]).arg("--target-dir").arg(folder);
        let mut flags = target.flags.clone();
        flags.push("--cfg=quoin_static".to_owned());
        // Of the prefixes that match, the compiler takes the last.
        for (path, name) in [(cargo_home()?.as_path(), "/cargo"), (repository, "/quoin"), (folder, "/target")]
        {
            flags.push(format!("--remap-path-prefix={}={name}", path.display()));
        }
        if let Some(object) = &target.object {
            flags.push(format!("-Clink-arg={}", self.object(repository, object)?.display()));
        }
        if self.kind == Kind::Debian {
            // Zig brings the C library.
            flags.push("-Clink-self-contained=no".to_owned());
            cargo.env("CARGO", toolchain::DEBIAN_CARGO).env("RUSTC", toolchain::DEBIAN_RUSTC);
            cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTUP_TOOLCHAIN");
            flags.extend(more_flags.iter().copied().map(str::to_owned));
        }
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        cargo.env("CARGO_ZIGBUILD_ZIG_PATH", &self.zig);
        cargo.env("CARGO_ZIGBUILD_CACHE_DIR", folder.join("zigbuild"));
        Ok(cargo)
    }

    /// Compiles C, and answers the path of the object file, which is the same for every build of this checkout.
    fn object(&self, repository: &Path, object: &Object) -> Result<PathBuf, String> {
        let folder = repository.join("target/dist-objects");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let path = folder.join(&object.zig).with_extension("o");
        let mut zig = Command::new(&self.zig);
        zig.args(["cc", "-target", &object.zig, "-fno-pic", "-Os", "-c"]);
        toolchain::output(zig.arg(&object.source).arg("-o").arg(&path))?;
        Ok(path)
    }
}

fn cargo_home() -> Result<PathBuf, String> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .ok_or_else(|| "no home directory: set CARGO_HOME".to_owned())
}

//! Which toolchain builds the plugins: rustup's, where it has the target, or Debian's, which builds the standard
//! library from its source. Each gives the same bytes every time, but not those of the other.

use crate::toolchain::{self, Kind};
use std::ffi::OsString;
use std::process::Command;

/// The target that plugins are built for.
pub(crate) const TARGET: &str = "wasm32-wasip1";

/// Debian's packages that the recipe of that name consists of.
const PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19", "wasi-libc"];

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
        let kinds = preferred.into_iter().chain(Kind::ALL);
        let (kind, versions) = Kind::choose(kinds, TARGET, &PACKAGES, "plugins need")?;
        Ok(Self::new(kind, &versions))
    }

    /// The recipe of this kind.
    ///
    /// # Errors
    ///
    /// What to install.
    pub(crate) fn only(kind: Kind) -> Result<Self, String> {
        kind.find(TARGET, &PACKAGES).map(|versions| Self::new(kind, &versions)).map_err(|error| {
            format!(
                "plugins/dist was built with the {} recipe, and only that gives the same bytes. {error}: {}",
                kind.name(),
                kind.installation(TARGET, &PACKAGES)
            )
        })
    }

    fn new(kind: Kind, versions: &str) -> Self {
        Self { kind, toolchain: format!("recipe: {}\n{versions}", kind.name()) }
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
        let mut command = self.kind.cargo();
        toolchain::clear(&mut command);
        command.args(["build", "--release", "--locked", "--target", TARGET]);
        if self.kind == Kind::Debian {
            command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
            command.env("RUSTC", toolchain::DEBIAN_RUSTC);
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

//! The devices that there are, from `targets/FAMILY/target.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a device is built for, with what, and how large it may get. `targets/README.md` explains the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Target {
    /// The compiler's name of it.
    pub(crate) triple: String,
    /// The compiler's flags beyond those that every target has.
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    /// C that is linked in.
    pub(crate) object: Option<Object>,
    /// What runs its programs here and the options; empty where this machine's processor does.
    #[serde(default)]
    pub(crate) emulator: Vec<String>,
    /// Debian's name of the architecture, where Debian has it.
    pub(crate) deb: Option<String>,
    /// OpenWrt's names of the architectures whose devices run it.
    #[serde(default)]
    pub(crate) opkg: Vec<String>,
    /// What its binary may measure.
    pub(crate) budget: Budget,
}

/// A file in C that is linked in, in front of the C library.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Object {
    /// The file. In `target.toml` it lies beside that, here it has its whole path.
    pub(crate) source: PathBuf,
    /// Zig's name for the target.
    pub(crate) zig: String,
}

/// The most bytes that a stripped binary may have.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Budget {
    /// With all features and all embedded plugins.
    pub(crate) full: u64,
    /// Without the default features. Only where this is set is such a binary made.
    pub(crate) small: Option<u64>,
    /// What that one may take of a compressed file system.
    pub(crate) small_flash: Option<u64>,
}

/// Reads every `targets/*/target.toml`.
///
/// # Errors
///
/// The file that can't be read, and why; a name that two families have.
pub(crate) fn read(targets: &Path) -> Result<BTreeMap<String, Target>, String> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(targets).map_err(|error| failed(targets, &error))?.flatten() {
        let path = entry.path().join("target.toml");
        if !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        let family: BTreeMap<String, Target> =
            toml::from_str(&text).map_err(|error| failed(&path, &error))?;
        for (name, mut target) in family {
            if let Some(object) = &mut target.object {
                object.source = path.with_file_name(&object.source);
            }
            if all.insert(name.clone(), target).is_some() {
                return Err(failed(&path, &format!("another family has a target `{name}`, too")));
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::read;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_families_of_this_repository_are_read_and_have_a_page_each() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("targets/");
        let targets = read(folder).expect("reads");
        for name in ["aarch64", "armv7", "mips", "mipsel", "x86_64"] {
            assert!(targets.contains_key(name), "{name}");
        }
        for entry in fs::read_dir(folder).expect("targets/").flatten() {
            let has = |name: &str| entry.path().join(name).is_file();
            assert!(!has("target.toml") || has("README.md"), "{}", entry.path().display());
        }
    }

    #[test]
    fn unknown_keys_and_names_that_are_taken_are_errors() {
        let folder = tempfile::tempdir().expect("a folder");
        let family = |name: &str, text: &str| {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
            fs::write(folder.path().join(name).join("target.toml"), text).expect("writes");
        };
        family("a", "[one]\ntriple = 't'\nbudget = { full = 1 }\n");
        assert_eq!(read(folder.path()).expect("reads")["one"].triple, "t");
        family("b", "[one]\ntriple = 'u'\nbudget = { full = 1 }\n");
        assert!(read(folder.path()).expect_err("twice").contains("`one`, too"));
        family("b", "[two]\ntriple = 'u'\nbudget = { full = 1, huge = 2 }\n");
        assert!(read(folder.path()).expect_err("unknown").contains("huge"));
    }
}

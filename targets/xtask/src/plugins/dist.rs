//! The folder `plugins/dist/`: modules, their digests, and what made them.

use super::limits;
use crate::sums;
use crate::toolchain::Kind;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const SUMS: &str = "SHA256SUMS";
const TOOLCHAIN: &str = "TOOLCHAIN";

/// All files of the folder, by name.
pub(crate) struct Dist {
    files: BTreeMap<String, Vec<u8>>,
}

impl Dist {
    /// The folder as it has to be for these modules.
    pub(crate) fn new(modules: Vec<(String, Vec<u8>)>, toolchain: String) -> Self {
        let mut files: BTreeMap<_, _> =
            modules.into_iter().map(|(plugin, bytes)| (format!("{plugin}.wasm"), bytes)).collect();
        let sums = sums::lines(&files);
        files.insert(SUMS.to_owned(), sums.into_bytes());
        files.insert(TOOLCHAIN.to_owned(), toolchain.into_bytes());
        Self { files }
    }

    /// The folder as it is.
    ///
    /// # Errors
    ///
    /// Where it can't be read.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let failed = |error| format!("{}: {error}", folder.display());
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, fs::read(entry.path()).map_err(failed)?);
        }
        Ok(Self { files })
    }

    /// Makes the folder what this is, and removes modules whose plugin is gone.
    ///
    /// # Errors
    ///
    /// Where it can't be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), String> {
        let failed = |error| format!("{}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(failed)?;
        for name in Self::read(folder)?.files.keys() {
            if name.ends_with(".wasm") && !self.files.contains_key(name) {
                fs::remove_file(folder.join(name)).map_err(failed)?;
            }
        }
        for (name, bytes) in &self.files {
            fs::write(folder.join(name), bytes).map_err(failed)?;
        }
        Ok(())
    }

    /// What made it.
    pub(crate) fn toolchain(&self) -> &str {
        self.files.get(TOOLCHAIN).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// The recipe that made it.
    pub(crate) fn recipe(&self) -> Option<Kind> {
        self.toolchain().lines().find_map(|line| Kind::named(line.strip_prefix("recipe: ")?))
    }

    /// A line for each file in which `built` differs.
    pub(crate) fn differences(&self, built: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (name, bytes) in &built.files {
            match self.files.get(name) {
                None => differences.push(format!("{name} is missing")),
                Some(committed) if committed != bytes => differences.push(format!(
                    "{name}: {} bytes are committed, {} were built, and they differ",
                    committed.len(),
                    bytes.len()
                )),
                Some(_) => {}
            }
        }
        let stale = self.files.keys().filter(|name| !built.files.contains_key(*name));
        differences.extend(stale.map(|name| format!("{name} is there, but no source builds it")));
        differences
    }

    /// A line for each module with its size, memory and digest.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for (name, bytes) in self.files.iter().filter(|(name, _)| name.ends_with(".wasm")) {
            let pages = limits::start_pages(bytes).unwrap_or_default();
            let digest = sums::sha256(bytes);
            // Writing to a string does not fail.
            let _ = writeln!(table, "{name:<16} {:>6} bytes  {pages} pages  sha256 {digest}", bytes.len());
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::Dist;
    use crate::toolchain::Kind;

    fn dist(modules: &[(&str, &str)]) -> Dist {
        let modules =
            modules.iter().map(|&(name, bytes)| (name.to_owned(), bytes.as_bytes().to_vec())).collect();
        Dist::new(modules, "recipe: debian\nrelease: 1\n".to_owned())
    }

    #[test]
    fn survives_the_disk() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        dist(&[("a", "abc"), ("gone", "x")]).write(folder.path()).expect("writes");
        let now = dist(&[("a", "abc"), ("b", "")]);
        now.write(folder.path()).expect("writes again");
        let read = Dist::read(folder.path()).expect("reads");
        assert_eq!(read.differences(&now), [""; 0]);
        assert_eq!(read.recipe(), Some(Kind::Debian));
        let sums = std::fs::read_to_string(folder.path().join("SHA256SUMS")).expect("sums");
        assert_eq!(
            sums,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.wasm\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b.wasm\n"
        );
    }

    #[test]
    fn tells_what_differs() {
        let committed = dist(&[("a", "abc"), ("gone", "x")]);
        let differences = committed.differences(&dist(&[("a", "abd"), ("b", "")]));
        for (part, count) in [("a.wasm: 3 bytes", 1), ("b.wasm is missing", 1), ("gone.wasm is there", 1)] {
            assert_eq!(
                differences.iter().filter(|line| line.contains(part)).count(),
                count,
                "{differences:?}"
            );
        }
    }
}

//! `SHA256SUMS`, by which whoever copies a file knows that all of it has arrived.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const NAME: &str = "SHA256SUMS";

/// Digest of these bytes, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines of these files, as `sha256sum --check` reads them.
pub(crate) fn lines<'a>(files: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> String {
    files.into_iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect()
}

/// Writes the digests of all files in `folder` beside them, whichever run made them.
///
/// # Errors
///
/// The file that can't be read or written.
pub(crate) fn write(folder: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != NAME {
            files.insert(name, fs::read(entry.path()).map_err(failed)?);
        }
    }
    fs::write(folder.join(NAME), lines(&files)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::write;
    use std::fs;

    #[test]
    fn every_file_but_the_list_itself_is_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [("b", ""), ("a", "abc")] {
            fs::write(folder.path().join(name), text).expect("writes");
        }
        for _ in 0..2 {
            write(folder.path()).expect("writes");
            assert_eq!(
                fs::read_to_string(folder.path().join("SHA256SUMS")).expect("reads"),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n\
                 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n"
            );
        }
    }
}

//! The files that a new plugin consists of, as `build.rs` has packed them.

use super::{Kind, Language};
use crate::unpack::unpack;

const RUST: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rust"));
const GO: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/go"));

/// A file of a new plugin.
pub(super) struct File {
    /// Where it goes, within the plugin's folder.
    pub(super) path: String,
    /// What it says.
    pub(super) text: String,
    /// It has placeholders.
    pub(super) is_template: bool,
}

/// The files for a language and a kind.
pub(super) fn files(language: Language, kind: Kind) -> Vec<File> {
    let packed = match language {
        Language::Rust => RUST,
        Language::Go => GO,
    };
    // It was packed by our own build, and a test reads all of it.
    let bytes = unpack(packed, &[]).unwrap_or_default();
    let all = String::from_utf8(bytes).unwrap_or_default();
    let (mut files, mut rest) = (Vec::new(), all.as_str());
    while let Some((usage, path, text, next)) = first(rest) {
        rest = next;
        let is_template = usage != "sdk";
        if !is_template || usage == "all" || usage == kind.as_str() {
            files.push(File { path: path.to_owned(), text: text.to_owned(), is_template });
        }
    }
    files
}

/// The first file: what it is for, its path, its text, and what is behind it.
fn first(archive: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, rest) = archive.split_once('\n')?;
    let mut words = head.split(' ');
    let (usage, path) = (words.next()?, words.next()?);
    let (text, rest) = rest.split_at_checked(words.next()?.parse().ok()?)?;
    Some((usage, path, text, rest))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Language, files};

    #[test]
    fn all_of_it_is_read() {
        for language in [Language::Rust, Language::Go] {
            for kind in [Kind::Fs, Kind::Network, Kind::Exec, Kind::Env] {
                let files = files(language, kind);
                let has = |path: &str| files.iter().filter(|file| file.path == path).count() == 1;
                assert!(has("Makefile") && has("README.md") && has(".gitignore"));
                assert!(has(if language == Language::Go { "main_test.go" } else { "src/lib.rs" }));
                assert!(has(if language == Language::Go {
                    "quoin/schema.go"
                } else {
                    "quoin/derive/src/words.rs"
                }));
                let foot =
                    files.iter().filter(|file| !file.is_template && file.text.contains("\nmod tests {"));
                assert_eq!(foot.count(), 0, "tests of the SDK are not for those who use it");
            }
        }
    }
}

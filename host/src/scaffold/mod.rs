//! The beginning of a plugin: source, `Makefile`, `README.md`, and the SDK beside it, so that it builds anywhere.

mod archive;
mod example;
mod name;
mod text;

pub use name::{Name, NameError};
pub use text::{Description, DescriptionError};

use quoin_engine::capability::{Capability, CapabilityError, NetworkRule};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The language of a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust, over the SDK `quoin-plugin`.
    Rust,
    /// Go, over the module in `plugins/go`.
    Go,
}

impl Language {
    const ALL: [Self; 2] = [Self::Rust, Self::Go];

    /// The words of all of them.
    pub const WORDS: [&str; 2] = [Self::ALL[0].as_str(), Self::ALL[1].as_str()];

    /// Its word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
        }
    }

    /// The language that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == word)
    }
}

/// What the first check of a plugin asks the machine for, which is also what its capability is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Files.
    Fs,
    /// TCP connections.
    Network,
    /// Programs.
    Exec,
    /// Environment variables.
    Env,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Fs, Self::Network, Self::Exec, Self::Env];

    /// The words of all of them.
    pub const WORDS: [&str; 4] =
        [Self::ALL[0].as_str(), Self::ALL[1].as_str(), Self::ALL[2].as_str(), Self::ALL[3].as_str()];

    /// The kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The word in front of a capability's pattern.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fs => "fs",
            Self::Network => "network",
            Self::Exec => "exec",
            Self::Env => "env",
        }
    }
}

/// A plugin that is about to begin.
#[derive(Debug, Clone)]
pub struct Beginning {
    name: Name,
    description: Description,
    language: Language,
    kind: Kind,
    pattern: String,
    example: String,
}

impl Beginning {
    /// A plugin with the one capability `kind:pattern`.
    ///
    /// # Errors
    ///
    /// Where that is no capability, or one that a first check can do nothing with.
    pub fn new(
        name: Name,
        description: Description,
        language: Language,
        kind: Kind,
        pattern: &str,
    ) -> Result<Self, PatternError> {
        let capability = Capability::parse(kind.as_str(), pattern).map_err(PatternError::Capability)?;
        match &capability {
            Capability::FsWrite(_) => return Err(PatternError::Write),
            Capability::Network(NetworkRule::Private) => return Err(PatternError::Private),
            _ => {}
        }
        if pattern.chars().any(char::is_control) {
            return Err(PatternError::Control);
        }
        let example = example::config(&capability);
        Ok(Self { name, description, language, kind, pattern: pattern.to_owned(), example })
    }

    /// Writes it to a new folder of its name in `folder`, which is made if it is not there, and answers the new folder's path.
    ///
    /// # Errors
    ///
    /// Where there is something of that name already, which is left as it is, or where writing fails; then nothing is left
    /// behind.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, WriteError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| WriteError { path, error }
        };
        fs::create_dir_all(folder).map_err(at(folder))?;
        let new = folder.join(self.name.as_str());
        // From here on it is ours: making it fails where there is anything of that name.
        fs::create_dir(&new).map_err(at(&new))?;
        for file in archive::files(self.language, self.kind) {
            let path = new.join(&file.path);
            let text = if file.is_template { self.fill(&file.text) } else { file.text };
            let parent = path.parent().unwrap_or(&new);
            let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
            if let Err(error) = written {
                // Whatever keeps this from being removed has kept it from being written, and that is told.
                let _ = fs::remove_dir_all(&new);
                return Err(WriteError { path, error });
            }
        }
        Ok(new)
    }

    /// A template with its placeholders filled in, once: what a person has written is not looked at again.
    fn fill(&self, template: &str) -> String {
        let mut pieces = template.split("{{");
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            match piece.split_once("}}").and_then(|(word, rest)| Some((self.value(word)?, rest))) {
                Some((value, rest)) => text.extend([value.as_str(), rest]),
                None => text.extend(["{{", piece]),
            }
        }
        text
    }

    fn value(&self, placeholder: &str) -> Option<String> {
        let (name, description) = (self.name.as_str(), self.description.as_str());
        Some(match placeholder {
            "name" => name.to_owned(),
            "name_underscored" => name.replace('-', "_"),
            "description" => description.to_owned(),
            "description_quoted" => text::escaped(description),
            "kind" => self.kind.as_str().to_owned(),
            "pattern" => self.pattern.clone(),
            "pattern_quoted" => text::escaped(&self.pattern),
            "example" => self.example.clone(),
            _ => return None,
        })
    }
}

/// Why a capability is none to begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// It is none at all.
    Capability(CapabilityError),
    /// It lets a plugin change files, and a check looks at them.
    Write,
    /// It adds to other capabilities, and opens no port itself.
    Private,
    /// It has characters in it that no source file should have.
    Control,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capability(error) => error.fmt(f),
            Self::Write => f.write_str(
                "a new plugin begins by reading: give it `read:…`, and declare `write:…` in its source when it needs that",
            ),
            Self::Private => f.write_str(
                "`outbound:private` opens no port by itself: give it the ports, `outbound:443` for one, and declare \
                 `outbound:private` in its source beside them",
            ),
            Self::Control => f.write_str("a pattern with control characters can't be written into a source file"),
        }
    }
}

impl std::error::Error for PatternError {}

/// Why a plugin could not be written.
#[derive(Debug)]
pub struct WriteError {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.error.kind() {
            io::ErrorKind::AlreadyExists => {
                write!(
                    f,
                    "{path} exists already and is left as it is; choose another name, or another place with --dir"
                )
            }
            _ => write!(f, "{path}: {}", self.error),
        }
    }
}

impl std::error::Error for WriteError {}

#[cfg(test)]
mod tests {
    use super::{Beginning, Kind, Language, PatternError};

    fn beginning(language: Language, kind: Kind, pattern: &str) -> Result<Beginning, PatternError> {
        let description = r#"Is "it" \ shut, {{name}}"#.parse().unwrap();
        Beginning::new("front-door".parse().unwrap(), description, language, kind, pattern)
    }

    #[test]
    fn everything_is_filled_in() {
        let folder = tempfile::tempdir().unwrap();
        for (language, kind, pattern, sources) in [
            (
                Language::Rust,
                Kind::Fs,
                "read:/proc/**",
                ["src/lib.rs", "Cargo.toml", "quoin/plugin/src/lib.rs"],
            ),
            (Language::Go, Kind::Exec, "uptime", ["main.go", "go.mod", "quoin/memory.go"]),
        ] {
            let path = folder.path().join(format!("{language:?}/deep"));
            let new = beginning(language, kind, pattern).unwrap().write(&path).unwrap();
            assert_eq!(new, path.join("front-door"));
            for name in [sources[0], sources[1], sources[2], "Makefile", "README.md", ".gitignore"] {
                let text = std::fs::read_to_string(new.join(name)).unwrap();
                for placeholder in ["{{kind", "{{pattern", "{{example", "{{description", "{{settings"] {
                    assert!(!text.contains(placeholder), "{name}: {placeholder}");
                }
            }
            let source = std::fs::read_to_string(new.join(sources[0])).unwrap();
            assert!(source.contains(r#""Is \"it\" \\ shut, {{name}}""#), "{source}");
            assert!(source.contains(pattern));
            let readme = std::fs::read_to_string(new.join("README.md")).unwrap();
            assert!(readme.starts_with("# front-door\n\nIs \"it\" \\ shut"), "{readme}");
        }
    }

    #[test]
    fn what_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("front-door")).unwrap();
        let beginning = beginning(Language::Go, Kind::Env, "HOME").unwrap();
        let error = beginning.write(folder.path()).unwrap_err().to_string();
        assert!(error.contains("front-door exists already"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path().join("front-door")).unwrap().count(), 0);
        let file = folder.path().join("file");
        std::fs::write(&file, "as it was").unwrap();
        assert!(beginning.write(&file).is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"as it was");
    }

    #[test]
    fn a_pattern_has_to_be_one_to_begin_with() {
        for (kind, pattern, reason) in [
            (Kind::Fs, "/etc", "read:"),
            (Kind::Fs, "read:etc", "/"),
            (Kind::Fs, "write:/tmp/**", "begins by reading"),
            (Kind::Network, "443", "outbound:"),
            (Kind::Network, "outbound:private", "opens no port"),
            (Kind::Exec, "", "a command's name"),
            (Kind::Env, "A=B", "A=B"),
            (Kind::Fs, "read:/a\nb", "control characters"),
        ] {
            let error = beginning(Language::Go, kind, pattern).unwrap_err().to_string();
            assert!(error.contains(reason), "{pattern}: {error}");
        }
    }
}

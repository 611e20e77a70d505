//! `quoin plugin new`.

use super::{Trouble, print};
use crate::scaffold::{Beginning, Description, Kind, Language, Name};
use clap::{Args, ValueEnum, ValueHint};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// Lower-case letters, digits and hyphens
    name: Name,

    /// The language
    #[arg(long, value_enum, default_value_t = Lang::Rust, value_name = "LANG")]
    lang: Lang,

    /// What it checks, in a line
    #[arg(long, value_name = "TEXT")]
    description: Description,

    /// What it asks the machine for
    #[arg(long, value_enum, value_name = "KIND")]
    capability_kind: CapabilityKind,

    /// The most of that it wants: "read:/etc/**"
    #[arg(long, value_name = "PATTERN")]
    capability_pattern: String,

    /// Where its folder goes
    #[arg(long, default_value = "plugins", value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Rust,
    Go,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CapabilityKind {
    Fs,
    Network,
    Exec,
    Env,
}

/// Makes the folder and says what to do in it.
pub(super) fn new(args: NewArgs) -> Result<u8, Trouble> {
    let language = match args.lang {
        Lang::Rust => Language::Rust,
        Lang::Go => Language::Go,
    };
    let kind = match args.capability_kind {
        CapabilityKind::Fs => Kind::Fs,
        CapabilityKind::Network => Kind::Network,
        CapabilityKind::Exec => Kind::Exec,
        CapabilityKind::Env => Kind::Env,
    };
    let name = args.name.as_str().to_owned();
    let beginning = Beginning::new(args.name, args.description, language, kind, &args.capability_pattern)
        .map_err(|error| Trouble::new(format_args!("--capability-pattern: {error}")))?;
    let path = beginning.write(&args.dir)?;
    print(|to| {
        writeln!(to, "{} is a plugin now. Build it, test it, look at it:\n", path.display())?;
        writeln!(to, "  cd {} && make build && make test", word(&path))?;
        writeln!(to, "  quoin plugin inspect ./{name}.wasm")
    })
}

/// A path as one word of a shell's command line.
fn word(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    if text.bytes().all(plain) { text.into_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::word;
    use std::path::Path;

    #[test]
    fn what_is_printed_can_be_pasted() {
        assert_eq!(word(Path::new("plugins/door")), "plugins/door");
        assert_eq!(word(Path::new("it's mine/door")), r"'it'\''s mine/door'");
    }
}

//! `quoin plugin new`.

use super::args::Request;
use super::parse::{Line, Stop};
use super::{Trouble, print};
use crate::scaffold::{Beginning, Description, Kind, Language, Name};
use std::path::{Path, PathBuf};

pub(super) struct NewArgs {
    name: Name,
    language: Language,
    description: Description,
    kind: Kind,
    pattern: String,
    folder: PathBuf,
}

pub(super) fn read(line: &Line) -> Result<Request, Stop> {
    Ok(Request::New(NewArgs {
        name: line.read("NAME", str::parse)?,
        language: line.read("lang", |word| Language::from_word(word).ok_or("no such language"))?,
        description: line.read("description", str::parse)?,
        kind: line.read("capability-kind", |word| Kind::from_word(word).ok_or("no such kind"))?,
        pattern: line.text("capability-pattern").unwrap_or_default(),
        folder: line.path("dir").unwrap_or_default(),
    }))
}

/// Makes the folder and says what to do in it.
pub(super) fn new(args: NewArgs) -> Result<u8, Trouble> {
    let name = args.name.as_str().to_owned();
    let beginning = Beginning::new(args.name, args.description, args.language, args.kind, &args.pattern)
        .map_err(|error| Trouble::new(format_args!("--capability-pattern: {error}")))?;
    let path = beginning.write(&args.folder)?;
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

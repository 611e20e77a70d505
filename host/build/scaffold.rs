//! What `quoin plugin new` writes: templates, and the SDK that goes with them.

use std::error::Error;
use std::fs;
use std::path::Path;

/// The kinds of capabilities, each with templates of its own.
const KINDS: [&str; 4] = ["fs", "network", "exec", "env"];

type Add = fn(&mut Archive) -> Result<(), Box<dyn Error>>;

/// Writes the files of each language to `out`, packed: `host/src/scaffold/archive.rs` reads them.
pub(crate) fn write(out: &Path) -> Result<(), Box<dyn Error>> {
    for (language, add) in [("rust", rust as Add), ("go", go as Add)] {
        let mut archive = Archive::default();
        add(&mut archive)?;
        fs::write(out.join(language), crate::pack(&archive.bytes, &[])?)?;
    }
    Ok(())
}

fn rust(archive: &mut Archive) -> Result<(), Box<dyn Error>> {
    for (from, to) in [
        ("Cargo.toml", "Cargo.toml"),
        ("config.toml", ".cargo/config.toml"),
        ("Makefile", "Makefile"),
        ("gitignore", ".gitignore"),
    ] {
        archive.file("all", to, &read(&format!("templates/rust/{from}"))?);
    }
    for kind in KINDS {
        archive.file(kind, "src/lib.rs", &read(&format!("templates/rust/{kind}.rs"))?);
        archive.file(kind, "README.md", &readme(kind)?);
    }
    for (from, to) in
        [("../plugins/sdk", "plugin"), ("../plugins/sdk/derive", "derive"), ("../engine/abi", "abi")]
    {
        archive.file("sdk", &format!("quoin/{to}/Cargo.toml"), &read(&format!("{from}/Cargo.toml"))?);
        for (name, text) in sources(&format!("{from}/src"), ".rs")? {
            // Unit tests are at the foot of a file.
            let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            archive.file("sdk", &format!("quoin/{to}/src/{name}"), text);
        }
    }
    Ok(())
}

fn go(archive: &mut Archive) -> Result<(), Box<dyn Error>> {
    for (from, to) in [("go.mod", "go.mod"), ("Makefile", "Makefile"), ("gitignore", ".gitignore")] {
        archive.file("all", to, &read(&format!("templates/go/{from}"))?);
    }
    for kind in KINDS {
        archive.file(kind, "main.go", &read(&format!("templates/go/{kind}.go"))?);
        archive.file(kind, "main_test.go", &read(&format!("templates/go/{kind}_test.go"))?);
        archive.file(kind, "README.md", &readme(kind)?);
    }
    for (name, text) in sources("../plugins/go", ".go")? {
        if !name.ends_with("_test.go") {
            archive.file("sdk", &format!("quoin/{name}"), &text);
        }
    }
    Ok(())
}

fn readme(kind: &str) -> Result<String, Box<dyn Error>> {
    let settings = read(&format!("templates/{kind}.md"))?;
    Ok(read("templates/readme.md")?.replace("{{settings}}\n", &settings))
}

/// Files one after the other, each behind a line with its use (`all` for every plugin, a kind for those of that kind, `sdk` for
/// what is written as it is), its path and its length.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
}

impl Archive {
    fn file(&mut self, usage: &str, path: &str, text: &str) {
        self.bytes.extend(format!("{usage} {path} {}\n{text}", text.len()).bytes());
    }
}

fn read(path: &str) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}").into())
}

/// The source files of a folder, by name.
fn sources(folder: &str, extension: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={folder}");
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(folder)).map_err(|error| format!("{folder}: {error}"))? {
        let name =
            entry?.file_name().into_string().map_err(|name| format!("{folder}: {}", name.display()))?;
        if name.ends_with(extension) {
            files.push((name.clone(), read(&format!("{folder}/{name}"))?));
        }
    }
    files.sort();
    Ok(files)
}

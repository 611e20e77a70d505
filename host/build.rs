//! How the release build's program is linked, without tables for unwinding (see `docs/rationale.md`), and what
//! `quoin plugin new` writes.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=release.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    // `PROFILE` is `release` for what inherits from it, too.
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}/release.ld", env!("CARGO_MANIFEST_DIR"));
    }
    if env::var_os("CARGO_FEATURE_AUTHORING").is_some() {
        archive("rust", rust)?;
        archive("go", go)?;
    }
    Ok(())
}

/// The kinds of capabilities, each with templates of its own.
const KINDS: [&str; 4] = ["fs", "network", "exec", "env"];

type Add = fn(&mut Archive) -> Result<(), Box<dyn Error>>;

/// Writes the files of a language, compressed: `host/src/scaffold/archive.rs` reads them.
fn archive(language: &str, add: Add) -> Result<(), Box<dyn Error>> {
    let mut archive = Archive::default();
    add(&mut archive)?;
    let path = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join(language);
    fs::write(path, miniz_oxide::deflate::compress_to_vec(&archive.bytes, 10))?;
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

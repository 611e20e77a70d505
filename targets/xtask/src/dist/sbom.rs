//! What a binary is made of, as CycloneDX 1.6 writes it.

use super::Variant;
use super::target::Target;
use crate::toolchain;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What the document is about.
pub(crate) struct Subject<'a> {
    pub(crate) version: &'a str,
    /// Of the binary, hexadecimal.
    pub(crate) sha256: &'a str,
    /// When the commit was made, RFC 3339.
    pub(crate) time: &'a str,
    /// The versions of the tools, a `name: version` a line.
    pub(crate) toolchain: &'a str,
}

/// The document for a binary.
///
/// # Errors
///
/// Where cargo can't tell what the binary depends on.
pub(crate) fn document(
    repository: &Path,
    target: &Target,
    variant: Variant,
    subject: &Subject<'_>,
) -> Result<String, String> {
    let mut cargo = toolchain::cargo();
    // What is linked, and not what only runs while it's built. Each way to a crate is told, so that a tree can be read by lines.
    cargo.args(["tree", "--locked", "--package", "quoin", "--edges", "normal", "--no-dedupe"]);
    cargo.args(["--prefix", "depth", "--format", "\t{p}\t{l}", "--target", &target.triple]);
    if variant == Variant::Small {
        cargo.arg("--no-default-features");
    }
    let tree = Tree::read(&toolchain::output(cargo.current_dir(repository))?)?;
    let read =
        |path: &str| fs::read_to_string(repository.join(path)).map_err(|error| format!("{path}: {error}"));
    let lock: Lock = toml::from_str(&read("Cargo.lock")?).map_err(|error| format!("Cargo.lock: {error}"))?;
    let document = assemble(&tree, &lock, &read("plugins/dist/SHA256SUMS")?, subject)?;
    Ok(format!("{document:#}\n"))
}

#[derive(serde::Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(serde::Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// A crate: its name and version.
type Package = (String, String);

/// The crates that are linked, with their licences, and who needs whom.
struct Tree {
    root: Package,
    licences: BTreeMap<Package, String>,
    needs: BTreeMap<Package, BTreeSet<Package>>,
}

impl Tree {
    /// Reads `cargo tree --prefix depth --format '\t{p}\t{l}'`.
    fn read(text: &str) -> Result<Self, String> {
        let (mut licences, mut needs) = (BTreeMap::new(), BTreeMap::<_, BTreeSet<_>>::new());
        let mut way: Vec<Package> = Vec::new();
        let mut macros_from = usize::MAX;
        for line in text.lines() {
            let mut fields = line.split('\t');
            let (Some(depth), Some(package), Some(licence)) = (fields.next(), fields.next(), fields.next())
            else {
                return Err(format!("cargo tree said `{line}`, which is not what was asked for"));
            };
            let depth: usize = depth.parse().map_err(|_| format!("cargo tree said `{line}`: no depth"))?;
            // A procedural macro and what it needs run in the compiler.
            if depth > macros_from {
                continue;
            }
            macros_from = if package.contains("(proc-macro)") { depth } else { usize::MAX };
            if macros_from == depth {
                continue;
            }
            let mut words = package.split(' ');
            let (Some(name), Some(version)) = (words.next(), words.next()) else {
                return Err(format!("cargo tree said `{line}`: no package"));
            };
            let package = (name.to_owned(), version.trim_start_matches('v').to_owned());
            way.truncate(depth);
            if let Some(parent) = way.last() {
                needs.entry(parent.clone()).or_default().insert(package.clone());
            }
            needs.entry(package.clone()).or_default();
            licences.insert(package.clone(), licence.to_owned());
            way.push(package);
        }
        let root = way.into_iter().next().ok_or("cargo tree said nothing")?;
        Ok(Self { root, licences, needs })
    }
}

fn assemble(tree: &Tree, lock: &Lock, plugins: &str, subject: &Subject<'_>) -> Result<Value, String> {
    let mut components = Vec::new();
    for (package, licence) in tree.licences.iter().filter(|(package, _)| **package != tree.root) {
        let (name, version) = package;
        let locked = lock
            .package
            .iter()
            .find(|locked| (&locked.name, &locked.version) == (name, version))
            .ok_or_else(|| format!("Cargo.lock has no {name} {version}"))?;
        let mut component = json!({
            "type": "library",
            "bom-ref": purl(package),
            "name": name,
            "version": version,
            "purl": purl(package),
        });
        if !licence.is_empty() {
            // `/` is an old way to write OR.
            component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        if let Some(checksum) = &locked.checksum {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        components.push(component);
    }
    let release = subject.toolchain.lines().find_map(|line| line.strip_prefix("release: "));
    let release = release.ok_or("the toolchain's versions have no `release`")?;
    let std = format!("pkg:github/rust-lang/rust@{release}");
    components.push(json!({
        "type": "library", "bom-ref": std, "name": "std", "version": release, "purl": std,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    }));
    components.push(json!({
        "type": "library", "bom-ref": "musl", "name": "musl",
        "description": "the C library, as the tools of this build bring it",
        "licenses": [{ "license": { "id": "MIT" } }],
    }));
    let mut embedded = Vec::new();
    for line in plugins.lines() {
        let (digest, name) =
            line.split_once("  ").ok_or("plugins/dist/SHA256SUMS is not as sha256sum has it")?;
        embedded.push(format!("plugin:{name}"));
        components.push(json!({
            "type": "application", "bom-ref": format!("plugin:{name}"), "name": name,
            "description": "embedded check plugin",
            "hashes": [{ "alg": "SHA-256", "content": digest }],
        }));
    }
    let mut dependencies = Vec::new();
    for (package, needs) in &tree.needs {
        let mut needs: Vec<String> = needs.iter().map(purl).collect();
        if *package == tree.root {
            needs.extend([std.clone(), "musl".to_owned()]);
            needs.append(&mut embedded);
        }
        dependencies.push(json!({ "ref": purl(package), "dependsOn": needs }));
    }
    let tools: Vec<Value> = subject
        .toolchain
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, version)| json!({ "type": "application", "name": name, "version": version }))
        .collect();
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(subject.sha256)?),
        "version": 1,
        "metadata": {
            "timestamp": subject.time,
            "tools": { "components": tools },
            "component": {
                "type": "application",
                "bom-ref": purl(&tree.root),
                "name": tree.root.0,
                "version": subject.version,
                "purl": purl(&tree.root),
                "licenses": [{ "license": { "id": "Apache-2.0" } }],
                "hashes": [{ "alg": "SHA-256", "content": subject.sha256 }],
            },
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn purl((name, version): &Package) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// A UUID that the binary's digest decides (RFC 9562, version 8).
fn uuid(sha256: &str) -> Result<String, String> {
    let digit = |range| sha256.get(range).ok_or_else(|| format!("`{sha256}` is no SHA-256"));
    Ok(format!(
        "{}-{}-8{}-8{}-{}",
        digit(0..8)?,
        digit(8..12)?,
        digit(12..15)?,
        digit(15..18)?,
        digit(18..30)?
    ))
}

#[cfg(test)]
mod tests {
    use super::{Lock, Locked, Subject, Tree, assemble};
    use std::collections::BTreeSet;

    const TREE: &str = "0\tquoin v0.1.0 (/src/host)\tApache-2.0\n\
        1\tserde v1.0.2\tMIT/Apache-2.0\n2\tserde_derive v1.0.2 (proc-macro)\tMIT\n3\tsyn v3.0.0\tMIT\n\
        1\ttoml v1.0.0+spec-1.1.0\tMIT\n2\tserde v1.0.2\tMIT/Apache-2.0\n";

    fn lock() -> Lock {
        let locked = |name: &str, version: &str| Locked {
            name: name.to_owned(),
            version: version.to_owned(),
            checksum: Some("ab".repeat(32)),
        };
        Lock { package: vec![locked("serde", "1.0.2"), locked("toml", "1.0.0+spec-1.1.0")] }
    }

    #[test]
    fn what_is_linked_is_told_with_who_needs_it() {
        let tree = Tree::read(TREE).expect("reads");
        let digest = "0123456789abcdef".repeat(4);
        let subject = Subject {
            version: "0.1.0",
            sha256: &digest,
            time: "2026-01-02T03:04:05Z",
            toolchain: "recipe: debian\nrelease: 1.96.0\n",
        };
        let plugins = format!("{}  dns.wasm\n", "cd".repeat(32));
        let document = assemble(&tree, &lock(), &plugins, &subject).expect("assembles");
        assert_eq!(document["serialNumber"], "urn:uuid:01234567-89ab-8cde-8f01-23456789abcd");
        let references: BTreeSet<&str> = document["components"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|c| c["bom-ref"].as_str())
            .collect();
        let expected = [
            "musl",
            "pkg:cargo/serde@1.0.2",
            "pkg:cargo/toml@1.0.0%2Bspec-1.1.0",
            "pkg:github/rust-lang/rust@1.96.0",
            "plugin:dns.wasm",
        ];
        assert_eq!(references, BTreeSet::from(expected));
        let of = |name: &str| {
            let all = document["dependencies"].as_array().expect("a list");
            all.iter().find(|one| one["ref"] == name).expect(name)["dependsOn"].clone()
        };
        assert_eq!(of("pkg:cargo/toml@1.0.0%2Bspec-1.1.0"), serde_json::json!(["pkg:cargo/serde@1.0.2"]));
        assert_eq!(of("pkg:cargo/serde@1.0.2"), serde_json::json!([]));
        assert_eq!(of("pkg:cargo/quoin@0.1.0").as_array().expect("a list").len(), 5);
    }

    #[test]
    fn a_crate_that_nobody_locked_is_an_error() {
        let tree = Tree::read("0\tquoin v0.1.0\tMIT\n1\tghost v1.0.0\tMIT\n").expect("reads");
        let subject =
            Subject { version: "0.1.0", sha256: &"0".repeat(64), time: "", toolchain: "release: 1\n" };
        assert!(assemble(&tree, &lock(), "", &subject).expect_err("unknown").contains("no ghost 1.0.0"));
        assert!(Tree::read("quoin").is_err());
        assert!(Tree::read("").is_err());
    }
}

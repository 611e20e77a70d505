//! The packages that `cargo xtask dist` has left in `target/dist/`, of whichever targets: what package managers do with them,
//! and that the program in each is the one beside it. `cargo xtask dist … --prove` runs this.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What every package has beside the program.
const COMMON: [&str; 7] = [
    "etc/quoin/quickstart.yaml",
    "usr/share/quoin/examples/network.yaml",
    "usr/share/doc/quoin/copyright",
    "usr/share/man/man1/quoin.1.gz",
    "usr/share/bash-completion/completions/quoin",
    "usr/share/zsh/vendor-completions/_quoin",
    "usr/share/fish/vendor_completions.d/quoin.fish",
];

fn dist() -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the repository");
    repository.join("target/dist")
}

/// The files in `target/dist/` whose names end so. There has to be one.
fn made(extension: &str) -> Vec<PathBuf> {
    let folder = fs::read_dir(dist()).expect("`cargo xtask dist` has been run");
    let mut files: Vec<PathBuf> = folder
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no {extension} in {}", dist().display());
    files
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect(program);
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// The fields of a control file; a line that begins with a blank goes on with the one before.
fn fields(control: &str) -> BTreeMap<&str, &str> {
    let lines = control.lines().filter(|line| !line.starts_with(' '));
    lines.map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no field: {line}"))).collect()
}

/// Whether all is there, below `root`, and the program is one of those in `target/dist/` of this name.
fn complete(root: &Path, package: &str) {
    for path in COMMON {
        assert!(root.join(path).metadata().is_ok_and(|file| file.len() > 0), "{}: no {path}", root.display());
    }
    run(root, "gzip", &["--test", "usr/share/man/man1/quoin.1.gz"]);
    let program = fs::read(root.join("usr/bin/quoin")).expect("the program");
    let same = fs::read_dir(dist()).expect("lists").flatten().find(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let target = name.strip_prefix(package).and_then(|rest| rest.strip_prefix('-'));
        target.is_some_and(|target| target.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
            && fs::read(entry.path()).is_ok_and(|bytes| bytes == program)
    });
    assert!(same.is_some(), "the {package} in {} is none of those in target/dist/", root.display());
}

#[test]
#[ignore = "looks at what cargo xtask dist has made"]
fn dpkg_installs_and_removes_every_deb() {
    for deb in made(".deb") {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let control = run(root, "dpkg-deb", &["--field", text(&deb)]);
        let fields = fields(&control);
        let (package, architecture) = (fields["Package"], fields["Architecture"]);
        assert!(["amd64", "arm64", "armhf", "armel", "riscv64"].contains(&architecture), "{control}");
        let name = format!("{package}_{}_{architecture}.deb", fields["Version"]);
        assert_eq!(deb.file_name().expect("a name").to_string_lossy(), name);
        for folder in ["info", "updates"] {
            fs::create_dir_all(root.join("var/lib/dpkg").join(folder)).expect("a folder");
        }
        fs::write(root.join("var/lib/dpkg/status"), "").expect("writes");
        let system = format!("--root={}", root.display());
        let dpkg = |arguments: &[&str]| {
            let forced = ["--force-architecture", "--force-not-root", "--force-bad-path", &system];
            run(root, "dpkg", &[&forced[..], arguments].concat())
        };
        dpkg(&["--install", text(&deb)]);
        complete(root, package);
        dpkg(&["--purge", package]);
        for gone in ["etc", "usr"] {
            assert!(!root.join(gone).exists(), "{name}: /{gone} is left");
        }
    }
}

#[test]
#[ignore = "looks at what cargo xtask dist has made"]
fn every_ipk_unpacks_to_what_opkg_installs() {
    for ipk in made(".ipk") {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        run(root, "tar", &["-xzf", text(&ipk)]);
        assert_eq!(fs::read_to_string(root.join("debian-binary")).expect("reads"), "2.0\n");
        run(root, "tar", &["-xzf", "control.tar.gz"]);
        let control = fs::read_to_string(root.join("control")).expect("reads");
        let fields = fields(&control);
        let name = format!("{}_{}_{}.ipk", fields["Package"], fields["Version"], fields["Architecture"]);
        assert_eq!(ipk.file_name().expect("a name").to_string_lossy(), name);
        for field in ["Maintainer", "Section", "Installed-Size", "License", "Source", "Description"] {
            assert!(!fields[field].is_empty(), "{name}: {control}");
        }
        let conf_files = fs::read_to_string(root.join("conffiles")).expect("reads");
        run(root, "tar", &["-xzf", "data.tar.gz"]);
        for file in conf_files.lines() {
            assert!(root.join(file.trim_start_matches('/')).is_file(), "{name}: no {file}");
        }
        complete(root, fields["Package"]);
    }
}

#[test]
#[ignore = "looks at what cargo xtask dist has made"]
fn every_tar_unpacks_into_one_folder() {
    for tar in made(".tar.gz") {
        let folder = tempfile::tempdir().expect("a folder");
        run(folder.path(), "tar", &["-xzf", text(&tar)]);
        let name = tar.file_name().expect("a name").to_string_lossy().into_owned();
        let top = folder.path().join(name.trim_end_matches(".tar.gz"));
        assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1, "{name}");
        complete(&top, if name.starts_with("quoin-small-") { "quoin-small" } else { "quoin" });
    }
}

/// The installer that lies beside the packages, as on a stick: it takes the file for the device that it is told it runs on.
#[test]
#[ignore = "looks at what cargo xtask dist has made"]
fn the_installer_beside_them_knows_the_files() {
    let installer = dist().join("install.sh");
    for (machine, target) in
        [("x86_64", "x86_64"), ("aarch64", "aarch64"), ("riscv64", "riscv64"), ("ppc", "powerpc")]
    {
        let program = format!("quoin-{target}");
        let mut sh = Command::new("sh");
        let output = sh.arg(&installer).arg("--print").env("MACHINE", machine).output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(dist().join(&program).is_file(), said.trim() == program, "{machine}: {output:?}");
    }
    if cfg!(target_arch = "x86_64") && dist().join("quoin-x86_64").is_file() {
        let to = tempfile::tempdir().expect("a folder");
        run(to.path(), "sh", &[text(&installer), text(to.path())]);
        assert_eq!(
            fs::read(to.path().join("quoin")).expect("installed"),
            fs::read(dist().join("quoin-x86_64")).expect("reads")
        );
    }
}

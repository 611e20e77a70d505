//! Packages of one binary: `.tar.gz` for anybody, `.deb` for Debian, `.ipk` for OpenWrt.

use super::archive::{self, Entry, Files};
use super::target::Target;
use crate::toolchain;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The conf-file that a fresh installation has. A package manager keeps what its owner has made of it.
const CONF_FILE: &str = "etc/quoin/quickstart.yaml";

const SUMMARY: &str = "Check engine for small machines";
const DESCRIPTION: &str =
    "Audits a router, a gateway or an unpacked firmware image. Every check is a WebAssembly
plugin, interpreted in a sandbox that gives it nothing but what it needs.";

/// What lies in every package beside the binary.
///
/// # Errors
///
/// What can't be read, or a program of ours that fails.
pub(crate) fn common(repository: &Path) -> Result<Files, String> {
    let read = |path: &str| {
        fs::read(repository.join(path)).map_err(|error| format!("{}/{path}: {error}", repository.display()))
    };
    let mut files = Files::new();
    let mut add = |path: &str, bytes: Vec<u8>| files.insert(path.to_owned(), Entry { bytes, mode: 0o644 });
    add(CONF_FILE, read("docs/examples/quickstart.yaml")?);
    for name in ["network.yaml", "segmentation.yaml"] {
        add(&format!("usr/share/quoin/examples/{name}"), read(&format!("docs/examples/{name}"))?);
    }
    add("usr/share/doc/quoin/copyright", read("LICENSE")?);
    for (shell, path) in [
        ("bash", "bash-completion/completions/quoin"),
        ("zsh", "zsh/vendor-completions/_quoin"),
        ("fish", "fish/vendor_completions.d/quoin.fish"),
    ] {
        let script = run(repository, &["--bin", "quoin", "--", "completions", shell])?;
        add(&format!("usr/share/{path}"), script.into_bytes());
    }
    let pages = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    run(repository, &["--example", "manual", "--", &pages.path().to_string_lossy()])?;
    for page in pages.path().read_dir().map_err(|error| error.to_string())?.flatten() {
        let name = page.file_name().to_string_lossy().into_owned();
        let bytes = fs::read(page.path()).map_err(|error| format!("{name}: {error}"))?;
        add(&format!("usr/share/man/man1/{name}.gz"), archive::gzip(&bytes)?);
    }
    Ok(files)
}

/// Runs a program of the crate `quoin` here, and answers what it prints.
fn run(repository: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut cargo = toolchain::cargo();
    cargo.args(["run", "--quiet", "--locked", "--package", "quoin"]).args(arguments).current_dir(repository);
    toolchain::output(&mut cargo)
}

/// What a package is called, and when its commit was made.
pub(crate) struct Label<'a> {
    /// `quoin`, or `quoin-small`, which takes the place of the other.
    pub(crate) package: &'a str,
    pub(crate) version: &'a str,
    /// Seconds since 1970.
    pub(crate) seconds: u64,
}

/// All packages of a binary that the target has: file names and contents.
///
/// # Errors
///
/// Where something can't be packed.
pub(crate) fn all(
    label: &Label<'_>,
    name: &str,
    target: &Target,
    common: &Files,
    binary: &[u8],
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let Label { package, version, seconds } = *label;
    let mut files = common.clone();
    files.insert("usr/bin/quoin".to_owned(), Entry { bytes: binary.to_vec(), mode: 0o755 });
    let folder = format!("{package}-{version}-{name}");
    let mut packages =
        vec![(format!("{folder}.tar.gz"), archive::tar_gz(&format!("{folder}/"), &files, seconds)?)];
    let data = archive::tar_gz("./", &files, seconds)?;
    let format_version = || b"2.0\n".to_vec();
    if let Some(architecture) = &target.deb {
        let members = [
            ("debian-binary", format_version()),
            ("control.tar.gz", control(label, architecture, System::Debian, &files)?),
            ("data.tar.gz", data.clone()),
        ];
        packages.push((format!("{package}_{version}_{architecture}.deb"), archive::ar(&members, seconds)));
    }
    for architecture in &target.opkg {
        // OpenWrt's outer archive is a compressed tar where Debian's is an ar.
        let entry = |bytes| Entry { bytes, mode: 0o644 };
        let members = Files::from([
            ("debian-binary".to_owned(), entry(format_version())),
            ("control.tar.gz".to_owned(), entry(control(label, architecture, System::OpenWrt, &files)?)),
            ("data.tar.gz".to_owned(), entry(data.clone())),
        ]);
        packages.push((
            format!("{package}_{version}_{architecture}.ipk"),
            archive::tar_gz("./", &members, seconds)?,
        ));
    }
    Ok(packages)
}

/// Has `targets/xtask/tests/packages.rs` look at all packages in `target/dist/`, with what they are installed with.
///
/// # Errors
///
/// Where one is not as it should be; the test has said which.
pub(crate) fn prove(repository: &Path) -> Result<(), String> {
    let mut cargo = toolchain::cargo();
    cargo.args([
        "test",
        "--quiet",
        "--locked",
        "--package",
        "xtask",
        "--test",
        "packages",
        "--",
        "--ignored",
    ]);
    toolchain::run(cargo.current_dir(repository), "a package in target/dist/ is not as it should be")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    OpenWrt,
}

/// The archive with what the package manager wants to know (deb-control(5), and opkg's own fields).
fn control(label: &Label<'_>, architecture: &str, system: System, files: &Files) -> Result<Vec<u8>, String> {
    let Label { package, version, seconds } = *label;
    let bytes: usize = files.values().map(|entry| entry.bytes.len()).sum();
    let mut text = format!(
        "Package: {package}\nVersion: {version}\nArchitecture: {architecture}\n\
         Maintainer: Quoin <packages@quoin.invalid>\nSection: admin\nPriority: optional\n"
    );
    // Both are the program /usr/bin/quoin. Writing to a string does not fail.
    if package != "quoin" {
        let _ = writeln!(text, "Provides: quoin\nConflicts: quoin");
    } else {
        let _ = writeln!(text, "Conflicts: quoin-small");
    }
    let _ = match system {
        // Debian counts in KiB, opkg in bytes.
        System::Debian => writeln!(text, "Installed-Size: {}", bytes.div_ceil(1024)),
        System::OpenWrt => writeln!(text, "Installed-Size: {bytes}\nLicense: Apache-2.0\nSource: quoin"),
    };
    let _ = writeln!(text, "Description: {SUMMARY}\n {}", DESCRIPTION.replace('\n', "\n "));
    let entry = |text: String| Entry { bytes: text.into_bytes(), mode: 0o644 };
    let members = Files::from([
        ("control".to_owned(), entry(text)),
        ("conffiles".to_owned(), entry(format!("/{CONF_FILE}\n"))),
    ]);
    archive::tar_gz("./", &members, seconds)
}

#[cfg(test)]
mod tests {
    use super::{CONF_FILE, Label, all};
    use crate::dist::archive::{Entry, Files};
    use crate::dist::target::{Budget, Target};
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Output};

    const LABEL: Label<'_> = Label { package: "quoin", version: "1.2.3", seconds: 86_400 };

    /// Packages of a program that is a shell script.
    fn packages(folder: &Path) {
        let target = Target {
            triple: String::new(),
            flags: Vec::new(),
            object: None,
            emulator: Vec::new(),
            deb: Some("amd64".to_owned()),
            opkg: vec!["mips_24kc".to_owned(), "mips_other".to_owned()],
            budget: Budget { full: 0, small: None, small_flash: None },
        };
        let conf = Entry { bytes: b"profile: {}\n".to_vec(), mode: 0o644 };
        let common = Files::from([(CONF_FILE.to_owned(), conf)]);
        for (name, bytes) in all(&LABEL, "mips", &target, &common, b"#!/bin/sh\necho runs\n").expect("packs")
        {
            fs::write(folder.join(name), bytes).expect("writes");
        }
    }

    fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
        let output = Command::new(program).args(arguments).current_dir(folder).output().expect(program);
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
        output
    }

    fn text(output: &Output) -> String {
        String::from_utf8(output.stdout.clone()).expect("text")
    }

    #[test]
    fn dpkg_installs_keeps_what_was_edited_and_removes() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path();
        packages(here);
        let fields = text(&run(here, "dpkg-deb", &["--field", "quoin_1.2.3_amd64.deb"]));
        for field in ["Package: quoin", "Version: 1.2.3", "Architecture: amd64", "Conflicts: quoin-small"] {
            assert!(fields.lines().any(|line| line == field), "no `{field}` in\n{fields}");
        }
        // A system of its own, of which dpkg keeps the books.
        fs::create_dir_all(here.join("root/var/lib/dpkg/info")).expect("a folder");
        fs::create_dir_all(here.join("root/var/lib/dpkg/updates")).expect("a folder");
        fs::write(here.join("root/var/lib/dpkg/status"), "").expect("writes");
        let root = format!("--root={}", here.join("root").display());
        let dpkg = |arguments: &[&str]| {
            let forced = ["--force-architecture", "--force-not-root", "--force-bad-path", &root];
            run(here, "dpkg", &[&forced[..], arguments].concat())
        };
        dpkg(&["--install", "quoin_1.2.3_amd64.deb"]);
        assert_eq!(text(&run(here, "root/usr/bin/quoin", &[])), "runs\n");
        let conf = here.join("root").join(CONF_FILE);
        fs::write(&conf, "profile: {mine: true}\n").expect("writes");
        dpkg(&["--force-confold", "--install", "quoin_1.2.3_amd64.deb"]);
        dpkg(&["--remove", "quoin"]);
        assert!(!here.join("root/usr/bin/quoin").exists());
        assert!(fs::read_to_string(&conf).expect("kept").contains("mine"));
        dpkg(&["--purge", "quoin"]);
        assert!(!conf.exists() && !here.join("root/etc/quoin").exists());
    }

    #[test]
    fn an_ipk_holds_what_opkg_looks_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path();
        packages(here);
        assert!(here.join("quoin_1.2.3_mips_other.ipk").exists());
        let members = text(&run(here, "tar", &["-tzf", "quoin_1.2.3_mips_24kc.ipk"]));
        assert_eq!(members, "./\n./control.tar.gz\n./data.tar.gz\n./debian-binary\n");
        run(here, "tar", &["-xzf", "quoin_1.2.3_mips_24kc.ipk"]);
        run(here, "tar", &["-xzf", "control.tar.gz"]);
        assert_eq!(fs::read_to_string(here.join("debian-binary")).expect("reads"), "2.0\n");
        assert_eq!(fs::read_to_string(here.join("conffiles")).expect("reads"), format!("/{CONF_FILE}\n"));
        let control = fs::read_to_string(here.join("control")).expect("reads");
        for field in ["Package: quoin", "Version: 1.2.3", "Architecture: mips_24kc", "Installed-Size: 32"] {
            assert!(control.lines().any(|line| line == field), "no `{field}` in\n{control}");
        }
        run(here, "tar", &["-xzf", "data.tar.gz"]);
        assert_eq!(text(&run(here, "usr/bin/quoin", &[])), "runs\n");
    }

    #[test]
    fn a_tar_unpacks_into_one_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        packages(folder.path());
        run(folder.path(), "tar", &["-xzf", "quoin-1.2.3-mips.tar.gz"]);
        assert_eq!(text(&run(folder.path(), "quoin-1.2.3-mips/usr/bin/quoin", &[])), "runs\n");
    }
}

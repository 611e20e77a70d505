//! `targets/install.sh`, by Debian's shell and by BusyBox's: which file for which device, and that nothing is half installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SHELLS: [&[&str]; 2] = [&["sh"], &["busybox", "sh"]];

/// A folder with the script and these files, each a program that says its name.
fn folder(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("install.sh");
    fs::copy(script, folder.path().join("install.sh")).expect("the script");
    for name in names {
        fs::write(folder.path().join(name), format!("#!/bin/sh\necho {name} \"$@\"\n")).expect("writes");
    }
    folder
}

fn install(shell: &[&str], folder: &Path, machine: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg(folder.join("install.sh")).args(arguments).env("MACHINE", machine);
    command.env("CPUINFO", folder.join("cpuinfo")).env("ELF", folder.join("elf")).output().expect("a shell")
}

#[test]
fn each_device_gets_its_own() {
    let all =
        ["x86_64", "i686", "aarch64", "armv7", "armv6", "armv5te", "mips", "mipsel", "riscv64", "powerpc"];
    let names = all.map(|target| format!("quoin-{target}"));
    let folder = folder(&names.each_ref().map(String::as_str));
    for (machine, endianness, features, expected) in [
        ("x86_64", 1, "", "quoin-x86_64"),
        ("i686", 1, "flags\t\t: fpu sse sse2\n", "quoin-i686"),
        ("i586", 1, "flags\t\t: fpu sse\n", "no SSE2"),
        ("aarch64", 1, "", "quoin-aarch64"),
        ("armv7l", 1, "Features\t: half thumb vfp vfpv3 vfpv3d16\n", "quoin-armv7"),
        ("armv7l", 1, "Features\t: half thumb\n", "quoin-armv6"),
        ("armv6l", 1, "", "quoin-armv6"),
        ("armv5tel", 1, "", "quoin-armv5te"),
        ("mips", 1, "", "quoin-mipsel"),
        ("mips", 2, "", "quoin-mips"),
        ("mips64", 2, "", "quoin-mips"),
        ("mips", 0, "", "cannot tell this device's endianness"),
        ("riscv64", 1, "", "quoin-riscv64"),
        ("ppc", 2, "", "quoin-powerpc"),
        ("sparc", 2, "", "no build for a processor called `sparc`"),
    ] {
        fs::write(folder.path().join("cpuinfo"), features).expect("writes");
        fs::write(folder.path().join("elf"), [0x7f, b'E', b'L', b'F', 1, endianness, 1]).expect("writes");
        for shell in SHELLS {
            let output = install(shell, folder.path(), machine, &["--print"]);
            let said = if output.status.success() { &output.stdout } else { &output.stderr };
            let said = String::from_utf8_lossy(said);
            let found =
                if output.status.success() { said.trim() == expected } else { said.contains(expected) };
            assert!(found, "{shell:?} {machine}: {said}");
        }
    }
}

#[test]
fn what_does_not_run_or_did_not_arrive_whole_is_not_installed() {
    for shell in SHELLS {
        let folder = folder(&["quoin-small-mips"]);
        let here = folder.path();
        fs::write(here.join("elf"), [0x7f, b'E', b'L', b'F', 1, 2, 1]).expect("writes");
        let to = here.join("to");
        fs::create_dir(&to).expect("a folder");
        fs::write(to.join("quoin"), "the old one").expect("writes");
        let try_it = || install(shell, here, "mips", &[to.to_str().expect("text")]);
        let old = || fs::read_to_string(to.join("quoin")).expect("reads") == "the old one";

        let digest = "0".repeat(64);
        fs::write(here.join("SHA256SUMS"), format!("{digest}  quoin-small-mips\n")).expect("writes");
        let output = try_it();
        assert!(!output.status.success() && old(), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("did not arrive whole"), "{output:?}");

        fs::remove_file(here.join("SHA256SUMS")).expect("removes");
        let good = fs::read(here.join("quoin-small-mips")).expect("reads");
        fs::write(here.join("quoin-small-mips"), "#!/bin/sh\nexit 3\n").expect("writes");
        let output = try_it();
        assert!(!output.status.success() && old(), "{output:?}");
        assert_eq!(fs::read_dir(&to).expect("lists").count(), 1, "nothing is left behind");

        fs::write(here.join("quoin-small-mips"), good).expect("writes");
        let sums =
            Command::new("sha256sum").arg("quoin-small-mips").current_dir(here).output().expect("runs");
        fs::write(here.join("SHA256SUMS"), sums.stdout).expect("writes");
        let output = try_it();
        assert!(output.status.success() && !old(), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stdout).starts_with("quoin-small-mips version\n"),
            "{output:?}"
        );

        // A folder without what this device needs.
        let output = install(shell, here, "riscv64", &[]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("needs quoin-riscv64"), "{output:?}");
    }
}

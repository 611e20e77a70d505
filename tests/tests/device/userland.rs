//! A root with nothing in it but the binary and BusyBox: no C library, no `/etc/passwd`, no `/proc`, no temporary folder.

use crate::place::{Place, binary, quickstart, report, said};
use quoin_tests::programs::quoin;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn the_binary_and_busybox_are_enough() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let open = format!(
        "id: open, observations: [{{plugin: tcp, config: {{host: 127.0.0.1, port: {port}}}, expect: data.connected}}]"
    );
    let place = Place::new(
        "command, file, tcp",
        &[
            "id: busybox, observations: [{plugin: file, config: {path: /bin/busybox}, expect: [data.exists, 'data.permissions == \"-rwxr-xr-x\"']}]",
            "id: link, observations: [{plugin: file, config: {path: /bin/sh}, expect: data.exists}]",
            "id: absent, observations: [{plugin: file, config: {path: /etc/passwd}, expect: not data.exists}]",
            "id: applet, observations: [{plugin: command, config: {command: sh, args: [-c, 'echo here; echo there >&2']}, expect: ['data.stdout == \"here\"', 'data.stderr == \"there\"']}]",
            &open,
        ],
    );
    let root = place.path("root");
    fs::create_dir_all(root.join("bin")).unwrap();
    fs::copy("/bin/busybox", root.join("bin/busybox")).expect("Debian's busybox-static");
    symlink("busybox", root.join("bin/sh")).unwrap();
    fs::copy(binary(), root.join("bin/quoin")).unwrap();
    fs::copy(place.path("profile.yaml"), root.join("profile.yaml")).unwrap();
    let mut words = vec!["/bin/quoin".to_owned()];
    let quoin = quoin();
    let mut options: Vec<_> = quoin.get_args().map(|option| option.to_str().unwrap().to_owned()).collect();
    // The last is the binary, which an emulator, a static program as well, comes before.
    if options.pop().is_some() {
        fs::copy(Path::new("/usr/bin").join(quoin.get_program()), root.join("bin/emulator")).unwrap();
        words = ["/bin/emulator".to_owned()].into_iter().chain(options).chain(words).collect();
    }
    let run = |before: &[&str], after: &[&str]| {
        let mut command = Command::new("/usr/sbin/chroot");
        command.arg(&root).args(before).args(&words).args(after).env_clear().env("PATH", "/bin");
        command.stdin(Stdio::null()).output().unwrap()
    };
    let output = run(&[], &["check", "/profile.yaml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{:#}\n{}", report(&output), said(&output));
    // And one that BusyBox's shell has started.
    let script = "busybox mkdir /tmp; \"$@\" -o /tmp/report && busybox grep -c PASS /tmp/report";
    let output = run(&["/bin/sh", "-c", script, "sh"], &["check", "/profile.yaml"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "5", "{output:?}");
    // What there is nothing of is a finding, and no error.
    fs::copy(quickstart(), root.join("quickstart.yaml")).unwrap();
    let output = run(&[], &["check", "/quickstart.yaml", "--format", "json"]);
    assert_eq!(report(&output)["summary"]["error_controls"], 0, "{:#}\n{}", report(&output), said(&output));
}

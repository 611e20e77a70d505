//! Kernels without the system calls of the last ten years: a seccomp filter says that they aren't there.

use crate::place::{Place, quickstart, report, said, through};
use quoin_tests::build::root;
use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;

/// `quoin` with these arguments, on such a kernel.
fn on_an_old_kernel(arguments: &[&OsStr]) -> std::process::Output {
    let filter = root().join("tests/src/old_kernel.py");
    through("python3", &[filter.to_str().unwrap()], arguments)
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn files_and_sockets_are_checked_on_an_old_kernel() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tcp = format!(
        "id: open, observations: [{{plugin: tcp, config: {{host: 127.0.0.1, port: {port}}}, expect: data.connected}}]"
    );
    let file = "id: file, observations: [{plugin: file, config: {path: HERE/a/link/file, read_content: true}, \
                expect: ['data.content == \"x\"', data.mod_time != nil, data.size == 1]}]";
    // TLS wants random numbers before it says a word; a build without it says that.
    let tls = format!(
        "id: tls, observations: [{{plugin: tcp, config: {{host: 127.0.0.1, port: {port}, tls: true, timeout_ms: 500}}, expect: 'error.code in [\"ETIMEDOUT\", \"ENOTSUP\"]'}}]"
    );
    let place = Place::new("file, tcp", &[file, &tcp, &tls]);
    fs::create_dir_all(place.path("a/b")).unwrap();
    fs::write(place.path("a/b/file"), "x").unwrap();
    std::os::unix::fs::symlink("b", place.path("a/link")).unwrap();
    let (profile, out) = (place.path("profile.yaml"), place.path("report.json"));
    let words = ["check", "--format", "json", "-o"].map(OsStr::new);
    let output = on_an_old_kernel(&[&words[..], &[out.as_os_str(), profile.as_os_str()]].concat());
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    let status: Vec<_> = [0, 1, 2].map(|number| &report["controls"][number]["status"]).into();
    assert_eq!(status, ["pass"; 3], "{report:#}");
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn the_quickstart_runs_on_an_old_kernel() {
    let profile = quickstart();
    let output = on_an_old_kernel(
        &["check", "--format", "json"]
            .map(OsStr::new)
            .iter()
            .copied()
            .chain([profile.as_os_str()])
            .collect::<Vec<_>>(),
    );
    let report = report(&output);
    assert_eq!(report["summary"]["error_controls"], 0, "{report:#}");
}

/// Starting, ending and finding programs is where the newest system calls would be of use.
#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn programs_are_started_and_found_on_an_old_kernel() {
    let place = Place::new(
        "command, process",
        &[
            "id: starts, observations: [{plugin: command, config: {command: echo, args: [here]}, expect: 'data.stdout == \"here\"'}]",
            "id: ends, observations: [{plugin: command, config: {command: sleep, args: ['300'], timeout: 300ms}, expect: data.is_timeout}]",
            "id: finds, observations: [{plugin: process, config: {pid: 1}, expect: data.running}]",
        ],
    );
    let profile = place.path("profile.yaml");
    let words = ["check", "--format", "json"].map(OsStr::new);
    let report = report(&on_an_old_kernel(&[&words[..], &[profile.as_os_str()]].concat()));
    assert_eq!(report["summary"]["passed_controls"], 3, "{report:#}");
}

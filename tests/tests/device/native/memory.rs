//! Little memory: an address space of 24 MB, which an operator's `ulimit -v` or a small device leaves.

use crate::place::{Place, report, said, through};
use quoin_tests::build::root;
use std::ffi::OsStr;
use std::fs;

/// `quoin check PROFILE` with no more than 24 MB of addresses; one job, as a device with one core has.
fn in_24_megabytes(profile: &OsStr) -> std::process::Output {
    let script = "ulimit -v 24576; exec \"$@\"";
    let arguments = ["check", "--format", "json", "--jobs", "1"].map(OsStr::new);
    through("sh", &["-euc", script, "sh"], &[&arguments[..], &[profile]].concat())
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn the_quickstart_runs_in_24_megabytes() {
    let profile = root().join("docs/examples/quickstart.yaml");
    let output = in_24_megabytes(profile.as_os_str());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{:?} {}", output.status, said(&output));
    let report = report(&output);
    assert_eq!(report["summary"]["error_controls"], 0, "{report:#}");
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn a_plugin_that_asks_for_more_than_there_is_gets_an_error_and_the_others_go_on() {
    // Takes a megabyte again and again, writing to it, until there is no more; then it answers nothing.
    let greedy = r#"(module
        (memory (export "memory") 1)
        (data (i32.const 16) "{\22name\22:\22greedy\22,\22version\22:\221.0.0\22,\22description\22:\22\22,\22capabilities\22:[]}\00")
        (data (i32.const 256) "{}\00")
        (func (export "allocate") (param i32) (result i32) i32.const 8192)
        (func (export "deallocate") (param i32 i32))
        (func (export "describe") (result i32) i32.const 16)
        (func (export "schema") (result i32) i32.const 256)
        (func (export "observe") (param i32 i32) (result i32) (local $page i32)
            (loop $more
                (local.set $page (memory.grow (i32.const 16)))
                (if (i32.eq (local.get $page) (i32.const -1)) (then (unreachable)))
                (i32.store (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1))
                (br $more))
            (unreachable)))"#;
    let place = Place::new(
        "file, ./greedy.wasm",
        &[
            "id: greedy, observations: [{plugin: greedy}]",
            "id: sound, observations: [{plugin: file, config: {path: /}, expect: data.exists}]",
        ],
    );
    fs::write(place.path("greedy.wasm"), wat::parse_str(greedy).unwrap()).unwrap();
    let output = in_24_megabytes(place.path("profile.yaml").as_os_str());
    assert_eq!(output.status.code(), Some(1), "{:?} {}", output.status, said(&output));
    let report = report(&output);
    assert_eq!(report["controls"][0]["status"], "error", "{report:#}");
    assert_eq!(report["controls"][1]["status"], "pass", "{report:#}");
}

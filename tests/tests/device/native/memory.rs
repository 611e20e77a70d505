//! Little memory: an address space of 24 MB, which an operator's `ulimit -v` or a small device leaves.

use crate::place::{Place, quickstart, report, said, through};
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
    let profile = quickstart();
    let output = in_24_megabytes(profile.as_os_str());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{:?} {}", output.status, said(&output));
    let report = report(&output);
    assert_eq!(report["summary"]["error_controls"], 0, "{report:#}");
}

/// Takes so many pages again and again, writing to each, until there are no more; then it traps.
fn greedy(pages: u32) -> Vec<u8> {
    let text = r#"(module
        (memory (export "memory") 1)
        (data (i32.const 16) "{\22name\22:\22greedy\22,\22version\22:\221.0.0\22,\22description\22:\22\22,\22capabilities\22:[]}\00")
        (data (i32.const 256) "{}\00")
        (func (export "allocate") (param i32) (result i32) i32.const 8192)
        (func (export "deallocate") (param i32 i32))
        (func (export "describe") (result i32) i32.const 16)
        (func (export "schema") (result i32) i32.const 256)
        (func (export "observe") (param i32 i32) (result i32) (local $page i32)
            (loop $more
                (local.set $page (memory.grow (i32.const PAGES)))
                (if (i32.eq (local.get $page) (i32.const -1)) (then (unreachable)))
                (i32.store (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1))
                (br $more))
            (unreachable)))"#;
    wat::parse_str(text.replace("PAGES", &pages.to_string())).unwrap()
}

/// Where it takes a page at a time, next to nothing is left for anybody else.
#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn a_plugin_that_asks_for_more_than_there_is_gets_an_error_and_the_others_go_on() {
    let place = Place::new(
        "file, ./greedy.wasm, ./starving.wasm, ./huge.wasm",
        &[
            "id: greedy, observations: [{plugin: greedy}]",
            "id: starving, observations: [{plugin: starving}]",
            "id: huge, observations: [{plugin: huge}]",
            "id: sound, observations: [{plugin: file, config: {path: /}, expect: data.exists}]",
        ],
    );
    for (name, pages) in [("greedy", 16), ("starving", 1), ("huge", 512)] {
        fs::write(place.path(name).with_extension("wasm"), greedy(pages)).unwrap();
    }
    let output = in_24_megabytes(place.path("profile.yaml").as_os_str());
    assert_eq!(output.status.code(), Some(1), "{:?} {}", output.status, said(&output));
    let report = report(&output);
    let status: Vec<_> = (0..4).map(|number| &report["controls"][number]["status"]).collect();
    assert_eq!(status, ["error", "error", "error", "pass"], "{report:#}");
}

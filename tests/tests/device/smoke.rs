//! The binary starts, says what it is and sees files as they are.

use crate::place::{Place, quickstart, report, said};
use quoin_tests::programs::quoin;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::time::{Duration, UNIX_EPOCH};

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn it_says_its_version_and_knows_its_plugins() {
    let output = quoin().arg("version").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("quoin {}\n", env!("CARGO_PKG_VERSION")));
    let output = quoin().args(["plugin", "list", "--format", "json"]).output().unwrap();
    let list = report(&output).to_string();
    for builtin in quoin::builtin::names() {
        assert!(list.contains(&format!("\"{builtin}\"")), "no {builtin} in {list}");
    }
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn the_quickstart_runs() {
    let profile = quickstart();
    let output = quoin().arg("check").arg(&profile).args(["--format", "json"]).output().unwrap();
    // 1 is a finding about this machine.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{:?} {}", output.status, said(&output));
    let report = report(&output);
    assert_eq!(report["summary"]["error_controls"], 0, "{report:#}");
    assert_eq!(report["controls"].as_array().unwrap().len(), 16);
}

/// What a file of 32 bits has no room for: 5 GiB, the year 2040, a user beyond 65535.
#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn large_numbers_arrive_whole() {
    let place =
        Place::new("file", &["id: large, observations: [{plugin: file, config: {path: HERE/large}}]"]);
    let file = File::create(place.path("large")).unwrap();
    file.set_len(5 << 30).unwrap();
    // 2040-02-03T04:05:06Z.
    file.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(2_211_854_706))).unwrap();
    chown(place.path("large"), Some(70_001), Some(70_002)).unwrap();
    fs::set_permissions(place.path("large"), Permissions::from_mode(0o6751)).unwrap();
    let report = report(&place.check(&["--format", "json"]));
    let data = &report["controls"][0]["observations"][0]["evidence"]["data"];
    assert_eq!(data["size"], 5_u64 << 30, "{report:#}");
    assert_eq!(data["mod_time"], "2040-02-03T04:05:06Z");
    assert_eq!((&data["uid"], &data["gid"]), (&70_001.into(), &70_002.into()));
    assert_eq!(data["permissions"], "-rwsr-s--x");
}

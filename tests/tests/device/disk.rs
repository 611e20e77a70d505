//! A report that there is no room for, or no permission: exit status 2, and what was there before is still there.

use crate::place::{Place, through};
use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Output};

/// Mounts a small file system in a namespace of its own, has `prepare` done on it, writes a report into it twice, onto a
/// file that is there and one that is not, and lists what is there then.
fn on_a_small_disk(prepare: &str) -> Output {
    let place = Place::new("file", &["id: a, observations: [{plugin: file, config: {path: /}}]"]);
    let disk = place.path("disk");
    fs::create_dir(&disk).unwrap();
    let quoin = quoin_tests::programs::quoin();
    let script = format!(
        "mount -t tmpfs -o size=64k none \"$0\"\n\
         echo before >\"$0/report.json\"\n\
         {prepare}\n\
         for name in report.json new.json; do\n\
           status=0\n\
           \"${{@:2}}\" check \"$1\" --format json -o \"$0/$name\" 2>&1 || status=$?\n\
           echo \"status $status\"\n\
         done\n\
         ls -A \"$0\"\n\
         cat \"$0/report.json\""
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-euc", &script]).arg(&disk).arg(place.path("profile.yaml"));
    command.arg(quoin.get_program()).args(quoin.get_args());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[track_caller]
fn assert_untouched(output: &Output, reason: &str, left: &str) {
    let text = String::from_utf8_lossy(&output.stdout);
    let said: Vec<_> = text.lines().filter(|line| line.starts_with("quoin: ")).collect();
    assert_eq!(said.len(), 2, "{text}");
    assert!(
        said.iter().all(|line| line.contains("cannot write the report") && line.contains(reason)),
        "{text}"
    );
    assert_eq!(text.matches("status 2\n").count(), 2, "{text}");
    assert!(text.ends_with(left), "{text}");
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn a_full_disk_keeps_what_it_has() {
    let output = on_a_small_disk("cat /dev/zero >\"$0/filler\" 2>/dev/null || true");
    assert_untouched(&output, "No space left on device", "\nfiller\nreport.json\nbefore\n");
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn a_read_only_file_system_is_told() {
    let output = on_a_small_disk("mount -o remount,ro \"$0\"");
    assert_untouched(&output, "ead-only file", "\nreport.json\nbefore\n");
}

#[test]
#[ignore = "proves what `cargo xtask dist` has built"]
fn a_report_that_standard_output_does_not_take_is_an_error() {
    let place = Place::new("file", &["id: a, observations: [{plugin: file, config: {path: /}}]"]);
    let profile = place.path("profile.yaml");
    let output =
        through("sh", &["-c", "exec \"$@\" >/dev/full", "sh"], &[OsStr::new("check"), profile.as_os_str()]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the report to standard output"));
}

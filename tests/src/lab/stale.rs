//! What runs leave behind that were killed, and who may remove it.

use super::Namespace;
use std::fs;
use std::path::Path;

/// How everything is called that the lab makes outside of itself; a process id and a `-` follow.
const PREFIX: &str = "quoin-lab-";

/// The beginning of a name that is ours.
pub(super) fn prefix() -> String {
    format!("{PREFIX}{}-", std::process::id())
}

/// Removes the hosts and directories of processes that are no more, or whose number is another program's by now.
pub(super) fn remove() {
    // The files of a host outlive it where the machine was started again.
    for place in ["/run/netns", "/etc/netns"] {
        for name in stale(Path::new(place)) {
            drop(Namespace::called(name));
        }
    }
    let directory = std::env::temp_dir();
    for name in stale(&directory) {
        let _ = fs::remove_dir_all(directory.join(name));
    }
}

fn stale(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    // Tests are programs in a directory `deps`, ours and those of another run.
    let is_test = |pid: &str| {
        let program = fs::read_link(format!("/proc/{pid}/exe"));
        program.is_ok_and(|program| program.parent().is_some_and(|directory| directory.ends_with("deps")))
    };
    let is_stale = |name: &String| {
        let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        pid.is_some_and(|pid| !is_test(pid))
    };
    entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).filter(is_stale).collect()
}

//! [`is_own_process`]: a plugin that may read `/proc` may read every process but the one that it runs in, whose
//! memory and descriptors would give it everything.

use super::errno::errno;
use super::identity::Identity;
use super::node::LinuxNode;
use quoin_engine::system::OpenOptions;
use quoin_engine::wasi::Errno;
use rustix::fs::{AtFlags, Mode, OFlags, PROC_SUPER_MAGIC};

/// Whether entry `name` of `directory` is this process, one of its threads, or a child of it that has not become
/// another program yet.
///
/// A process file system says itself which of its entries is the caller: `self`. That holds for each mount and each
/// PID namespace, so no number of ours is compared.
pub(crate) fn is_own_process(directory: &LinuxNode, name: &str) -> bool {
    // Only processes have numbers for names, and most directories hold none.
    let is_number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    is_number && is_procfs(directory) && (is_own_thread(directory, name) || is_unborn_child(directory, name))
}

fn is_procfs(directory: &LinuxNode) -> bool {
    let statfs = match rustix::fs::fstatfs(directory) {
        // Before Linux 3.12 only an opened directory can be asked.
        Err(rustix::io::Errno::BADF) => {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            rustix::fs::openat(directory, c".", flags, Mode::empty()).and_then(rustix::fs::fstatfs)
        }
        answer => answer,
    };
    // Where it cannot be asked, the entries decide: nothing but a process file system has them.
    statfs.map_or(true, |s| s.f_type == PROC_SUPER_MAGIC)
}

/// Every thread's number opens `/proc/TID`, also those that a listing of `/proc` leaves out.
fn is_own_thread(procfs: &LinuxNode, name: &str) -> bool {
    rustix::fs::statat(procfs, format!("self/task/{name}"), AtFlags::SYMLINK_NOFOLLOW).is_ok()
}

/// Between vfork and exec a child shares our memory, and its `mem` opened then would stay open on it.
fn is_unborn_child(procfs: &LinuxNode, name: &str) -> bool {
    let program = |name: &str| {
        let stat = rustix::fs::statat(procfs, format!("{name}/exe"), AtFlags::empty()).map_err(errno)?;
        Ok::<_, Errno>(Identity::from(&stat))
    };
    let Ok(its) = program(name) else { return false };
    program("self").is_ok_and(|ours| ours == its) && is_child(procfs, name).unwrap_or(true)
}

/// Whether the parent of process `name` is this process, from the fourth field of proc(5)'s `stat`.
fn is_child(procfs: &LinuxNode, name: &str) -> Result<bool, Errno> {
    let ours = rustix::fs::readlinkat(procfs, c"self", Vec::new()).map_err(errno)?;
    let process = procfs.child(name)?;
    let stat = process.child("stat")?;
    let read = OpenOptions { read: true, ..OpenOptions::default() };
    let text = process.open_child("stat", &stat, read)?.read_to_limit(4096)?;
    Ok(parent(&text) == Some(ours.as_bytes()))
}

/// The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
fn parent(stat: &[u8]) -> Option<&[u8]> {
    let after_name = stat.iter().rposition(|b| *b == b')')? + 1;
    stat[after_name..].split(|b| *b == b' ').filter(|field| !field.is_empty()).nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_parent_is_found_behind_any_name() {
        assert_eq!(parent(b"12 (sh) S 7 12 12 0"), Some(&b"7"[..]));
        assert_eq!(parent(b"12 (a) S 99 (b)) R 8 1"), Some(&b"8"[..]));
        assert_eq!(parent(b"12 (sh)"), None);
        assert_eq!(parent(b""), None);
    }

    #[test]
    fn a_directory_that_is_no_procfs_has_no_processes() {
        let directory = tempfile::tempdir().unwrap();
        let pid = std::process::id().to_string();
        std::fs::create_dir_all(directory.path().join("self/task").join(&pid)).unwrap();
        std::fs::create_dir(directory.path().join(&pid)).unwrap();
        let node = LinuxNode::open_root(directory.path()).unwrap();
        assert!(!is_own_process(&node, &pid));
    }

    #[test]
    fn this_process_and_its_threads_are_its_own() {
        let proc = LinuxNode::open_root(Path::new("/proc")).unwrap();
        let pid = std::process::id().to_string();
        assert!(is_own_process(&proc, &pid));
        // The test runs on a thread of its own, whose number /proc does not list.
        let thread = std::fs::read_link("/proc/thread-self").unwrap();
        let tid = thread.file_name().unwrap().to_str().unwrap().to_owned();
        assert_ne!(tid, pid);
        assert!(is_own_process(&proc, &tid));
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(is_own_process(&proc, &tid))).join().unwrap();
        });
        for other in ["self", "sys", "", "0", "99999999999", "+1", &format!("0{pid}")] {
            assert!(!is_own_process(&proc, other), "{other}");
        }
    }

    #[test]
    fn another_program_is_not_ours_though_it_is_a_child() {
        let proc = LinuxNode::open_root(Path::new("/proc")).unwrap();
        let mut child = std::process::Command::new("/bin/sh")
            .args(["-c", "echo up; read x"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // What it writes shows that it has become the shell.
        let mut line = [0; 3];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut line).unwrap();
        let name = child.id().to_string();
        assert!(!is_own_process(&proc, &name));
        assert!(is_child(&proc, &name).unwrap());
        assert!(!is_child(&proc, &std::process::id().to_string()).unwrap());
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    #[test]
    fn a_child_that_still_runs_our_program_is_ours() {
        const CHILD: &str = "QUOIN_TEST_CHILD_WAITS";
        if std::env::var_os(CHILD).is_some() {
            println!("up");
            let _ = std::io::stdin().read_line(&mut String::new());
            return;
        }
        let proc = LinuxNode::open_root(Path::new("/proc")).unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "linux::own_process::tests::a_child_that_still_runs_our_program_is_ours",
            ])
            .env(CHILD, "1")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        assert!(is_own_process(&proc, &child.id().to_string()));
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}

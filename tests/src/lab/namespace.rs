//! [`Namespace`]: a host of the lab.

use super::stale;
use crate::build::succeed;
use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// A network namespace with a name, as `ip netns` makes them. Dropped, it ends every process in it and is gone.
#[derive(Debug)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// A host with a loopback interface and nothing else. Its addresses are usable at once: IPv6 does not look for
    /// duplicates here.
    ///
    /// # Panics
    ///
    /// Where we are not root, or `ip` is missing.
    #[must_use]
    pub fn new(role: &str) -> Self {
        static STALE: Once = Once::new();
        assert!(rustix::process::geteuid().is_root(), "only root can make a lab; `tests/run lab` says more");
        STALE.call_once(stale::remove);
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let namespace = Self::called(format!("{}{number}-{role}", stale::prefix()));
        succeed(Command::new("ip").args(["netns", "add", &namespace.name]));
        namespace.set("ipv6/conf/default/accept_dad", "0");
        namespace.set("ipv6/conf/default/dad_transmits", "0");
        // No limit to the ICMP errors that firewalls answer with, which would come a second late or never.
        namespace.set("ipv4/icmp_ratelimit", "0");
        namespace.set("ipv6/icmp/ratelimit", "0");
        namespace.ip("link set lo up");
        namespace
    }

    /// One that there is already.
    pub(super) fn called(name: String) -> Self {
        Self { name }
    }

    /// What `ip netns` calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A number that no other host of this process has.
    #[must_use]
    pub fn number(&self) -> &str {
        self.name.rsplit('-').nth(1).unwrap()
    }

    /// A program that will run here. `/etc` has the files of [`Self::etc`] laid over it.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program.as_ref());
        command
    }

    /// Runs `ip` with these words on the interfaces of this host.
    ///
    /// # Panics
    ///
    /// Where it fails.
    pub fn ip(&self, words: &str) {
        succeed(Command::new("ip").args(["-n", &self.name]).args(words.split_whitespace()));
    }

    /// The names of its interfaces.
    #[must_use]
    pub fn interfaces(&self) -> Vec<String> {
        let text = succeed(Command::new("ip").args(["-n", &self.name, "-brief", "link"]));
        let name = |line: &str| line.split(['@', ' ']).next().unwrap().to_owned();
        text.lines().map(name).collect()
    }

    /// Sets a `sysctl` of `net`, such as `ipv4/ip_forward`.
    ///
    /// # Panics
    ///
    /// Where there is none of that name.
    pub fn set(&self, key: &str, value: &str) {
        let path = Path::new("/proc/sys/net").join(key);
        self.enter(|| fs::write(&path, value).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }

    /// Gives what runs here a file of its own in `/etc`. What runs already keeps what it has.
    ///
    /// # Panics
    ///
    /// Where it can't be written.
    pub fn etc(&self, file: &str, text: &str) {
        fs::create_dir_all(self.etc_directory()).unwrap();
        fs::write(self.etc_directory().join(file), text).unwrap();
    }

    /// Does something with the network of this host, in a thread of its own. Threads that it starts stay on this host,
    /// and so do sockets.
    pub fn enter<T: Send>(&self, action: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let inside = scope.spawn(|| {
                let file = fs::File::open(self.file()).unwrap();
                move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
                action()
            });
            inside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Whether something listens on a TCP port here.
    #[must_use]
    pub fn listens(&self, port: u16) -> bool {
        self.has_socket(&["tcp", "tcp6"], port, Some("0A"))
    }

    /// Whether something is bound to a UDP port here.
    #[must_use]
    pub fn is_bound(&self, port: u16) -> bool {
        self.has_socket(&["udp", "udp6"], port, None)
    }

    /// As /proc/net tells: `sl local_address rem_address st …`, in hexadecimal.
    fn has_socket(&self, tables: &[&str], port: u16, state: Option<&str>) -> bool {
        let end = format!(":{port:04X}");
        let is_it = |line: &str| {
            let mut words = line.split_whitespace().skip(1);
            let (local, found) = (words.next(), words.nth(1));
            local.is_some_and(|local| local.ends_with(&end)) && (state.is_none() || found == state)
        };
        let read = |table: &&str| fs::read_to_string(format!("/proc/thread-self/net/{table}")).unwrap();
        self.enter(|| tables.iter().any(|table| read(table).lines().any(is_it)))
    }

    fn file(&self) -> PathBuf {
        Path::new("/run/netns").join(&self.name)
    }

    fn etc_directory(&self) -> PathBuf {
        Path::new("/etc/netns").join(&self.name)
    }

    /// Ends every process on this host. Threads of ours that entered it are none.
    fn end_processes(&self) {
        let Ok(namespace) = fs::metadata(self.file()) else { return };
        let Ok(processes) = fs::read_dir("/proc") else { return };
        for process in processes.flatten() {
            let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let inode = fs::metadata(process.path().join("ns/net")).map(|found| found.ino());
            if inode.is_ok_and(|inode| inode == namespace.ino())
                && let Some(pid) = Pid::from_raw(pid)
            {
                // It may have ended by itself since.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.end_processes();
        let _ = fs::remove_dir_all(self.etc_directory());
        let _ = Command::new("ip").args(["netns", "delete", &self.name]).status();
    }
}

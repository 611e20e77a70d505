//! [`Processes`]: the commands that are running, each a process group, and their end when the run is interrupted.

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// All commands of a run. Once they have been ended, no other is started, and whatever waits stops waiting.
#[derive(Debug, Default)]
pub struct Processes {
    ended: AtomicBool,
    /// Leaders that have not been waited for, so that none of these numbers can have been given to another process.
    groups: Mutex<Vec<Pid>>,
}

impl Processes {
    /// Whether the run has been interrupted.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Ends all commands with everything that they have started: asks them to (SIGTERM), waits for `grace` at most, and
    /// kills what is left.
    pub fn end_all(&self, grace: Duration) {
        self.ended.store(true, Ordering::Relaxed);
        self.signal_all(Signal::TERM);
        // A stopped process would not hear it.
        self.signal_all(Signal::CONT);
        let end = Instant::now() + grace;
        while Instant::now() < end && !self.groups().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.signal_all(Signal::KILL);
    }

    fn signal_all(&self, signal: Signal) {
        for group in self.groups().iter() {
            // One that has ended meanwhile needs no signal.
            let _ = kill_process_group(*group, signal);
        }
    }

    /// Starts a command as the leader of its own process group, with none of this process's descriptors but the three
    /// that `command` names.
    ///
    /// # Errors
    ///
    /// `ECANCELED` once the run has been interrupted, and what the system says.
    pub(crate) fn spawn(&self, command: &mut Command) -> io::Result<Group<'_>> {
        // Held until the group is known, so that an interrupt finds it or comes before it.
        let mut groups = self.groups();
        if self.ended() {
            return Err(rustix::io::Errno::CANCELED.into());
        }
        // All descriptors of Quoin's own are closed on exec. Those that it was started with need not be.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let child = command.process_group(0).spawn()?;
        let pid = Pid::from_child(&child);
        groups.push(pid);
        Ok(Group { processes: self, child, pid })
    }

    /// A thread that panicked while it held the lock has left a list that is still right.
    fn groups(&self) -> MutexGuard<'_, Vec<Pid>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// With its status, or 128 plus the signal's number.
    Code(i32),
    /// Unknown: the system threw the status away, because SIGCHLD is ignored in this process.
    Lost,
}

/// One running command. Dropping it ends the whole group.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    processes: &'a Processes,
    child: Child,
    pid: Pid,
}

impl Group<'_> {
    /// The started process, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How the leader ended, or `None` while it runs. It stays a zombie, so that its number stays the group's.
    pub(crate) fn exit(&self) -> Option<Exit> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match retry_on_intr(|| waitid(WaitId::Pid(self.pid), options)) {
            Ok(None) => None,
            Ok(Some(status)) => match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => Some(Exit::Code(code)),
                (None, Some(signal)) => Some(Exit::Code(128 + signal)),
                (None, None) => Some(Exit::Lost),
            },
            Err(_) => Some(Exit::Lost),
        }
    }

    /// Sends a signal to the whole group.
    pub(crate) fn signal(&self, signal: Signal) {
        // Nobody left to hear it is as good as heard.
        let _ = kill_process_group(self.pid, signal);
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        // One that even that does not end, because it hangs in the kernel, stays in the list; it is not waited for.
        if self.exit().is_some() {
            let mut groups = self.processes.groups();
            groups.retain(|pid| *pid != self.pid);
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::test_kill_process_group;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    fn wait(group: &Group<'_>) -> Exit {
        for _ in 0..2_000 {
            if let Some(exit) = group.exit() {
                return exit;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end");
    }

    /// A killed process is gone only once its parent has waited for it, which may be a slow init.
    fn gone(pid: Pid) -> bool {
        (0..2_000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            test_kill_process_group(pid).is_err()
        })
    }

    #[test]
    fn exits_are_told_as_a_shell_tells_them() {
        let processes = Processes::default();
        assert_eq!(wait(&processes.spawn(&mut shell("exit 7")).unwrap()), Exit::Code(7));
        assert_eq!(wait(&processes.spawn(&mut shell("kill -9 $$")).unwrap()), Exit::Code(137));
        assert!(processes.groups().is_empty());
    }

    #[test]
    fn dropping_ends_the_group_with_its_grandchildren() {
        let processes = Processes::default();
        let group = processes.spawn(&mut shell("sleep 300 & exit 0")).unwrap();
        let pid = group.pid;
        assert_eq!(wait(&group), Exit::Code(0));
        assert!(test_kill_process_group(pid).is_ok());
        drop(group);
        assert!(gone(pid));
    }

    #[test]
    fn an_interrupt_ends_all_and_lets_no_other_start() {
        let processes = Processes::default();
        // The second one does not listen to SIGTERM.
        let polite = processes.spawn(&mut shell("sleep 300")).unwrap();
        let stubborn = processes.spawn(&mut shell("trap '' TERM; while :; do sleep 300; done")).unwrap();
        assert!(polite.exit().is_none());
        std::thread::sleep(Duration::from_millis(100));
        processes.end_all(Duration::from_millis(50));
        assert!(processes.ended());
        assert_eq!(wait(&polite), Exit::Code(143));
        assert_eq!(wait(&stubborn), Exit::Code(137));
        let refused = processes.spawn(&mut shell("exit 0")).unwrap_err();
        assert_eq!(rustix::io::Errno::from_io_error(&refused), Some(rustix::io::Errno::CANCELED));
    }
}

//! [`LinuxSystem`]: clocks, randomness and waiting.

use super::errno::errno;
use super::file::LinuxFile;
use super::processes::Processes;
use super::stat::{nanoseconds, timespec};
use quoin_engine::system::{Interest, Readiness, System};
use quoin_engine::wasi::Errno;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::rand::{GetRandomFlags, getrandom};
use rustix::time::{ClockId, clock_getres, clock_gettime};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Nanoseconds between two looks at whether the run has been interrupted.
pub(crate) const SLICE: u64 = 100_000_000;

/// Clocks, randomness and waiting of this machine.
#[derive(Debug, Clone, Default)]
pub struct LinuxSystem {
    processes: Arc<Processes>,
}

impl LinuxSystem {
    /// One whose waits end when `processes` are ended.
    #[must_use]
    pub fn new(processes: Arc<Processes>) -> Self {
        Self { processes }
    }
}

/// Nanoseconds on the clock that deadlines are on.
pub(crate) fn monotonic() -> u64 {
    nanoseconds(clock_gettime(ClockId::Monotonic))
}

impl System for LinuxSystem {
    fn monotonic(&self) -> u64 {
        monotonic()
    }

    fn realtime(&self) -> u64 {
        nanoseconds(clock_gettime(ClockId::Realtime))
    }

    fn resolution(&self) -> u64 {
        let both = [ClockId::Monotonic, ClockId::Realtime].map(|id| nanoseconds(clock_getres(id)));
        both[0].max(both[1]).max(1)
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), Errno> {
        let mut filled = 0;
        while filled < buffer.len() {
            match getrandom(&mut buffer[filled..], GetRandomFlags::empty()) {
                Ok(n) => filled += n,
                Err(rustix::io::Errno::INTR) => {}
                // Linux before 3.17 does not have it, and some sandboxes refuse it.
                Err(_) => return random_device(Path::new("/dev/urandom"), &mut buffer[filled..]),
            }
        }
        Ok(())
    }

    /// `Canceled` when the run is interrupted meanwhile.
    fn wait(&self, interests: &[Interest<'_>], nanoseconds: u64) -> Result<Vec<Readiness>, Errno> {
        let files = interests
            .iter()
            .map(|i| i.file.as_any().downcast_ref::<LinuxFile>().ok_or(Errno::Badf))
            .collect::<Result<Vec<_>, _>>()?;
        let mut fds: Vec<_> = files
            .iter()
            .zip(interests)
            .map(|(file, i)| PollFd::new(*file, if i.write { PollFlags::OUT } else { PollFlags::IN }))
            .collect();
        let end = monotonic().saturating_add(nanoseconds);
        loop {
            if self.processes.ended() {
                return Err(Errno::Canceled);
            }
            let left = end.saturating_sub(monotonic());
            match poll(&mut fds, Some(&timespec(left.min(SLICE)))) {
                Ok(0) if left > 0 => {}
                Err(rustix::io::Errno::INTR) => {}
                Ok(_) => break,
                Err(error) => return Err(errno(error)),
            }
        }
        files
            .iter()
            .zip(interests)
            .zip(&fds)
            .map(|((file, i), fd)| readiness(file, i, fd.revents()))
            .collect()
    }

    fn yield_now(&self) {
        std::thread::yield_now();
    }
}

fn readiness(file: &LinuxFile, interest: &Interest<'_>, events: PollFlags) -> Result<Readiness, Errno> {
    if events.contains(PollFlags::NVAL) {
        return Err(Errno::Badf);
    }
    // An error is something to read or write: the next call answers it.
    let ready = !events.is_empty();
    let hangup = events.intersects(PollFlags::HUP | PollFlags::RDHUP);
    let bytes = if ready && !interest.write { rustix::io::ioctl_fionread(file).unwrap_or(0) } else { 0 };
    Ok(Readiness { ready, hangup, bytes })
}

/// Fills the buffer from a device.
fn random_device(path: &Path, buffer: &mut [u8]) -> Result<(), Errno> {
    let mut device = std::fs::File::open(path).map_err(|_| Errno::Io)?;
    device.read_exact(buffer).map_err(|_| Errno::Io)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quoin_engine::system::File;
    use std::io::Write;
    use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

    fn read(file: &LinuxFile) -> Interest<'_> {
        Interest { file, write: false }
    }

    #[test]
    fn clocks_are_those_of_the_machine() {
        let system = LinuxSystem::default();
        let (a, b) = (system.monotonic(), system.monotonic());
        assert!(0 < a && a <= b);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        assert!(now.abs_diff(u128::from(system.realtime())) < 5_000_000_000);
        assert!((1..=1_000_000_000).contains(&system.resolution()));
    }

    #[test]
    fn random_bytes_differ_and_have_a_second_source() {
        let system = LinuxSystem::default();
        let (mut a, mut b) = ([0; 1_000], [0; 1_000]);
        system.random(&mut a).unwrap();
        random_device(Path::new("/dev/urandom"), &mut b).unwrap();
        assert_ne!(a, b);
        assert!(a[900..].iter().any(|x| *x != 0) && b[900..].iter().any(|x| *x != 0));
        assert_eq!(system.random(&mut []), Ok(()));
        assert_eq!(random_device(Path::new("/dev/null"), &mut b), Err(Errno::Io));
        assert_eq!(random_device(Path::new("/nowhere"), &mut b), Err(Errno::Io));
    }

    #[test]
    fn waiting_for_nothing_takes_the_time_given() {
        let start = Instant::now();
        assert_eq!(LinuxSystem::default().wait(&[], 150_000_000), Ok(vec![]));
        assert!(start.elapsed() >= Duration::from_millis(150));
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_pipe_wakes_and_tells_how_much_there_is_to_read() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let file = LinuxFile::shared(reader.into());
        let system = LinuxSystem::default();
        assert_eq!(system.wait(&[read(&file)], 1_000_000), Ok(vec![Readiness::default()]));
        let sender = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(150));
            writer.write_all(b"abc").unwrap();
            writer
        });
        let woken = system.wait(&[read(&file)], u64::MAX).unwrap();
        assert_eq!(woken, [Readiness { ready: true, hangup: false, bytes: 3 }]);
        file.read(&mut [0; 3]).unwrap();
        drop(sender.join().unwrap());
        let woken = system.wait(&[read(&file)], u64::MAX).unwrap();
        assert_eq!(woken, [Readiness { ready: true, hangup: true, bytes: 0 }]);
    }

    #[test]
    fn regular_files_are_always_ready_both_ways() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"12345").unwrap();
        let file = LinuxFile::new(file.into());
        file.seek(2, quoin_engine::system::Whence::Set).unwrap();
        let interests = [read(&file), Interest { file: &file, write: true }];
        let ready = LinuxSystem::default().wait(&interests, u64::MAX).unwrap();
        assert_eq!(ready[0], Readiness { ready: true, hangup: false, bytes: 3 });
        assert!(ready[1].ready);
    }

    #[test]
    fn an_interrupt_ends_the_wait() {
        let processes = Arc::new(Processes::default());
        let system = LinuxSystem::new(Arc::clone(&processes));
        let waiting = std::thread::spawn({
            let system = system.clone();
            move || system.wait(&[], u64::MAX)
        });
        std::thread::sleep(Duration::from_millis(20));
        processes.end_all(Duration::ZERO);
        assert_eq!(waiting.join().unwrap(), Err(Errno::Canceled));
    }
}

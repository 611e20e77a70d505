//! The texts of `/proc`, as proc(5) has them. Whatever is in them, reading them answers: a process chooses its own name and
//! its own command line.

use alloc::{string::String, vec::Vec};
use core::str;

/// Ticks in a second in what `/proc` tells (`USER_HZ`). It is part of the kernel's interface to programs, 100 on every
/// processor that Quoin is built for, and has nothing to do with the kernel's own `HZ`. A module has no sysconf(3) to ask.
pub const TICKS_PER_SECOND: u64 = 100;

/// The bytes of a name that the kernel keeps (`TASK_COMM_LEN` without the NUL).
pub const NAME_BYTES: usize = 15;

/// The flag of a kernel thread (`PF_KTHREAD` in the kernel's `include/linux/sched.h`, the same since 2.6.27).
const KERNEL_THREAD: u64 = 0x0020_0000;

/// What `/proc/PID/stat` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// The process's number.
    pub pid: u32,
    /// Its name, up to [`NAME_BYTES`]. What is not UTF-8 in it is `�`.
    pub name: String,
    /// A letter: `R` `S` `D` `Z` …
    pub state: char,
    /// The number of its parent; 0 where there is none.
    pub ppid: u32,
    /// It is a part of the kernel.
    pub kernel: bool,
    /// How many threads it has.
    pub threads: u64,
    /// When it started, in ticks after the system did.
    pub started: u64,
}

impl Stat {
    /// Reads the file; `None` where it is none of its kind.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        // The name is in parentheses and may have spaces and parentheses in it; behind the last are none.
        let open = text.iter().position(|byte| *byte == b'(')?;
        let close = text.iter().rposition(|byte| *byte == b')')?;
        let name = String::from_utf8_lossy(text.get(open + 1..close)?).into_owned();
        let pid = u32::try_from(number(text.get(..open)?.trim_ascii_end())?).ok()?;
        let mut fields = text.get(close + 1..)?.trim_ascii().split(|byte| *byte == b' ');
        let [state] = fields.next()? else { return None };
        // proc(5) counts from 1: `state` is 3, `ppid` 4, `flags` 9, `num_threads` 20, `starttime` 22.
        let ppid = u32::try_from(number(fields.next()?)?).ok()?;
        let kernel = number(fields.nth(9 - 5)?)? & KERNEL_THREAD != 0;
        let threads = number(fields.nth(20 - 10)?)?;
        let started = number(fields.nth(22 - 21)?)?;
        Some(Self { pid, name, state: char::from(*state), ppid, kernel, threads, started })
    }

    /// The state as a word, those of `/proc/PID/status` in one word each.
    #[must_use]
    pub const fn state_word(&self) -> &'static str {
        match self.state {
            'R' => "running",
            'S' => "sleeping",
            'D' => "disk_sleep",
            'T' => "stopped",
            't' => "tracing_stop",
            'Z' => "zombie",
            'X' | 'x' => "dead",
            'I' => "idle",
            'P' => "parked",
            'K' => "wakekill",
            'W' => "waking",
            _ => "unknown",
        }
    }

    /// Whether there is more of it than an entry in a table.
    #[must_use]
    pub const fn is_alive(&self) -> bool {
        !matches!(self.state, 'Z' | 'X' | 'x')
    }
}

/// Bytes of memory that a process has, from `/proc/PID/status`; a kernel thread and a zombie have none.
#[must_use]
pub fn resident_bytes(status: &[u8]) -> Option<u64> {
    let kilobytes = value(status, b"VmRSS:")?.trim_ascii().strip_suffix(b" kB")?;
    number(kilobytes)?.checked_mul(1024)
}

/// The number of the process that a number belongs to, from `/proc/PID/status`: its own where it is a process, another where
/// it is one of a process's further threads.
#[must_use]
pub fn thread_group(status: &[u8]) -> Option<u64> {
    number(value(status, b"Tgid:")?.trim_ascii())
}

/// When the system started, in seconds since the Unix epoch, from `/proc/stat`; of what is cut off, only whole lines count.
#[must_use]
pub fn boot_time(stat: &[u8]) -> Option<u64> {
    let end = stat.iter().rposition(|byte| *byte == b'\n')?;
    number(value(stat.get(..end)?, b"btime ")?.trim_ascii())
}

/// What is behind `key` on the first line that begins with it.
fn value<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    text.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(key))
}

/// A decimal number.
fn number(digits: &[u8]) -> Option<u64> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    (!digits.is_empty())
        .then_some(digits)?
        .iter()
        .try_fold(0_u64, |number, byte| number.checked_mul(10)?.checked_add(digit(byte)?))
}

/// The words of `/proc/PID/cmdline` with a space between them. What is not UTF-8 in it is `�`.
#[must_use]
pub fn command_line(cmdline: &[u8]) -> String {
    // Programs that write their state there leave any number of NULs behind it.
    let end = cmdline.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let words: Vec<u8> = cmdline[..end].iter().map(|byte| if *byte == 0 { b' ' } else { *byte }).collect();
    String::from_utf8_lossy(&words).into_owned()
}

/// What a process is called: the kernel's name for it, or where that was cut, the whole of it from the command line.
#[must_use]
pub fn whole_name(name: &str, cmdline: &[u8]) -> String {
    if name.len() == NAME_BYTES {
        let program = cmdline.split(|byte| *byte == 0).next().unwrap_or_default();
        let base = program.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if let Ok(base) = str::from_utf8(base)
            && base.starts_with(name)
        {
            return base.into();
        }
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::{Stat, boot_time, command_line, resident_bytes, thread_group, whole_name};

    /// As Linux 6.1 wrote it.
    const SSHD: &str = "612 (sshd) S 1 612 612 0 -1 4194560 1180 1302 0 0 1 3 2 3 20 0 1 0 352 15810560 2304 \
        18446744073709551615 1 1 0 0 0 0 0 4096 81925 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

    #[test]
    fn a_process_is_read() {
        let stat = Stat::parse(SSHD.as_bytes()).expect("it is one");
        assert_eq!((stat.pid, stat.name.as_str(), stat.state_word()), (612, "sshd", "sleeping"));
        assert_eq!((stat.ppid, stat.threads, stat.started), (1, 1, 352));
        assert!(!stat.kernel && stat.is_alive());
    }

    #[test]
    fn a_kernel_thread_is_told_by_its_flag() {
        let text = "15 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0 0 0 0 7 0 0 20 0 1 0 8 0 0";
        let stat = Stat::parse(text.as_bytes()).expect("it is one");
        assert!(stat.kernel);
        assert_eq!(stat.name, "ksoftirqd/0");
    }

    #[test]
    fn any_name_is_read() {
        for name in ["a b", ") R 1 (", "((", "", "a\nb", "日本"] {
            let text = SSHD.replace("(sshd)", &alloc::format!("({name})"));
            let stat = Stat::parse(text.as_bytes()).expect(name);
            assert_eq!((stat.name.as_str(), stat.state, stat.ppid), (name, 'S', 1));
        }
        let text = [b"1 (\xff) Z 0 ".as_slice(), &b"0 ".repeat(18)].concat();
        let stat = Stat::parse(&text).expect("it is one");
        assert_eq!((stat.name.as_str(), stat.is_alive()), ("\u{fffd}", false));
    }

    #[test]
    fn what_is_cut_off_is_none() {
        let whole = SSHD.find(" 15810560").expect("starttime is before it");
        assert!(Stat::parse(&SSHD.as_bytes()[..whole]).is_some());
        // A number that is cut is another number, so the last field may be cut and still be one.
        for length in 0..whole - 3 {
            assert_eq!(Stat::parse(&SSHD.as_bytes()[..length]), None, "{length}");
        }
        for bad in
            ["", "()", "x (a) S 1", "1 )a( S 1", "4294967296 (a) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"]
        {
            assert_eq!(Stat::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn memory_group_and_boot_time_are_read() {
        let status = b"Name:\tsshd\nTgid:\t612\nVmHWM:\t    9312 kB\nVmRSS:\t    9216 kB\nThreads:\t1\n";
        assert_eq!((resident_bytes(status), thread_group(status)), (Some(9216 * 1024), Some(612)));
        for bad in
            ["", "Name:\tkthreadd\n", "VmRSS:\t\n", "VmRSS:\t12\n", "VmRSS:\t18446744073709551615 kB\n"]
        {
            assert_eq!(resident_bytes(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(boot_time(b"cpu  1 2 3\nbtime 1700000000\nprocesses 9\n"), Some(1_700_000_000));
        for bad in ["", "cpu  1 2 3\n", "cpu  1 2 3\nbtime 17000", "btime \n"] {
            assert_eq!(boot_time(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_command_line_is_words() {
        for (bytes, expected) in [
            (&b"/usr/sbin/sshd\0-D\0"[..], "/usr/sbin/sshd -D"),
            (b"nginx: master process\0\0\0\0", "nginx: master process"),
            (b"a\0\0b\0", "a  b"),
            (b"", ""),
            (b"\0", ""),
            (b"a\xff\0", "a\u{fffd}"),
        ] {
            assert_eq!(command_line(bytes), expected);
        }
    }

    #[test]
    fn a_name_that_was_cut_is_completed() {
        for (name, cmdline, expected) in [
            ("systemd-journal", &b"/lib/systemd/systemd-journald\0"[..], "systemd-journald"),
            ("systemd-journal", b"", "systemd-journal"),
            ("systemd-journal", b"/bin/other\0", "systemd-journal"),
            ("sshd", b"sshd: root@pts/0\0", "sshd"),
        ] {
            assert_eq!(whole_name(name, cmdline), expected);
        }
    }
}

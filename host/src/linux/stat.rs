//! A file's attributes and times, from Linux's structures to the engine's and back.

use quoin_engine::system::{Kind, SetTime, Stat};
use rustix::fs::{FileType, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};

const NANOS: u64 = 1_000_000_000;

/// What a file type is in the engine's words.
pub(crate) fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Symlink,
        FileType::Fifo => Kind::Fifo,
        FileType::Socket => Kind::Socket,
        FileType::BlockDevice => Kind::BlockDevice,
        FileType::CharacterDevice => Kind::CharDevice,
        FileType::Unknown => Kind::Unknown,
    }
}

/// The engine's attributes. `struct stat` has other field types on every architecture, which is why each passes
/// through a conversion here.
pub(crate) fn stat(stat: &rustix::fs::Stat) -> Stat {
    Stat {
        dev: number(stat.st_dev),
        ino: number(stat.st_ino),
        kind: kind(FileType::from_raw_mode(stat.st_mode)),
        mode: stat.st_mode & 0o7777,
        nlink: number(stat.st_nlink),
        uid: stat.st_uid,
        gid: stat.st_gid,
        size: number(stat.st_size),
        atime: since_epoch(stat.st_atime, stat.st_atime_nsec),
        mtime: since_epoch(stat.st_mtime, stat.st_mtime_nsec),
        ctime: since_epoch(stat.st_ctime, stat.st_ctime_nsec),
    }
}

fn number(n: impl TryInto<u64>) -> u64 {
    n.try_into().unwrap_or(0)
}

/// Nanoseconds since 1970. WASI's timestamps start there and end in 2554; what lies outside arrives as the nearest of
/// the two, so that an older file is still older than any other.
fn since_epoch(seconds: impl TryInto<i64>, nanoseconds: impl TryInto<u64>) -> u64 {
    let Ok(seconds) = seconds.try_into() else { return u64::MAX };
    let Ok(seconds) = u64::try_from(seconds) else { return 0 };
    seconds.saturating_mul(NANOS).saturating_add(number(nanoseconds))
}

/// A moment or a span as nanoseconds; negative ones become 0.
pub(crate) fn nanoseconds(time: Timespec) -> u64 {
    since_epoch(time.tv_sec, time.tv_nsec)
}

/// Nanoseconds as Linux takes them.
pub(crate) fn timespec(nanoseconds: u64) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(nanoseconds / NANOS).unwrap_or(i64::MAX),
        tv_nsec: (nanoseconds % NANOS).try_into().unwrap_or_default(),
    }
}

/// The two times that a file can be given.
pub(crate) fn timestamps(atime: SetTime, mtime: SetTime) -> Timestamps {
    let one = |time| match time {
        SetTime::Keep => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        SetTime::Now => Timespec { tv_sec: 0, tv_nsec: UTIME_NOW },
        SetTime::At(at) => timespec(at),
    };
    Timestamps { last_access: one(atime), last_modification: one(mtime) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_nanoseconds_and_stop_at_the_ends() {
        assert_eq!(since_epoch(1, 5_u64), 1_000_000_005);
        assert_eq!(since_epoch(0, 0_u32), 0);
        // Half a second before 1970 is second -1 and 500,000,000 nanoseconds.
        assert_eq!(since_epoch(-1, 500_000_000_u64), 0);
        assert_eq!(since_epoch(i64::MIN, 0_u64), 0);
        assert_eq!(since_epoch(i64::MAX, 999_999_999_u64), u64::MAX);
        assert_eq!(since_epoch(u64::MAX, 0_u64), u64::MAX);
        // The last second of 32-bit time, and the one after it.
        assert_eq!(since_epoch(i64::from(i32::MAX) + 1, 0_u32), 2_147_483_648_000_000_000);
    }

    #[test]
    fn a_timespec_comes_back_as_it_went() {
        for n in [0, 1, 999_999_999, 1_000_000_000, 2_147_483_648_000_000_001, u64::MAX] {
            assert_eq!(nanoseconds(timespec(n)), n);
        }
    }

    #[test]
    fn keeping_and_now_are_said_as_linux_wants_them() {
        let times = timestamps(SetTime::Keep, SetTime::Now);
        assert_eq!(times.last_access.tv_nsec, UTIME_OMIT);
        assert_eq!(times.last_modification.tv_nsec, UTIME_NOW);
        let times = timestamps(SetTime::At(1_000_000_002), SetTime::Keep);
        assert_eq!((times.last_access.tv_sec, times.last_access.tv_nsec), (1, 2));
    }

    #[test]
    fn every_file_type_has_a_kind() {
        let types = [
            (FileType::RegularFile, Kind::File),
            (FileType::Directory, Kind::Directory),
            (FileType::Symlink, Kind::Symlink),
            (FileType::Fifo, Kind::Fifo),
            (FileType::Socket, Kind::Socket),
            (FileType::BlockDevice, Kind::BlockDevice),
            (FileType::CharacterDevice, Kind::CharDevice),
            (FileType::Unknown, Kind::Unknown),
        ];
        for (file_type, expected) in types {
            assert_eq!(kind(file_type), expected);
        }
    }
}

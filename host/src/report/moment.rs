//! When something happened, and the name of one run.

use quoin_engine::UnixTime;
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment in UTC; RFC 3339 with milliseconds in reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(UnixTime);

impl Moment {
    /// Now, by the system's clock. A small device without a battery may well say 1970.
    #[must_use]
    pub fn now() -> Self {
        Self::since_epoch(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// The moment that long after 1970-01-01T00:00:00Z; the last moment of the year 9999 for times beyond it.
    #[must_use]
    pub fn since_epoch(since: Duration) -> Self {
        let nanoseconds = since.subsec_millis() * 1_000_000;
        i64::try_from(since.as_secs()).map_or(Self(UnixTime::LAST), |seconds| {
            Self(UnixTime { seconds, nanoseconds }.min(UnixTime::LAST))
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A name that no other run has: a random UUID (RFC 9562, version 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExecutionId([u8; 16]);

impl ExecutionId {
    /// A new one from the system's random numbers. Where there are none to be had (a kernel before 3.17), the clock
    /// and the process's id stand in: the id names a run, nothing is kept secret with it.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        let got = rustix::rand::getrandom(&mut bytes[..], rustix::rand::GetRandomFlags::NONBLOCK);
        if got != Ok(bytes.len()) {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let process = u128::from(std::process::id());
            bytes = (since.as_nanos() << 32 | process).to_be_bytes();
        }
        Self::from_bytes(bytes)
    }

    /// The id with these bytes, but for the six bits that say "version 4".
    #[must_use]
    pub const fn from_bytes(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl Serialize for ExecutionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rfc_3339_with_milliseconds() {
        let at = |milliseconds| Moment::since_epoch(Duration::from_millis(milliseconds)).to_string();
        assert_eq!(at(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(1_700_000_000_042), "2023-11-14T22:13:20.042Z");
        assert_eq!(at(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
        assert_eq!(at(253_402_300_800_000), "9999-12-31T23:59:59.999Z");
        assert_eq!(Moment::since_epoch(Duration::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert!(Moment::now() > Moment::since_epoch(Duration::from_secs(1_600_000_000)));
    }

    #[test]
    fn ids_are_version_4_and_differ() {
        assert_eq!(ExecutionId::from_bytes([0; 16]).to_string(), "00000000-0000-4000-8000-000000000000");
        assert_eq!(ExecutionId::from_bytes([255; 16]).to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_ne!(ExecutionId::random(), ExecutionId::random());
    }
}

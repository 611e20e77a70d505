//! [`Instant`] and [`Deadline`]: nothing waits without one.

use crate::{Code, Error};
use core::time::Duration;

/// A moment on a stack's monotonic clock, in nanoseconds since an arbitrary start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// The moment `nanoseconds` after the clock's start.
    #[must_use]
    pub const fn from_nanos(nanoseconds: u64) -> Self {
        Self(nanoseconds)
    }

    /// Nanoseconds since the clock's start.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; nothing, if it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// The moment by which something has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// `after` from `now`. Times that do not fit end at the clock's last nanosecond, in 584 years.
    #[must_use]
    pub fn after(now: Instant, after: Duration) -> Self {
        Self(Instant(now.0.saturating_add(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX))))
    }

    /// The moment.
    #[must_use]
    pub const fn at(self) -> Instant {
        self.0
    }

    /// What is left at `now`, which is more than nothing.
    ///
    /// # Errors
    ///
    /// [`Code::TimedOut`] once it has passed.
    pub fn left(self, now: Instant) -> Result<Duration, Error> {
        match self.0.since(now) {
            Duration::ZERO => Err(Code::TimedOut.into()),
            left => Ok(left),
        }
    }

    /// The earlier of the two.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_passes_exactly_when_nothing_is_left() {
        let deadline = Deadline::after(Instant::from_nanos(10), Duration::from_nanos(5));
        assert_eq!(deadline.left(Instant::from_nanos(14)), Ok(Duration::from_nanos(1)));
        assert_eq!(deadline.left(Instant::from_nanos(15)), Err(Code::TimedOut.into()));
        assert_eq!(Deadline::after(deadline.at(), Duration::MAX).at().as_nanos(), u64::MAX);
    }
}

//! [`Deadline`]: nothing waits without one.

use core::time::Duration;

/// A moment on the system's monotonic clock, in nanoseconds since an arbitrary start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(u64);

impl Deadline {
    /// The moment `after` from `now`, both on [`System::monotonic`](crate::system::System::monotonic)'s clock.
    /// Times that do not fit end at the clock's last nanosecond, in 584 years.
    #[must_use]
    pub fn after(now: u64, after: Duration) -> Self {
        Self(now.saturating_add(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Nanoseconds on the monotonic clock.
    #[must_use]
    pub const fn at(self) -> u64 {
        self.0
    }

    /// What is left at `now`; zero once it has passed.
    #[must_use]
    pub const fn left(self, now: u64) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(now))
    }

    /// Whether it has passed at `now`.
    #[must_use]
    pub const fn passed(self, now: u64) -> bool {
        self.0 <= now
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
        let deadline = Deadline::after(10, Duration::from_nanos(5));
        assert_eq!(deadline.left(10), Duration::from_nanos(5));
        assert!(!deadline.passed(14));
        assert!(deadline.passed(15));
        assert_eq!(deadline.left(20), Duration::ZERO);
    }

    #[test]
    fn a_deadline_too_far_away_saturates() {
        assert_eq!(Deadline::after(1, Duration::MAX).at(), u64::MAX);
    }
}

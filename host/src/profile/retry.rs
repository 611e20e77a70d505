//! Trying again: how often, and how long to wait before each time.

use std::time::Duration;

/// How the wait grows from one retry to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Always the same.
    Constant,
    /// Once, twice, three times the delay.
    Linear,
    /// Once, twice, four times the delay.
    Exponential,
}

impl Backoff {
    /// The words of `retry_backoff`.
    pub const WORDS: [&'static str; 3] = ["constant", "linear", "exponential"];

    /// The backoff that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "constant" => Self::Constant,
            "linear" => Self::Linear,
            "exponential" => Self::Exponential,
            _ => return None,
        })
    }
}

/// What happens after an observation that did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often it is tried again; 0 means once and no more.
    pub retries: u32,
    /// The wait before the first retry.
    pub delay: Duration,
    /// How the wait grows after that.
    pub backoff: Backoff,
    /// What it never grows beyond.
    pub max_delay: Duration,
}

impl Retry {
    /// The most retries that a profile may ask for.
    pub const LIMIT: u32 = 100;

    /// The wait before retry number `attempt`, which counts from 1; none before the first try, which is 0.
    ///
    /// ```
    /// use quoin::profile::{Backoff, Retry};
    /// use std::time::Duration;
    /// let retry = Retry { delay: Duration::from_secs(2), backoff: Backoff::Exponential, ..Retry::default() };
    /// assert_eq!(retry.delay_before(3), Duration::from_secs(8));
    /// ```
    #[must_use]
    pub fn delay_before(&self, attempt: u32) -> Duration {
        let factor = match (attempt, self.backoff) {
            (0, _) => return Duration::ZERO,
            (_, Backoff::Constant) => 1,
            (_, Backoff::Linear) => attempt,
            (_, Backoff::Exponential) => 1u32.checked_shl(attempt - 1).unwrap_or(u32::MAX),
        };
        self.delay.saturating_mul(factor).min(self.max_delay)
    }
}

impl Default for Retry {
    /// No retries; and if a profile asks for some, after 1 s, 2 s, 4 s and so on up to 30 s.
    fn default() -> Self {
        Self {
            retries: 0,
            delay: Duration::from_secs(1),
            backoff: Backoff::Exponential,
            max_delay: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(backoff: Backoff) -> Vec<u64> {
        let retry = Retry { backoff, ..Retry::default() };
        (0..=7).map(|attempt| retry.delay_before(attempt).as_secs()).collect()
    }

    #[test]
    fn the_wait_grows_as_its_word_says_up_to_the_most() {
        assert_eq!(waits(Backoff::Constant), [0, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!(waits(Backoff::Linear), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(waits(Backoff::Exponential), [0, 1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let retry = Retry {
            retries: u32::MAX,
            delay: Duration::MAX,
            backoff: Backoff::Exponential,
            max_delay: Duration::MAX,
        };
        assert_eq!(retry.delay_before(u32::MAX), Duration::MAX);
        let retry = Retry { max_delay: Duration::from_secs(30), ..retry };
        assert_eq!(retry.delay_before(40), Duration::from_secs(30));
    }
}

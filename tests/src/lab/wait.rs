//! Waiting for what will come true soon.

use std::time::{Duration, Instant};

/// Asks again and again, until it is true.
///
/// # Panics
///
/// Where it is not within a minute; the message names `what`.
pub fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_true() {
        assert!(Instant::now() < end, "the lab waited a minute for nothing: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

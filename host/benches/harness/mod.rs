//! Times things in pairs: A B A B …, so that a machine whose speed drifts slows both, and the ratio of each pair holds.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Medians of two things timed in turn, and the median of their ratios.
pub struct Paired {
    pub a: Duration,
    pub b: Duration,
    pub ratio: f64,
}

/// Runs both `rounds` times in turn, after one round that does not count.
pub fn paired<A, B>(rounds: usize, mut a: impl FnMut() -> A, mut b: impl FnMut() -> B) -> Paired {
    let mut times: Vec<(Duration, Duration)> =
        (0..=rounds).map(|_| (time(&mut a), time(&mut b))).skip(1).collect();
    let mut ratios: Vec<f64> = times.iter().map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios[ratios.len() / 2];
    times.sort_by_key(|(a, _)| *a);
    let a = times[times.len() / 2].0;
    times.sort_by_key(|(_, b)| *b);
    Paired { a, b: times[times.len() / 2].1, ratio }
}

fn time<T>(run: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// `12.3 ms`, `45.6 µs`.
pub fn show(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.1} µs", s * 1e6),
    }
}

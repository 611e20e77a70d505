//! `quoin check` as a whole process: the quickstart's time and peak memory, and what a control costs as profiles grow.

#![allow(missing_docs, reason = "a benchmark has no interface")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

const QUOIN: &str = env!("CARGO_BIN_EXE_quoin");
const SIZES: [usize; 3] = [10, 100, 1_000];
const ROUNDS: usize = 15;

/// One run: how long it took, and the most memory it held, in bytes.
fn check(profile: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = Command::new(QUOIN)
        .arg("check")
        .arg(profile)
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary was built for this benchmark");
    let used = child.wait4().expect("it ends");
    let time = start.elapsed();
    assert!(matches!(used.status.code(), Some(0 | 1)), "{}: {}", profile.display(), used.status);
    (time, used.rusage.maxrss)
}

fn profile(controls: usize) -> String {
    let mut text = String::from("profile: {name: bench, version: 1.0.0}\ncontrols:\n  items:\n");
    for index in 0..controls {
        let _ = write!(
            text,
            "    - id: control-{index}\n      name: The password file is as it should be\n      observations:\n        \
             - plugin: file\n          config: {{path: /etc/passwd, read_content: true}}\n          expect:\n            \
             - data.mode == \"0644\"\n            - data.content contains \"root:\"\n"
        );
    }
    text
}

fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
    values[values.len() / 2]
}

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let profiles: Vec<_> = SIZES
        .iter()
        .map(|size| {
            let path = dir.path().join(format!("{size}.yaml"));
            std::fs::write(&path, profile(*size)).expect("a profile");
            path
        })
        .collect();
    let quickstart = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/quickstart.yaml");

    // One round of each in turn, so that a machine whose speed drifts slows all of them.
    let mut seen: Vec<Vec<(Duration, u64)>> = vec![Vec::new(); SIZES.len() + 1];
    for round in 0..=ROUNDS {
        for (index, path) in profiles.iter().chain([&quickstart]).enumerate() {
            let run = check(path);
            if round > 0 {
                seen[index].push(run);
            }
        }
    }
    let times: Vec<f64> =
        seen.iter().map(|runs| median(runs.iter().map(|run| run.0.as_secs_f64() * 1e3).collect())).collect();
    let memory = |runs: &Vec<(Duration, u64)>| median(runs.iter().map(|run| run.1).collect()) as f64 / 1e6;

    println!(
        "{:<14} {:>10} {:>14} {:>12}   medians of {ROUNDS} runs",
        "profile", "time", "a control", "memory"
    );
    for (index, size) in SIZES.iter().enumerate() {
        let each = times[index] / *size as f64;
        println!(
            "{size:>5} controls {:>7.2} ms {:>11.3} ms {:>9.1} MB",
            times[index],
            each,
            memory(&seen[index])
        );
    }
    println!("{:<14} {:>7.2} ms {:>14} {:>9.1} MB", "quickstart", times[3], "", memory(&seen[3]));
    let slope = |from: usize, to: usize| (times[to] - times[from]) / (SIZES[to] - SIZES[from]) as f64;
    println!(
        "one more control: {:.3} ms from 10 to 100, {:.3} ms from 100 to 1,000; the second is {:.2} times the first",
        slope(0, 1),
        slope(1, 2),
        slope(1, 2) / slope(0, 1)
    );
}

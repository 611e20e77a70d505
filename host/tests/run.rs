//! The scheduler with its threads, and an observer that does what each control's id says.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin::profile::{Control, Limits, Observation, Profile, no_files, parse};
use quoin::report::{ControlStatus, ObservationStatus, Signal, SkipReason};
use quoin::run::{Event, Events, Finished, Observer, Outcome, Plan, run};
use quoin_abi::error::ErrorType;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const MS: Duration = Duration::from_millis(1);

fn profile(controls: &[&str]) -> Arc<Profile> {
    let items: String = controls.iter().map(|control| format!("    - {{{control}}}\n")).collect();
    let text = format!("profile: {{name: test, version: 1.0.0}}\ncontrols:\n  items:\n{items}");
    match parse(text.as_bytes(), Path::new("test.yaml"), &["file"], &Limits::default(), &no_files) {
        Ok(profile) => Arc::new(profile),
        Err(diagnostics) => panic!("{diagnostics}"),
    }
}

/// A control with one observation.
fn one(id: &str, more: &str) -> String {
    format!("id: {id}{more}, observations: [{{plugin: file, config: {{path: /{id}}}}}]")
}

#[derive(Default)]
struct Fake {
    /// Observations now, and the most at one time.
    now: AtomicUsize,
    most: AtomicUsize,
    calls: Mutex<Vec<String>>,
    interrupted: AtomicBool,
}

impl Observer for Fake {
    fn observe(&self, control: &Control, _: &Observation, deadline: Instant) -> Outcome {
        let id = control.id.as_str();
        self.calls.lock().unwrap().push(id.to_owned());
        let earlier = self.calls.lock().unwrap().iter().filter(|call| *call == id).count();
        self.most.fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
        let mut status = ObservationStatus::Pass;
        match id.split('-').next().unwrap_or_default() {
            "fail" => status = ObservationStatus::Fail,
            "slow" => thread::sleep(100 * MS),
            "flaky" if earlier < 3 => status = ObservationStatus::Error,
            "panic" => panic!("the observer is broken"),
            // As the engine does: back at the deadline or at the interrupt.
            "hang" => {
                while Instant::now() < deadline && !self.interrupted.load(SeqCst) {
                    thread::sleep(MS);
                }
                self.now.fetch_sub(1, SeqCst);
                return Outcome::timeout("time limit".into());
            }
            // As a dead network mount does.
            "stuck" => loop {
                thread::sleep(1000 * MS);
            },
            _ => {}
        }
        self.now.fetch_sub(1, SeqCst);
        Outcome { status, evidence: None, error: None, expectations: Vec::new() }
    }

    fn interrupt(&self) {
        self.interrupted.store(true, SeqCst);
    }
}

struct Bench {
    plan: Plan,
    fake: Arc<Fake>,
    events: Events,
}

impl Bench {
    fn new(jobs: usize, controls: &[String]) -> Self {
        let controls: Vec<_> = controls.iter().map(String::as_str).collect();
        let profile = profile(&controls);
        let plan = Plan {
            selected: vec![true; profile.controls.len()],
            profile,
            jobs: jobs.try_into().unwrap(),
            timeout: None,
            grace: 200 * MS,
            farewell: 200 * MS,
        };
        Self { plan, fake: Arc::default(), events: Events::default() }
    }

    fn run(&self) -> (Finished, Duration) {
        let start = Instant::now();
        let observer = Arc::clone(&self.fake);
        let finished = run(&self.plan, observer, &self.events, &mut |_| {}).unwrap();
        (finished, start.elapsed())
    }
}

fn statuses(finished: &Finished) -> Vec<ControlStatus> {
    finished.controls.iter().map(|control| control.status).collect()
}

use ControlStatus::{Error, Fail, Pass, Skipped};

#[test]
fn controls_run_at_the_same_time_and_are_reported_in_order() {
    let controls: Vec<_> = (0..8).map(|n| one(&format!("slow-{n}"), "")).chain([one("quick", "")]).collect();
    let bench = Bench::new(4, &controls);
    let (finished, took) = bench.run();
    let ids: Vec<_> = finished.controls.iter().map(|control| control.id.clone()).collect();
    assert_eq!(ids[0], "slow-0");
    assert_eq!(ids[8], "quick");
    assert!(finished.controls.iter().enumerate().all(|(index, control)| control.index == index));
    assert_eq!(bench.fake.most.load(SeqCst), 4);
    assert!(took < 700 * MS, "{took:?}");
    assert!(finished.controls[0].duration >= 100 * MS);
    assert_eq!(finished.signal, None);
}

#[test]
fn one_job_is_one_at_a_time() {
    let bench = Bench::new(1, &[one("slow-1", ""), one("slow-2", ""), one("a", "")]);
    let (finished, _) = bench.run();
    assert_eq!(statuses(&finished), [Pass, Pass, Pass]);
    assert_eq!(bench.fake.most.load(SeqCst), 1);
    assert_eq!(*bench.fake.calls.lock().unwrap(), ["slow-1", "slow-2", "a"]);
}

#[test]
fn dependencies_come_first_and_failures_are_passed_on() {
    let bench = Bench::new(
        4,
        &[
            one("after", ", depends_on: [slow-1]"),
            one("slow-1", ""),
            one("fail-1", ""),
            one("never", ", depends_on: [slow-1, fail-1]"),
        ],
    );
    let (finished, _) = bench.run();
    assert_eq!(statuses(&finished), [Pass, Pass, Fail, Skipped]);
    assert_eq!(finished.controls[3].message, "depends on fail-1, which failed");
    let calls = bench.fake.calls.lock().unwrap().clone();
    let at = |id| calls.iter().position(|call| call == id);
    assert!(at("slow-1") < at("after"), "{calls:?}");
    assert_eq!(at("never"), None);
}

#[test]
fn retries_stop_when_one_passes() {
    let retry = ", retries: 5, retry_delay: 20ms, retry_backoff: constant";
    let bench = Bench::new(2, &[one("flaky", retry), one("fail", ", retries: 1, retry_delay: 10ms")]);
    let (finished, took) = bench.run();
    assert_eq!(statuses(&finished), [Pass, Fail]);
    assert_eq!(finished.controls[0].observations[0].attempts, 3);
    assert_eq!(finished.controls[1].observations[0].attempts, 2);
    assert!(took >= 40 * MS, "{took:?}");
}

#[test]
fn a_control_ends_at_its_timeout_and_the_rest_runs() {
    let bench = Bench::new(1, &[one("hang", ", timeout: 50ms"), one("a", "")]);
    let (finished, took) = bench.run();
    assert_eq!(statuses(&finished), [Error, Pass]);
    assert!(took >= 50 * MS && took < 1000 * MS, "{took:?}");
}

#[test]
fn a_stuck_observation_is_given_up_and_replaced() {
    let bench = Bench::new(1, &[one("stuck", ", timeout: 50ms"), one("a", "")]);
    let (finished, took) = bench.run();
    assert_eq!(statuses(&finished), [Error, Pass]);
    let error = finished.controls[0].observations[0].error.as_ref().unwrap();
    assert_eq!(error.kind, ErrorType::Timeout);
    assert!(took < 2000 * MS, "{took:?}");
}

#[test]
fn the_runs_timeout_skips_what_has_not_started() {
    let mut bench = Bench::new(1, &[one("hang", ""), one("a", ""), one("b", ", depends_on: [hang]")]);
    bench.plan.timeout = Some(100 * MS);
    let (finished, took) = bench.run();
    assert_eq!(statuses(&finished), [Error, Skipped, Skipped]);
    assert_eq!(finished.controls[1].skip_reason, Some(SkipReason::RunTimeout(100 * MS)));
    assert!(took < 1000 * MS, "{took:?}");
}

#[test]
fn a_defect_is_an_error_of_one_observation() {
    let bench = Bench::new(1, &[one("panic", ""), one("a", "")]);
    let (finished, _) = bench.run();
    assert_eq!(statuses(&finished), [Error, Pass]);
    let error = finished.controls[0].observations[0].error.as_ref().unwrap();
    assert_eq!(error.kind, ErrorType::Internal);
    assert!(error.message.contains("the observer is broken"), "{error}");
}

#[test]
fn a_signal_ends_what_runs_and_keeps_what_is_done() {
    for (last, signal) in [("hang", Signal::Interrupt), ("stuck", Signal::Terminate)] {
        let bench = Bench::new(
            2,
            &[one("fail-first", ""), one(last, ""), one("never", ", depends_on: [{}]").replace("{}", last)],
        );
        let sender = bench.events.sender();
        let fake = Arc::clone(&bench.fake);
        let killer = thread::spawn(move || {
            while fake.calls.lock().unwrap().len() < 2 || fake.now.load(SeqCst) > 1 {
                thread::sleep(MS);
            }
            thread::sleep(20 * MS);
            sender.send(Event::Signal(signal)).unwrap();
        });
        let (finished, took) = bench.run();
        killer.join().unwrap();
        assert_eq!(finished.signal, Some(signal));
        assert_eq!(statuses(&finished), [Fail, Skipped, Skipped]);
        assert_eq!(finished.controls[1].skip_reason, Some(SkipReason::Interrupted(signal)));
        assert!(bench.fake.interrupted.load(SeqCst));
        assert!(took < 2000 * MS, "{took:?}");
    }
}

#[test]
fn a_signal_ends_the_wait_for_a_retry() {
    let bench = Bench::new(1, &[one("fail", ", timeout: 1h, retries: 3, retry_delay: 10m")]);
    bench.events.sender().send(Event::Signal(Signal::Interrupt)).unwrap();
    let (finished, took) = bench.run();
    assert_eq!(statuses(&finished), [Skipped]);
    assert!(took < 2000 * MS, "{took:?}");
}

#[test]
fn an_empty_selection_is_over_at_once() {
    let mut bench = Bench::new(1, &[one("a", "")]);
    bench.plan.selected = vec![false];
    let (finished, took) = bench.run();
    assert_eq!(finished.controls[0].skip_reason, Some(SkipReason::FilteredOut));
    assert!(took < 1000 * MS, "{took:?}");
}

#[test]
fn a_thousand_controls_all_get_their_turn() {
    let controls: Vec<_> = (0..1000)
        .map(|n| {
            let depends = if n > 0 { format!(", depends_on: [c{}]", n / 2) } else { String::new() };
            one(&format!("c{n}"), if n == 1 { "" } else { &depends })
        })
        .collect();
    let bench = Bench::new(8, &controls);
    let (finished, _) = bench.run();
    assert!(finished.controls.iter().all(|control| control.status == Pass));
    assert_eq!(bench.fake.calls.lock().unwrap().len(), 1000);
}

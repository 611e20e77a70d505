//! The board's decisions, one moment at a time.

use super::*;
use crate::report::ControlReport;
use crate::run::sample::profile;
use quoin_abi::error::ErrorType;

const SECOND: Duration = Duration::from_secs(1);

/// A board and a clock that a test winds.
struct Run {
    board: Board,
    now: Instant,
}

impl Run {
    fn new(controls: &str, timeout: Option<Duration>) -> Self {
        let (profile, now) = (Arc::new(profile(controls)), Instant::now());
        let skipped = vec![None; profile.controls.len()];
        Self { board: Board::new(profile, skipped, timeout, now), now }
    }

    fn next(&mut self) -> Next {
        self.board.next(self.now)
    }

    /// The next task, which there has to be.
    fn take(&mut self) -> (usize, usize) {
        match self.next() {
            Next::Run(task, deadline) if deadline > self.now => (task.control, task.observation),
            other => panic!("{other:?}"),
        }
    }

    fn finish(&mut self, (control, observation): (usize, usize), status: ObservationStatus) {
        let outcome = Outcome { status, evidence: None, error: None, expectations: Vec::new() };
        self.board.finish(Task { control, observation }, outcome, self.now);
    }

    /// Ends the run, and answers each control's status and message.
    fn end(mut self) -> Vec<ControlReport> {
        assert_eq!(self.next(), Next::Done);
        assert!(self.board.closed() && self.board.idle());
        self.board.take_reports()
    }
}

fn statuses(reports: &[ControlReport]) -> Vec<ControlStatus> {
    reports.iter().map(|report| report.status).collect()
}

use ControlStatus as Control;
use ObservationStatus::{Error, Fail, Pass};

#[test]
fn tasks_come_in_the_profiles_order_and_controls_wait_for_what_they_depend_on() {
    let mut run = Run::new(
        "- {id: late, depends_on: [early], observations: [{plugin: file}]}\n\
         - {id: early, observations: [{plugin: file}, {plugin: file}]}\n\
         - {id: other, observations: [{plugin: file}]}\n",
        None,
    );
    assert_eq!((run.take(), run.take(), run.take()), ((1, 0), (1, 1), (2, 0)));
    assert_eq!(run.next(), Next::Wait);
    run.finish((1, 1), Pass);
    assert_eq!(run.next(), Next::Wait);
    run.finish((1, 0), Pass);
    assert_eq!(run.take(), (0, 0));
    run.finish((0, 0), Pass);
    run.finish((2, 0), Fail);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Pass, Control::Pass, Control::Fail]);
    assert_eq!(reports[2].message, "file: failed: the plugin's own verdict");
    assert_eq!(reports[1].observations.len(), 2);
}

#[test]
fn what_depends_on_a_failure_is_skipped_and_so_is_what_depends_on_that() {
    let mut run = Run::new(
        "- {id: c, depends_on: [b, a2], observations: [{plugin: file}]}\n\
         - {id: b, depends_on: [a1, a2], observations: [{plugin: file}]}\n\
         - {id: a1, observations: [{plugin: file}]}\n\
         - {id: a2, observations: [{plugin: file}]}\n",
        None,
    );
    let tasks = (run.take(), run.take());
    assert_eq!(tasks, ((2, 0), (3, 0)));
    // The second is faster, but the reason names the first in the list.
    run.finish((3, 0), Error);
    run.finish((2, 0), Fail);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Skipped, Control::Skipped, Control::Fail, Control::Error]);
    assert_eq!(reports[0].message, "depends on b, which was skipped");
    assert_eq!(reports[1].message, "depends on a1, which failed");
}

#[test]
fn retries_wait_their_turn_without_holding_a_worker() {
    let retry = "retries: 2, retry_delay: 1s, retry_backoff: exponential";
    let mut run = Run::new(
        &format!(
            "- {{id: a, {retry}, observations: [{{plugin: file}}]}}\n- {{id: b, observations: [{{plugin: file}}]}}"
        ),
        None,
    );
    assert_eq!(run.take(), (0, 0));
    run.finish((0, 0), Error);
    assert_eq!(run.take(), (1, 0));
    run.finish((1, 0), Pass);
    assert_eq!(run.next(), Next::WaitUntil(run.now + SECOND));
    run.now += SECOND;
    assert_eq!(run.take(), (0, 0));
    run.finish((0, 0), Fail);
    assert_eq!(run.next(), Next::WaitUntil(run.now + 2 * SECOND));
    run.now += 2 * SECOND;
    assert_eq!(run.take(), (0, 0));
    run.finish((0, 0), Pass);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Pass, Control::Pass]);
    assert_eq!(reports[0].observations[0].attempts, 3);
    assert_eq!(reports[0].duration, 3 * SECOND);
}

#[test]
fn there_is_no_retry_past_the_deadline_or_beyond_their_number() {
    let mut run = Run::new(
        "- {id: a, timeout: 2s, retries: 5, retry_delay: 2s, observations: [{plugin: file}]}\n\
         - {id: b, retries: 1, retry_delay: 1s, observations: [{plugin: file}]}",
        None,
    );
    assert_eq!((run.take(), run.take()), ((0, 0), (1, 0)));
    run.finish((0, 0), Fail);
    run.finish((1, 0), Fail);
    run.now += SECOND;
    assert_eq!(run.take(), (1, 0));
    run.finish((1, 0), Fail);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Fail, Control::Fail]);
    assert_eq!(reports[0].observations[0].attempts, 1);
    assert_eq!(reports[1].observations[0].attempts, 2);
}

#[test]
fn a_controls_observations_share_its_time() {
    let mut run = Run::new("- {id: a, timeout: 2s, observations: [{plugin: file}, {plugin: file}]}", None);
    let Next::Run(_, deadline) = run.next() else { panic!("a task") };
    assert_eq!(deadline, run.now + 2 * SECOND);
    run.now += 2 * SECOND;
    run.finish((0, 0), Pass);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Error]);
    let error = reports[0].observations[1].error.clone().unwrap();
    assert_eq!(error.kind, ErrorType::Timeout);
    assert_eq!(error.message, "time limit: the control's 2s were over before this observation started");
}

#[test]
fn the_runs_time_ends_what_runs_and_skips_what_has_not_started() {
    let mut run = Run::new(
        "- {id: a, observations: [{plugin: file}, {plugin: file}]}\n\
         - {id: b, observations: [{plugin: file}]}\n\
         - {id: c, depends_on: [a], observations: [{plugin: file}]}",
        Some(SECOND),
    );
    let Next::Run(_, deadline) = run.next() else { panic!("a task") };
    assert_eq!(deadline, run.now + SECOND);
    run.now += SECOND;
    assert_eq!(run.next(), Next::Wait);
    run.finish((0, 0), Error);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Error, Control::Skipped, Control::Skipped]);
    assert!(reports[0].observations[1].error.as_ref().unwrap().message.contains("the run's 1s (--timeout)"));
    for skipped in &reports[1..] {
        assert_eq!(skipped.skip_reason, Some(SkipReason::RunTimeout(SECOND)));
    }
}

#[test]
fn a_worker_that_does_not_come_back_is_given_up() {
    let mut run = Run::new("- {id: a, timeout: 1s, observations: [{plugin: file}]}", None);
    assert_eq!(run.take(), (0, 0));
    run.now += SECOND;
    assert_eq!(run.board.expire(SECOND, run.now), 0);
    run.now += SECOND;
    assert_eq!(run.board.expire(SECOND, run.now), 1);
    // It comes back after all, too late.
    run.finish((0, 0), Pass);
    assert_eq!(statuses(&run.end()), [Control::Error]);
}

#[test]
fn an_interrupt_keeps_what_is_done_and_skips_the_rest() {
    let mut run = Run::new(
        "- {id: a, observations: [{plugin: file}]}\n\
         - {id: b, observations: [{plugin: file}]}\n\
         - {id: c, observations: [{plugin: file}]}",
        None,
    );
    assert_eq!((run.take(), run.take()), ((0, 0), (1, 0)));
    run.finish((0, 0), Fail);
    run.board.interrupt(Signal::Terminate);
    assert!(!run.board.idle());
    run.finish((1, 0), Pass);
    let reports = run.end();
    assert_eq!(statuses(&reports), [Control::Fail, Control::Skipped, Control::Skipped]);
    assert_eq!(reports[1].message, "interrupted by SIGTERM before it had finished");
    assert!(reports[1].observations.is_empty());
}

#[test]
fn what_is_filtered_out_is_skipped_with_everything_that_depends_on_it() {
    let profile = Arc::new(profile(
        "- {id: a, observations: [{plugin: file}]}\n\
         - {id: b, depends_on: [a], observations: [{plugin: file}]}",
    ));
    let mut board = Board::new(profile, vec![Some(SkipReason::FilteredOut), None], None, Instant::now());
    assert_eq!(board.next(Instant::now()), Next::Done);
    let reports = board.take_reports();
    assert_eq!(reports[0].skip_reason, Some(SkipReason::FilteredOut));
    assert_eq!(reports[1].message, "depends on a, which was skipped");
}

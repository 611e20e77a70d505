//! [`Board`]: which observation comes next, and what has become of the others. It knows neither threads nor clocks: it
//! is told what time it is, so that its every decision can be tested.

use super::control::{ControlState, Phase};
use super::outcome::Outcome;
use crate::profile::Profile;
use crate::report::{ControlReport, ControlStatus, ObservationStatus, Signal, SkipReason};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One observation of a profile, by its place. In order, these are the profile's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Task {
    /// Index of the control.
    pub(super) control: usize,
    /// Index of the observation in the control.
    pub(super) observation: usize,
}

/// What a worker does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Make this observation until this moment.
    Run(Task, Instant),
    /// Wait until then, or until something changes.
    WaitUntil(Instant),
    /// Wait until something changes.
    Wait,
    /// Go home.
    Done,
}

/// The state of a run.
pub(super) struct Board {
    profile: Arc<Profile>,
    controls: Vec<ControlState>,
    /// For each control, those that depend on it.
    dependents: Vec<Vec<usize>>,
    /// Can be made now.
    ready: BTreeSet<Task>,
    /// Wait for their next attempt.
    delayed: BTreeSet<(Instant, Task)>,
    /// Being made, with their deadlines.
    running: BTreeMap<Task, Instant>,
    /// When the run has to be over, and the limit that says so.
    limit: Option<(Instant, Duration)>,
    /// Controls without a final status.
    open: usize,
}

impl Board {
    /// A run that starts now, of the controls that are not to be skipped (one entry for each control of the profile).
    pub(super) fn new(
        profile: Arc<Profile>,
        skipped: Vec<Option<SkipReason>>,
        timeout: Option<Duration>,
        now: Instant,
    ) -> Self {
        let controls: Vec<_> = profile.controls.iter().map(ControlState::new).collect();
        let mut dependents = vec![Vec::new(); controls.len()];
        for (index, control) in profile.controls.iter().enumerate() {
            for dependency in &control.depends_on {
                dependents[*dependency].push(index);
            }
        }
        let mut board = Self {
            open: controls.len(),
            profile,
            controls,
            dependents,
            ready: BTreeSet::new(),
            delayed: BTreeSet::new(),
            running: BTreeMap::new(),
            limit: timeout.and_then(|timeout| Some((now.checked_add(timeout)?, timeout))),
        };
        let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
        for (index, reason) in skipped.into_iter().enumerate() {
            match reason {
                None => chosen.push(index),
                Some(reason) => {
                    board.controls[index].skip(reason);
                    left_out.push(index);
                }
            }
        }
        for index in left_out {
            board.after_closing(index, now);
        }
        for index in chosen {
            if board.controls[index].waits_for == 0 {
                board.open_control(index, now);
            }
        }
        board
    }

    /// What there is to do at `now`.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        self.end_run_in_time(now);
        while let Some((due, task)) = self.delayed.first().copied().filter(|(due, _)| *due <= now) {
            self.delayed.remove(&(due, task));
            self.ready.insert(task);
        }
        while let Some(task) = self.ready.pop_first() {
            let deadline = self.start(task, now);
            if deadline > now {
                self.running.insert(task, deadline);
                return Next::Run(task, deadline);
            }
            self.give_up(task, now);
        }
        if self.open == 0 {
            return Next::Done;
        }
        let due = self.delayed.first().map(|(due, _)| *due);
        match (due, self.limit) {
            (Some(due), Some((limit, _))) => Next::WaitUntil(due.min(limit)),
            (Some(due), None) => Next::WaitUntil(due),
            (None, Some((limit, _))) if limit > now => Next::WaitUntil(limit),
            (None, _) => Next::Wait,
        }
    }

    /// Takes the outcome of one attempt. What comes too late, after the board has given the task up, changes nothing.
    pub(super) fn finish(&mut self, task: Task, outcome: Outcome, now: Instant) {
        let Some(deadline) = self.running.remove(&task) else { return };
        if self.controls[task.control].phase == Phase::Closed {
            return;
        }
        let retry = &self.profile.controls[task.control].retry;
        let slot = &mut self.controls[task.control].slots[task.observation];
        slot.attempts += 1;
        let again = outcome.status != ObservationStatus::Pass && slot.attempts <= retry.retries;
        let due = again.then(|| now.checked_add(retry.delay_before(slot.attempts))).flatten();
        slot.outcome = Some(outcome);
        match due.filter(|due| *due < deadline) {
            Some(due) => _ = self.delayed.insert((due, task)),
            None => self.settle(task, now),
        }
    }

    /// Gives up observations that are still being made `grace` after their deadline, as if they had run out of time,
    /// and answers how many: whoever makes them is stuck.
    pub(super) fn expire(&mut self, grace: Duration, now: Instant) -> usize {
        let late = |deadline: Instant| deadline.checked_add(grace).is_some_and(|end| end <= now);
        let stuck: Vec<_> = self.running.iter().filter(|it| late(*it.1)).map(|it| *it.0).collect();
        for task in &stuck {
            let limit = self.limit_text(*task);
            let text = format!("time limit: {limit} were over, and the observation could not be ended");
            self.finish(*task, Outcome::timeout(text), now);
        }
        stuck.len()
    }

    /// Ends the run: what has finished is kept, every other control is skipped.
    pub(super) fn interrupt(&mut self, signal: Signal) {
        self.ready.clear();
        self.delayed.clear();
        for control in self.controls.iter_mut().filter(|control| control.phase != Phase::Closed) {
            control.skip(SkipReason::Interrupted(signal));
        }
        self.open = 0;
    }

    /// Whether every control has its final status.
    pub(super) const fn closed(&self) -> bool {
        self.open == 0
    }

    /// Whether nothing is being made any more.
    pub(super) fn idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Controls that are done and, of those that are being looked at, the first.
    pub(super) fn progress(&self) -> (usize, Option<&str>) {
        let current = self.running.keys().next().map(|task| self.profile.controls[task.control].id.as_str());
        (self.controls.len() - self.open, current)
    }

    /// The controls' reports, in the profile's order. Leaves a board on which nothing happens any more, for workers that
    /// come back after all.
    pub(super) fn take_reports(&mut self) -> Vec<ControlReport> {
        self.ready.clear();
        self.delayed.clear();
        self.running.clear();
        self.open = 0;
        let controls = std::mem::take(&mut self.controls).into_iter().zip(&self.profile.controls);
        controls.enumerate().map(|(index, (state, control))| state.into_report(control, index)).collect()
    }

    /// Lets a control's observations start, now that it waits for no other, or skips it when one of those did not
    /// pass.
    fn open_control(&mut self, index: usize, now: Instant) {
        if self.controls[index].phase != Phase::Waiting {
            return;
        }
        // Not the first in time but in the profile, so that a report does not depend on who was faster.
        let blocker = self.profile.controls[index].depends_on.iter().find_map(|dependency| {
            let status = self.controls[*dependency].status;
            (status != ControlStatus::Pass).then_some((*dependency, status))
        });
        if let Some((dependency, status)) = blocker {
            let id = self.profile.controls[dependency].id.to_string();
            self.controls[index].skip(SkipReason::Dependency { id, status });
            self.after_closing(index, now);
            return;
        }
        self.controls[index].phase = Phase::Open;
        let observations = 0..self.controls[index].slots.len();
        self.ready.extend(observations.map(|observation| Task { control: index, observation }));
        self.close_if_done(index, now);
    }

    /// Notes that a task starts, and answers when it has to be done.
    fn start(&mut self, task: Task, now: Instant) -> Instant {
        let timeout = self.profile.controls[task.control].timeout;
        let control = &mut self.controls[task.control];
        let deadline = *control.deadline.get_or_insert_with(|| {
            let own = now.checked_add(timeout).unwrap_or(now + FOREVER);
            self.limit.map_or(own, |(limit, _)| own.min(limit))
        });
        control.started.get_or_insert(now);
        control.slots[task.observation].started.get_or_insert(now);
        deadline
    }

    /// Settles a task whose time is over before its next attempt could start.
    fn give_up(&mut self, task: Task, now: Instant) {
        if self.controls[task.control].slots[task.observation].outcome.is_none() {
            let text =
                format!("time limit: {} were over before this observation started", self.limit_text(task));
            self.controls[task.control].slots[task.observation].outcome = Some(Outcome::timeout(text));
        }
        self.settle(task, now);
    }

    /// The limit that ends a task, in words.
    fn limit_text(&self, task: Task) -> String {
        let own = self.profile.controls[task.control].timeout;
        match self.limit {
            Some((end, limit)) if self.controls[task.control].deadline == Some(end) => {
                format!("the run's {limit:?} (--timeout)")
            }
            _ => format!("the control's {own:?}"),
        }
    }

    /// When the run's time is over: controls that have not started are skipped, observations that have not are errors.
    fn end_run_in_time(&mut self, now: Instant) {
        let Some((_, limit)) = self.limit.filter(|(end, _)| *end <= now) else { return };
        let left: Vec<_> = std::mem::take(&mut self.ready)
            .into_iter()
            .chain(std::mem::take(&mut self.delayed).into_iter().map(|(_, task)| task))
            .collect();
        for index in 0..self.controls.len() {
            let control = &mut self.controls[index];
            if control.phase != Phase::Closed && control.started.is_none() {
                control.skip(SkipReason::RunTimeout(limit));
                self.open -= 1;
            }
        }
        for task in left {
            if self.controls[task.control].phase == Phase::Open {
                self.give_up(task, now);
            }
        }
    }

    /// Notes that there will be no further attempt at a task.
    fn settle(&mut self, task: Task, now: Instant) {
        let control = &mut self.controls[task.control];
        control.slots[task.observation].ended = Some(now);
        control.unsettled -= 1;
        self.close_if_done(task.control, now);
    }

    fn close_if_done(&mut self, index: usize, now: Instant) {
        let control = &mut self.controls[index];
        if control.unsettled == 0 && control.phase == Phase::Open {
            control.close(now);
            self.after_closing(index, now);
        }
    }

    /// Tells those that depend on a control that it has its final status.
    fn after_closing(&mut self, index: usize, now: Instant) {
        self.open -= 1;
        for dependent in std::mem::take(&mut self.dependents[index]) {
            self.controls[dependent].waits_for -= 1;
            if self.controls[dependent].waits_for == 0 {
                self.open_control(dependent, now);
            }
        }
    }
}

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests;

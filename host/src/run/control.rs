//! [`ControlState`]: one control while its observations are being made.

use super::outcome::Outcome;
use crate::profile::Control;
use crate::report::{ControlReport, ControlStatus, ObservationReport, SkipReason};
use std::time::{Duration, Instant};

/// Where a control stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// For others.
    Waiting,
    /// Its observations are ready, being made or made.
    Open,
    /// It has its final status.
    Closed,
}

/// One observation.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// When its first attempt started.
    pub(super) started: Option<Instant>,
    /// When its last attempt ended.
    pub(super) ended: Option<Instant>,
    /// Attempts that have ended.
    pub(super) attempts: u32,
    /// What the last one came to.
    pub(super) outcome: Option<Outcome>,
}

/// One control.
#[derive(Debug)]
pub(super) struct ControlState {
    /// Where it stands.
    pub(super) phase: Phase,
    /// Dependencies without a final status.
    pub(super) waits_for: usize,
    /// When its first observation started.
    pub(super) started: Option<Instant>,
    /// When it has to be done, once it has started.
    pub(super) deadline: Option<Instant>,
    /// Its observations.
    pub(super) slots: Vec<Slot>,
    /// How many of them will be attempted (again).
    pub(super) unsettled: usize,
    /// Its final status, once it is closed.
    pub(super) status: ControlStatus,
    skip_reason: Option<SkipReason>,
    duration: Duration,
}

impl ControlState {
    /// A control that nothing has happened to yet.
    pub(super) fn new(control: &Control) -> Self {
        Self {
            phase: Phase::Waiting,
            waits_for: control.depends_on.len(),
            started: None,
            deadline: None,
            slots: control.observations.iter().map(|_| Slot::default()).collect(),
            unsettled: control.observations.len(),
            status: ControlStatus::Skipped,
            skip_reason: None,
            duration: Duration::ZERO,
        }
    }

    /// Gives it its final status without its being looked at, or looked at to the end.
    pub(super) fn skip(&mut self, reason: SkipReason) {
        self.phase = Phase::Closed;
        self.status = ControlStatus::Skipped;
        self.skip_reason = Some(reason);
        self.slots.clear();
    }

    /// Gives it its final status from its observations.
    pub(super) fn close(&mut self, now: Instant) {
        self.phase = Phase::Closed;
        let outcomes = self.slots.iter().filter_map(|slot| slot.outcome.as_ref());
        self.status = ControlStatus::of(outcomes.map(|outcome| outcome.status));
        self.duration = self.started.map_or(Duration::ZERO, |started| now.duration_since(started));
    }

    /// Its report.
    pub(super) fn into_report(self, control: &Control, index: usize) -> ControlReport {
        let observations: Vec<_> = self
            .slots
            .into_iter()
            .zip(&control.observations)
            .filter_map(|(slot, observation)| {
                let outcome = slot.outcome?;
                let times = slot.started.zip(slot.ended);
                Some(ObservationReport {
                    plugin: observation.plugin.to_string(),
                    config: observation.config.clone(),
                    status: outcome.status,
                    evidence: outcome.evidence,
                    error: outcome.error,
                    expectations: outcome.expectations,
                    duration: times.map_or(Duration::ZERO, |(start, end)| end - start),
                    attempts: slot.attempts,
                })
            })
            .collect();
        ControlReport {
            id: control.id.to_string(),
            name: control.name.clone(),
            description: control.description.clone(),
            severity: control.severity,
            owner: control.owner.clone(),
            tags: control.tags.clone(),
            status: self.status,
            message: ControlReport::message(self.status, self.skip_reason.as_ref(), &observations),
            skip_reason: self.skip_reason,
            duration: self.duration,
            index,
            observations,
        }
    }
}

//! The report of a run: its shape (contract, section 5), and the two forms it is written in.

mod escape;
mod json;
mod moment;
mod output;
mod status;
mod style;
mod table;

pub use escape::{Escaped, is_unsafe, line};
pub use json::write_json;
pub use moment::{ExecutionId, Moment};
pub use output::{OutputError, Target};
pub use status::{ControlStatus, ObservationStatus, Signal, SkipReason};
pub(crate) use style::is_dumb;
pub use style::{Style, terminal_width};
pub use table::{Detail, Table, summary_line};

use crate::profile::Severity;
use quoin_abi::error::ErrorDetail;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::time::Duration;

/// What one run of a profile found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Names this run.
    pub execution_id: ExecutionId,
    /// The version of Quoin that ran it.
    pub quoin_version: String,
    /// The profile's name.
    pub profile_name: String,
    /// The profile's version.
    pub profile_version: String,
    /// When it started.
    pub start_time: Moment,
    /// When it ended.
    pub end_time: Moment,
    /// How long it took, by a clock that nobody sets.
    #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
    pub duration: Duration,
    /// Every control of the profile, in its order.
    pub controls: Vec<ControlReport>,
    /// The counts.
    pub summary: Summary,
}

/// What became of one control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlReport {
    /// The control's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How bad it is when it does not pass.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "severity")]
    pub severity: Option<Severity>,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it is filed under.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How it ended.
    pub status: ControlStatus,
    /// Why it ended so, in one line; empty where it passed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Why it was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_reason: Option<SkipReason>,
    /// From the start of its first observation to the end of its last.
    #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
    pub duration: Duration,
    /// Its place in the profile, from 0.
    pub index: usize,
    /// Its observations, in the profile's order; none where it was skipped.
    pub observations: Vec<ObservationReport>,
}

impl ControlReport {
    /// Why a control ended as it did, in one line: what is wrong with the first observation that decided it.
    #[must_use]
    pub fn message(
        status: ControlStatus,
        skipped: Option<&SkipReason>,
        observations: &[ObservationReport],
    ) -> String {
        let decisive = match status {
            ControlStatus::Pass => return String::new(),
            ControlStatus::Skipped => return skipped.map(ToString::to_string).unwrap_or_default(),
            ControlStatus::Fail => ObservationStatus::Fail,
            ControlStatus::Error => ObservationStatus::Error,
        };
        let mut decisive = observations.iter().filter(|observation| observation.status == decisive);
        let Some(first) = decisive.next() else { return String::new() };
        let message = format!("{}: {}", first.plugin, first.reason());
        match decisive.count() {
            0 => message,
            more => format!("{message} (and {more} more)"),
        }
    }
}

/// What became of one observation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObservationReport {
    /// The plugin that made it.
    pub plugin: String,
    /// The configuration that the plugin was given.
    pub config: Map<String, Value>,
    /// How it ended.
    pub status: ObservationStatus,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceReport>,
    /// Why it could not be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
    /// What was expected of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<ExpectationReport>,
    /// How long it took, with its retries and the waits between them.
    #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
    pub duration: Duration,
    /// How often it was made; more than once where the profile asks for retries.
    #[serde(skip)]
    pub attempts: u32,
}

impl ObservationReport {
    /// Why it did not pass, in a few words; empty where it did.
    fn reason(&self) -> String {
        if self.status == ObservationStatus::Pass {
            return String::new();
        }
        let evidence = self.evidence.as_ref();
        let error = self.error.as_ref().or_else(|| evidence.and_then(|evidence| evidence.error.as_ref()));
        if let Some(error) = error {
            return error_text(error);
        }
        let Some(untrue) = self.expectations.iter().find(|expectation| !expectation.passed) else {
            return format!(
                "failed: {}",
                evidence.map_or(EvidenceReport::OWN_VERDICT, EvidenceReport::verdict)
            );
        };
        let ExpectationReport { expression, message, .. } = untrue;
        let message = message.lines().collect::<Vec<_>>().join("; ");
        match message.is_empty() {
            true => format!("not true: {expression}"),
            // Most messages repeat the expression, with the values that were seen.
            false if message.contains(expression) => message,
            false => format!("not true: {expression} ({message})"),
        }
    }
}

/// What a plugin saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceReport {
    /// The plugin's own verdict.
    pub status: bool,
    /// The values.
    pub data: Map<String, Value>,
    /// The plugin's own error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorDetail>,
    /// When it was seen, as the plugin says.
    pub timestamp: String,
}

impl EvidenceReport {
    /// What is said of a plugin that says no more.
    pub const OWN_VERDICT: &str = "the plugin's own verdict";

    /// Why the plugin's own verdict is no, in its own words where it has some: built-in plugins write what did not come up
    /// to the configuration into `expectation_error`, and what could not be reached into `error_message`.
    ///
    /// ```
    /// # use quoin::report::EvidenceReport;
    /// let data = serde_json::json!({"connected": false, "error_message": "connection refused"});
    /// let data = data.as_object().cloned().unwrap_or_default();
    /// let evidence = EvidenceReport { status: false, data, error: None, timestamp: String::new() };
    /// assert_eq!(evidence.verdict(), "connection refused");
    /// ```
    #[must_use]
    pub fn verdict(&self) -> &str {
        let text = |name: &str| self.data.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text("expectation_error").or_else(|| text("error_message")).unwrap_or(Self::OWN_VERDICT)
    }
}

/// One expression that was expected to be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpectationReport {
    /// The expression as the profile has it.
    pub expression: String,
    /// Whether it is true.
    pub passed: bool,
    /// Where it is not: the values that were seen, or why it could not be evaluated.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// How many of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Controls of the profile.
    pub total_controls: usize,
    /// That passed.
    pub passed_controls: usize,
    /// That failed.
    pub failed_controls: usize,
    /// That ended in an error.
    pub error_controls: usize,
    /// That were not looked at.
    pub skipped_controls: usize,
    /// Observations that were made.
    pub total_observations: usize,
    /// That passed.
    pub passed_observations: usize,
    /// That failed.
    pub failed_observations: usize,
    /// That ended in an error.
    pub error_observations: usize,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn of(controls: &[ControlReport]) -> Self {
        let mut summary = Self { total_controls: controls.len(), ..Self::default() };
        for control in controls {
            *match control.status {
                ControlStatus::Pass => &mut summary.passed_controls,
                ControlStatus::Fail => &mut summary.failed_controls,
                ControlStatus::Error => &mut summary.error_controls,
                ControlStatus::Skipped => &mut summary.skipped_controls,
            } += 1;
            summary.total_observations += control.observations.len();
            for observation in &control.observations {
                *match observation.status {
                    ObservationStatus::Pass => &mut summary.passed_observations,
                    ObservationStatus::Fail => &mut summary.failed_observations,
                    ObservationStatus::Error => &mut summary.error_observations,
                } += 1;
            }
        }
        summary
    }

    /// Whether every control passed or was skipped.
    #[must_use]
    pub const fn clean(&self) -> bool {
        self.failed_controls == 0 && self.error_controls == 0
    }
}

/// An error in one line: its message and those of the errors below it, but for what has been said already.
pub(crate) fn error_text(error: &ErrorDetail) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = if error.message.is_empty() { &error.code } else { &error.message };
        if !text.contains(message) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(message);
        }
        next = error.wrapped.as_deref();
    }
    text
}

/// Durations are whole milliseconds in reports.
fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// A severity is its word in reports.
#[expect(clippy::ref_option, reason = "serde asks for a reference to the field")]
fn severity<S: Serializer>(severity: &Option<Severity>, serializer: S) -> Result<S::Ok, S::Error> {
    severity.map(Severity::as_str).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quoin_abi::error::ErrorType;

    #[test]
    fn an_error_is_not_said_twice() {
        let error = |text: &str| ErrorDetail::new(ErrorType::Internal, "EX", text);
        let wrapped = |text: &str, below| ErrorDetail { wrapped: Some(Box::new(below)), ..error(text) };
        assert_eq!(
            error_text(&wrapped("no answer", error("connection reset"))),
            "no answer: connection reset"
        );
        assert_eq!(
            error_text(&wrapped("fs:read:/a is missing", error("fs:read:/a is missing"))),
            "fs:read:/a is missing"
        );
        assert_eq!(error_text(&error("")), "EX");
    }
}

//! [`Outcome`]: what making an observation once came to, and [`Observer`], who makes it.

use crate::profile::{Control, Observation};
use crate::report::{EvidenceReport, ExpectationReport, ObservationStatus};
use quoin_abi::error::{ErrorDetail, ErrorType};
use std::time::Instant;

/// What making an observation once came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The verdict.
    pub status: ObservationStatus,
    /// What was seen.
    pub evidence: Option<EvidenceReport>,
    /// Why nothing was seen, or why it could not be judged.
    pub error: Option<ErrorDetail>,
    /// What was expected.
    pub expectations: Vec<ExpectationReport>,
}

impl Outcome {
    /// An observation that could not be made.
    #[must_use]
    pub const fn error(error: ErrorDetail) -> Self {
        Self {
            status: ObservationStatus::Error,
            evidence: None,
            error: Some(error),
            expectations: Vec::new(),
        }
    }

    /// An observation that the time did not suffice for.
    #[must_use]
    pub fn timeout(message: String) -> Self {
        Self::error(ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", message))
    }
}

/// Makes observations. The scheduler calls it from several threads at once.
pub trait Observer: Send + Sync + 'static {
    /// Makes one observation of `control`, and is back soon after the deadline at the latest.
    fn observe(&self, control: &Control, observation: &Observation, deadline: Instant) -> Outcome;

    /// Why a control cannot be looked at here at all, which skips it.
    fn unsuited(&self, control: &Control) -> Option<String> {
        let _ = control;
        None
    }

    /// Ends the commands that run on behalf of observations; the run has been interrupted, or is over.
    fn interrupt(&self) {}
}

//! [`Seen`]: what came of one observation.

use crate::expect::Expectation;
use crate::policy::Warning;
use crate::run::{Outcome, judge};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::evidence::Evidence;
use quoin_engine::{Failure, Observation};
use std::time::Duration;

/// What came of one observation, and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What the engine says: the evidence, what was refused, fuel and memory.
    pub observation: Observation,
    /// Why no capability came of a value of the configuration.
    pub warnings: Vec<Warning>,
    /// How long it took.
    pub time: Duration,
}

impl Seen {
    /// What the plugin saw.
    ///
    /// # Errors
    ///
    /// Why it did not answer.
    pub fn evidence(&self) -> Result<&Evidence, Failure> {
        self.observation.evidence.as_ref().map_err(Clone::clone)
    }

    /// The verdict: what was seen held against what was expected, as `quoin check` does it.
    #[must_use]
    pub fn judge(self, expect: &[Expectation]) -> Outcome {
        let Observation { evidence, refusals, .. } = self.observation;
        let mut outcome = match evidence {
            Ok(evidence) => judge(evidence, expect),
            // A plugin that is refused something may well panic. The refusal is what can be put right.
            Err(failure) => Outcome::error(match refusals.first() {
                Some(refusal) => ErrorDetail {
                    wrapped: Some(Box::new(failure.detail())),
                    ..ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", refusal.to_string())
                },
                None => failure.detail(),
            }),
        };
        if let Some(error) = outcome.error.as_mut().filter(|error| error.kind == ErrorType::Capability) {
            // Why no grant came of the configuration.
            for warning in self.warnings {
                error.message = format!("{}; {warning}", error.message);
            }
        }
        outcome
    }
}

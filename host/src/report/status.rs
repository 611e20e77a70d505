//! How a control and an observation ended, and why a control was not looked at.

use serde::{Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// How an observation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObservationStatus {
    /// Everything that was expected is true.
    Pass,
    /// Something that was expected is not true.
    Fail,
    /// It could not be made.
    Error,
}

/// How a control ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ControlStatus {
    /// All of its observations passed.
    Pass,
    /// At least one of its observations failed.
    Fail,
    /// None failed, but at least one could not be made.
    Error,
    /// It was not looked at; its [`SkipReason`] says why.
    Skipped,
}

impl ControlStatus {
    /// A control's status from its observations' (contract, section 4): failed if any failed, else erred if any
    /// erred, else passed.
    #[must_use]
    pub fn of(observations: impl IntoIterator<Item = ObservationStatus>) -> Self {
        observations.into_iter().fold(Self::Pass, |status, next| match (status, next) {
            (Self::Fail, _) | (_, ObservationStatus::Fail) => Self::Fail,
            (Self::Error, _) | (_, ObservationStatus::Error) => Self::Error,
            (status, ObservationStatus::Pass) => status,
        })
    }
}

/// The signals that end a run early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// `SIGINT`: Ctrl-C.
    Interrupt,
    /// `SIGTERM`: `kill`, or the service manager.
    Terminate,
}

impl Signal {
    /// Its number, the same on every architecture of Linux.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }

    /// The exit status that a shell gives to a process that this signal ended: 128 and its number.
    #[must_use]
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        })
    }
}

/// Why a control was not looked at. Text in reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// The command line's filters left it out.
    FilteredOut,
    /// One of its plugins does not fit what is audited, for the reason given here.
    Unsuited(String),
    /// A control that it depends on did not pass.
    Dependency {
        /// Which.
        id: String,
        /// How that one ended instead.
        status: ControlStatus,
    },
    /// A signal came before it had finished.
    Interrupted(Signal),
    /// The run's time limit, given here, passed before it had started.
    RunTimeout(Duration),
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FilteredOut => f.write_str("left out by the filters of this run"),
            Self::Unsuited(why) => f.write_str(why),
            Self::Dependency { id, status } => {
                let ended = match status {
                    ControlStatus::Pass => "passed",
                    ControlStatus::Fail => "failed",
                    ControlStatus::Error => "ended in an error",
                    ControlStatus::Skipped => "was skipped",
                };
                write!(f, "depends on {id}, which {ended}")
            }
            Self::Interrupted(signal) => write!(f, "interrupted by {signal} before it had finished"),
            Self::RunTimeout(limit) => {
                write!(f, "not started: the run's time limit of {limit:?} had passed (--timeout)")
            }
        }
    }
}

impl Serialize for SkipReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ObservationStatus::{Error, Fail, Pass};

    #[test]
    fn a_failure_outweighs_an_error_outweighs_a_pass() {
        for (observations, expected) in [
            (&[][..], ControlStatus::Pass),
            (&[Pass, Pass], ControlStatus::Pass),
            (&[Pass, Error, Pass], ControlStatus::Error),
            (&[Error, Fail, Error], ControlStatus::Fail),
            (&[Fail, Error], ControlStatus::Fail),
        ] {
            assert_eq!(ControlStatus::of(observations.iter().copied()), expected, "{observations:?}");
        }
    }

    #[test]
    fn a_reason_names_its_cause() {
        let reason = SkipReason::Dependency { id: "base".into(), status: ControlStatus::Fail };
        assert_eq!(reason.to_string(), "depends on base, which failed");
        let reason = SkipReason::RunTimeout(Duration::from_millis(1500));
        assert!(reason.to_string().contains("1.5s"), "{reason}");
    }
}

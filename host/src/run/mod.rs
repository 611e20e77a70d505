//! A run: the observations of a profile made concurrently, each in its time, each retried as the profile says.

mod board;
mod control;
mod events;
mod fence;
mod filter;
mod judge;
pub mod observe;
mod outcome;
mod plugin;
mod pool;
#[cfg(test)]
mod sample;

pub use events::{Event, Events};
pub(crate) use fence::defect;
pub use filter::{Filter, FilterError};
pub use judge::judge;
pub use outcome::{Observer, Outcome};
pub use plugin::{PluginError, Prepare, PrepareError, Prepared};
pub use pool::{default_jobs, run};

use crate::profile::Profile;
use crate::report::{ControlReport, Signal};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// What is to be run, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The profile.
    pub profile: Arc<Profile>,
    /// For each of its controls, whether it is looked at; from [`Filter::select`].
    pub selected: Vec<bool>,
    /// Observations that are made at the same time.
    pub jobs: NonZeroUsize,
    /// What the whole run may take.
    pub timeout: Option<Duration>,
    /// How long past its deadline an observation may take to come back.
    pub grace: Duration,
    /// How long after a signal observations may take to come back, so that their commands are cleared away. Nothing that
    /// they find then is reported.
    pub farewell: Duration,
}

impl Plan {
    /// [`Plan::grace`] where there is no reason for another: 2 s.
    pub const GRACE: Duration = Duration::from_secs(2);
    /// [`Plan::farewell`] where there is no reason for another: 200 ms.
    pub const FAREWELL: Duration = Duration::from_millis(200);
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Controls that have their final status.
    pub done: usize,
    /// All controls.
    pub total: usize,
    /// A control that is being looked at.
    pub current: Option<&'a str>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Every control of the profile, in its order.
    pub controls: Vec<ControlReport>,
    /// The signal that ended it early.
    pub signal: Option<Signal>,
}

//! [`Session`]: what one instance is given to run with.

use crate::capability::Grants;
use crate::deadline::Deadline;
use crate::host::Host;
use alloc::boxed::Box;

/// What one instance is given: a machine, what it may do with it, and until when.
pub struct Session {
    /// The machine.
    pub host: Box<dyn Host>,
    /// What the instance may do; [`Grants::none`] for `describe` and `schema`.
    pub grants: Grants,
    /// When it has to be done, on the host's monotonic clock.
    pub deadline: Deadline,
}

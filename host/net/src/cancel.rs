//! [`Cancel`]: the end of everything that waits, when the run is interrupted.

use crate::{Code, Error};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

/// Told once, heard by everyone who holds a clone: what waits ends with [`Code::Canceled`], and nothing new begins.
///
/// A signal's handler needs no more than an atomic store for it, and what waits looks at it every [`Cancel::SLICE`].
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// The longest that a wait goes on without looking.
    pub const SLICE: Duration = Duration::from_millis(100);

    /// Ends everything.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether everything has been ended.
    #[must_use]
    pub fn is_canceled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes on only if nothing has been ended.
    ///
    /// # Errors
    ///
    /// [`Code::Canceled`].
    pub fn check(&self) -> Result<(), Error> {
        if self.is_canceled() { Err(Code::Canceled.into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clone_hears_of_it() {
        let cancel = Cancel::default();
        let clone = cancel.clone();
        assert_eq!(clone.check(), Ok(()));
        cancel.cancel();
        assert!(clone.is_canceled());
        assert_eq!(clone.check(), Err(Code::Canceled.into()));
    }
}

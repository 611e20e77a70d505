//! [`ModelHost`]: the machine of a [`Tree`].

use super::file::ModelFile;
use super::tree::Tree;
use crate::host::{Host, LogLevel, LogLine};
use crate::system::{Interest, Node, Readiness, System};
use crate::wasi::Errno;
use alloc::{borrow::ToOwned, boxed::Box, rc::Rc, string::String, vec::Vec};
use core::cell::{Cell, RefCell};

/// What a guest has logged.
pub type Logged = Rc<RefCell<Vec<(LogLevel, String)>>>;

/// A machine with the files of a [`Tree`], a clock that only moves when someone waits, and no programs.
pub struct ModelHost {
    tree: Tree,
    /// Its environment variables.
    pub environment: Vec<(String, String)>,
    /// What its guest has logged.
    pub logged: Logged,
    /// The user that it runs as.
    pub uid: u32,
    random: Cell<u8>,
}

impl ModelHost {
    /// The machine of a tree, with no environment, run by user 1000.
    #[must_use]
    pub fn new(tree: &Tree) -> Self {
        Self {
            tree: tree.clone(),
            environment: Vec::new(),
            logged: Logged::default(),
            uid: 1000,
            random: Cell::new(0),
        }
    }
}

impl System for ModelHost {
    fn monotonic(&self) -> u64 {
        self.tree.0.clock.get()
    }

    fn realtime(&self) -> u64 {
        // An epoch of its own, so that the two cannot be mixed up.
        self.monotonic() + 1_700_000_000_000_000_000
    }

    fn resolution(&self) -> u64 {
        1
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), Errno> {
        for byte in buffer {
            self.random.set(self.random.get().wrapping_mul(5).wrapping_add(3));
            *byte = self.random.get();
        }
        Ok(())
    }

    fn wait(&self, interests: &[Interest<'_>], nanoseconds: u64) -> Result<Vec<Readiness>, Errno> {
        let ready_at = |interest: &Interest<'_>| {
            let file = interest.file.as_any().downcast_ref::<ModelFile>();
            file.map_or(0, |file| if interest.write { 0 } else { file.ready_at() })
        };
        let now = self.monotonic();
        let first = interests.iter().map(ready_at).min().unwrap_or(u64::MAX).max(now);
        let now = first.min(now.saturating_add(nanoseconds));
        self.tree.0.clock.set(now);
        Ok(interests
            .iter()
            .map(|interest| Readiness { ready: ready_at(interest) <= now, ..Readiness::default() })
            .collect())
    }
}

impl Host for ModelHost {
    fn system(&self) -> &dyn System {
        self
    }

    fn root(&self) -> Option<Box<dyn Node>> {
        Some(self.tree.root())
    }

    fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    fn user_name(&self, uid: u32) -> Option<String> {
        (uid == 0).then(|| "root".to_owned())
    }

    fn group_name(&self, gid: u32) -> Option<String> {
        (gid == 0).then(|| "root".to_owned())
    }

    fn own_uid(&self) -> u32 {
        self.uid
    }

    fn log(&self, line: &LogLine<'_>) {
        self.logged.borrow_mut().push((line.level, line.message.to_owned()));
    }
}

//! A machine in memory, to hold the engine's path resolution against: for tests and fuzz targets.
//!
//! [`Tree`] is its file system, [`ModelHost`] the machine with a clock that only moves when someone waits.
//! [`resolve`] does what a plugin's path functions do, and [`naive`] says what a path means without any of the care
//! that takes.
//!
//! ```
//! # #[cfg(feature = "model")] {
//! use quoin_engine::capability::{Capability, CapabilitySet, Grants};
//! use quoin_engine::model::{Tree, resolve};
//! use quoin_engine::wasi::Errno;
//!
//! let tree = Tree::new();
//! tree.file("/etc/hosts", "127.0.0.1 localhost");
//! tree.link("/tmp/hosts", "../etc/hosts");
//! let etc = CapabilitySet::new([Capability::parse("fs", "read:/etc/*").unwrap()]).unwrap();
//! let grants = Grants::new(etc.clone(), etc, []);
//! assert_eq!(resolve(&tree, &grants, "/tmp/hosts", true), Ok("/etc/hosts".into()));
//! assert_eq!(resolve(&tree, &grants, "/tmp/hosts", false), Err(Errno::Notcapable));
//! # }
//! ```

mod file;
mod host;
pub mod naive;
mod node;
mod tree;

pub use host::{Logged, ModelHost};
pub use tree::{Thing, Tree};

use crate::capability::Grants;
use crate::deadline::Deadline;
use crate::guest::state::State;
use crate::host::Host;
use crate::limits::Limits;
use crate::session::Session;
use crate::wasi::{Errno, StatError, Wasi, stat_path};
use alloc::{boxed::Box, string::String, sync::Arc};
use core::time::Duration;

/// Where `path` leads a plugin with these grants that asks for its attributes; with `follow`, through a link that it
/// ends with.
///
/// # Errors
///
/// What the guest gets.
pub fn resolve(tree: &Tree, grants: &Grants, path: &str, follow: bool) -> Result<String, Errno> {
    let mut state = plugin(ModelHost::new(tree), grants.clone());
    match stat_path(&mut state, path, follow) {
        Ok(info) => Ok(info.resolved_path),
        Err(StatError::Refused(_)) => Err(Errno::Notcapable),
        Err(StatError::Errno(errno)) => Err(errno),
    }
}

/// A plugin on this machine, with an hour to run.
pub(crate) fn plugin(host: ModelHost, grants: Grants) -> State {
    state(host, grants, Wasi::for_plugin)
}

/// A guest on this machine, with an hour to run.
pub(crate) fn state(
    host: ModelHost,
    grants: Grants,
    wasi: impl FnOnce(&dyn Host, &mut Grants) -> Wasi,
) -> State {
    let deadline = Deadline::after(0, Duration::from_secs(3600));
    State::new(Session { host: Box::new(host), grants, deadline }, wasi, Arc::new(Limits::default()))
}

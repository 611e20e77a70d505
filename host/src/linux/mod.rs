//! Linux below the engine: files, clocks, commands and names, by the traits of `quoin_engine::system` and
//! `quoin_engine::host`.
//!
//! Only system calls that Linux 3.2 has are relied on; newer ones (`statx`, `getrandom`, `close_range`) are used
//! where they exist. `/proc` need not be mounted.
//!
//! Everything here does what it is told, one step at a time; what a guest may do has been decided in the engine.

mod directory;
mod errno;
mod exec;
mod file;
mod host;
mod identity;
mod names;
mod node;
mod output;
mod own_process;
mod processes;
mod program;
mod resolve;
mod stat;
mod system;

pub use directory::{MAX_ENTRIES, MAX_NAME_BYTES};
pub use errno::errno;
pub use file::LinuxFile;
pub use host::{LinuxHost, LogSink, Machine, OpenRootError};
pub use node::LinuxNode;
pub use processes::Processes;
pub use program::{SEARCH_PATH, find_program};
pub use system::LinuxSystem;
pub(crate) use system::monotonic;

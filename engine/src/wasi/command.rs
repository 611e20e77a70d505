//! [`CommandConfig`]: what a command module is given.

use crate::system::{File, Node};
use alloc::{boxed::Box, string::String, vec::Vec};

/// What a WASI command (a module with `_start`) is given. Unlike a plugin it may use all that is in its directories.
pub struct CommandConfig {
    /// Arguments, the program's name first.
    pub args: Vec<String>,
    /// Environment variables.
    pub env: Vec<(String, String)>,
    /// Directories, each with the path that the guest knows it by. Nothing leads out of one: neither `..` nor a link.
    /// An absolute link begins at a directory that is known as `/`, and is refused in any other.
    pub preopens: Vec<(String, Box<dyn Node>)>,
    /// Standard input.
    pub stdin: Box<dyn File>,
    /// Standard output.
    pub stdout: Box<dyn File>,
    /// Standard error.
    pub stderr: Box<dyn File>,
}

//! The configuration of an observation: `schema.json` in Rust.

use alloc::string::{String, ToString};
use quoin_plugin::{Config, ErrorDetail, Fields};

/// Which processes to look for. At least one of these is given, and a process has to fit all that are.
#[derive(Debug)]
pub struct Request {
    /// The program's name.
    pub(crate) name: Option<String>,
    /// The process's number.
    pub(crate) pid: Option<u32>,
    /// A part of its command line.
    pub(crate) cmdline_contains: Option<String>,
    /// Its user's name or number.
    pub(crate) user: Option<String>,
}

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let name = fields.text("name")?;
        let pid = fields.number("pid")?;
        let cmdline_contains = fields.text("cmdline_contains")?;
        let user = match fields.value("user") {
            None => None,
            Some(user) => match (user.as_str(), user.as_u64()) {
                (Some(name), _) => Some(name.into()),
                (None, Some(uid)) => Some(uid.to_string()),
                (None, None) => return Err(fields.wrong("user", "has to be a user's name or number")),
            },
        };
        for (field, text) in [("name", &name), ("cmdline_contains", &cmdline_contains), ("user", &user)] {
            if text.as_ref().is_some_and(String::is_empty) {
                return Err(fields.wrong(field, "is empty, which no process fits"));
            }
        }
        if pid == Some(0) {
            return Err(fields.wrong("pid", "is 0, and processes are counted from 1"));
        }
        if name.is_none() && pid.is_none() && cmdline_contains.is_none() && user.is_none() {
            return Err(
                fields.wrong("name", "is missing, and so are `pid`, `cmdline_contains` and `user`: give one")
            );
        }
        Ok(Self { name, pid, cmdline_contains, user })
    }
}

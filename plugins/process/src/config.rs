//! The configuration of an observation.

use alloc::string::{String, ToString};
use core::ops::Deref;
use quoin_plugin::{Config, ErrorDetail, NonEmpty, Schema, Setting, Value, Wrong, wrong};

/// At least one of these; a process has to fit all that are given.
#[derive(Debug, Config)]
#[config(check = Self::check, schema = r#""$defs":{"proc":{"x-capability":["fs:read:/proc","fs:read:/proc/stat","fs:read:/proc/[0-9]*","fs:read:/proc/[0-9]*/stat","fs:read:/proc/[0-9]*/status","fs:read:/proc/[0-9]*/cmdline","fs:read:/proc/[0-9]*/exe"]}},"anyOf":[{"required":["name"]},{"required":["pid"]},{"required":["cmdline_contains"]},{"required":["user"]}]"#)]
pub struct Request {
    /// The program's name, as `ps -e` shows it; whole, also where the kernel keeps its first 15 bytes.
    #[config(schema = r##""$ref":"#/$defs/proc""##)]
    pub(crate) name: Option<NonEmpty>,
    /// The process's number.
    #[config(schema = r##""$ref":"#/$defs/proc""##)]
    pub(crate) pid: Option<Pid>,
    /// Text that is somewhere in the command line, whose words have a space between them.
    #[config(schema = r##""$ref":"#/$defs/proc""##)]
    pub(crate) cmdline_contains: Option<NonEmpty>,
    /// The user's name or number.
    #[config(schema = r##""$ref":"#/$defs/proc""##)]
    pub(crate) user: Option<User>,
}

impl Request {
    fn check(&self) -> Result<(), ErrorDetail> {
        if self.name.is_none() && self.pid.is_none() && self.cmdline_contains.is_none() && self.user.is_none()
        {
            return Err(wrong(
                "name",
                "is missing, and so are `pid`, `cmdline_contains` and `user`: give one",
            ));
        }
        Ok(())
    }
}

/// A process's number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pid(pub(crate) u32);

impl Setting for Pid {
    const SCHEMA: Schema = Schema::Text(r#""type":"integer","minimum":1,"maximum":4294967295"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match u32::read(value)? {
            0 => Err("is 0, and processes are counted from 1".into()),
            number => Ok(Self(number)),
        }
    }
}

/// A user's name or number.
#[derive(Debug)]
pub(crate) struct User(String);

impl Deref for User {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Setting for User {
    const SCHEMA: Schema = Schema::Text(r#""type":["string","integer"],"minLength":1,"minimum":0"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match (value.as_str(), value.as_u64()) {
            (Some(""), _) => Err("is empty".into()),
            (Some(name), _) => Ok(Self(name.into())),
            (None, Some(uid)) => Ok(Self(uid.to_string())),
            (None, None) => Err("has to be a user's name or number".into()),
        }
    }
}

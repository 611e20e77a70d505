//! The configuration of an observation.

use alloc::string::String;
use core::ops::Deref;
use quoin_plugin::{Config, Schema, Setting, Value, Wrong};

/// What to look at.
#[derive(Debug, Config)]
pub struct Request {
    /// Absolute path of the file. A symbolic link at its end is followed; the evidence says that it was one.
    #[config(capability = "fs:read:{value}")]
    pub(crate) path: AbsolutePath,
    /// Give the content of a regular file, up to 512 KiB, as `content`, or as `content_b64` where it is not UTF-8.
    #[config(default = false)]
    pub(crate) read_content: bool,
    /// Give the SHA-256 digest of a regular file, whatever its length, as `sha256`.
    #[config(default = false)]
    pub(crate) hash: bool,
}

/// A path that starts at the root.
#[derive(Debug)]
pub(crate) struct AbsolutePath(String);

impl Deref for AbsolutePath {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Setting for AbsolutePath {
    const SCHEMA: Schema = Schema::Text(r#""type":"string","pattern":"^/""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        let path = String::read(value)?;
        match path.as_bytes() {
            [] => Err("is empty; an absolute path such as /etc/hosts is needed".into()),
            bytes if bytes.contains(&0) => Err("has a NUL in it, which no path can have".into()),
            [b'/', ..] => Ok(Self(path)),
            _ => Err("is relative; an absolute path such as /etc/hosts is needed".into()),
        }
    }
}

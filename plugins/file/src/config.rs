//! The configuration of an observation: `schema.json` in Rust.

use alloc::string::String;
use quoin_plugin::{Config, ErrorDetail, Fields};

/// What to look at.
#[derive(Debug)]
pub struct Request {
    /// An absolute path.
    pub(crate) path: String,
    /// Give its content.
    pub(crate) content: bool,
    /// Give its digest.
    pub(crate) hash: bool,
}

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let path = fields.text("path")?.ok_or_else(|| fields.missing("path"))?;
        let content = fields.flag("read_content")?.unwrap_or(false);
        let hash = fields.flag("hash")?.unwrap_or(false);
        match path.as_bytes() {
            [] => Err(fields.wrong("path", "is empty; an absolute path such as /etc/hosts is needed")),
            bytes if bytes.contains(&0) => Err(fields.wrong("path", "has a NUL in it, which no path can have")),
            [b'/', ..] => Ok(Self { path, content, hash }),
            _ => Err(fields.wrong("path", "is relative; an absolute path such as /etc/hosts is needed")),
        }
    }
}

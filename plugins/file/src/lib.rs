//! The built-in plugin `file`: attributes, content and digest of one file.
//!
//! | config | |
//! |---|---|
//! | `path` | absolute path, required |
//! | `read_content` | give the content too (default false) |
//! | `hash` | give the SHA-256 digest too (default false) |
//!
//! | evidence | |
//! |---|---|
//! | `path` | as configured |
//! | `exists` | also the status: what is missing is evidence, not an error. False for a link that leads nowhere |
//! | `readable` | a regular file could be opened, a directory be listed; anything else is never opened, since opening a device may have effects |
//! | `read_error` | why `readable` is false, or why content or digest that was asked for is missing |
//! | `is_dir`, `is_symlink`, `symlink_target` | `is_symlink` is about the path itself |
//! | `size mode permissions uid gid owner group mod_time` | of what a link leads to: `mode` as `"0640"`, `permissions` as `"-rw-r-----"`, `owner` and `group` as numbers where there is no name, `mod_time` in RFC 3339 |
//! | `content` | when it is UTF-8, else `content_b64` with `encoding: base64` |
//! | `content_truncated` | true where the file is longer than 512 KiB and `content` is its beginning |
//! | `sha256` | of the whole file, in lower-case hexadecimal |

#![cfg_attr(target_family = "wasm", no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod config;
mod content;
mod permissions;

use alloc::{
    format,
    string::{String, ToString},
};
use config::Request;
use quoin_plugin::{
    Capability, ErrorDetail, ErrorType, FileStatResponse, Host, Metadata, Observation, Plugin,
};

/// The plugin.
pub struct File;

quoin_plugin::export!(File);

impl Plugin for File {
    type Config = Request;

    const METADATA: Metadata = Metadata {
        name: "file",
        version: env!("CARGO_PKG_VERSION"),
        description: "Looks at a file: whether it is there, its owner and permissions, its content and its digest",
        platform: None,
        capabilities: &[Capability { kind: "fs", pattern: "read:/**" }],
    };

    fn observe(request: Request, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let mut seen = Observation::new(false).with("path", &*request.path);
        for flag in ["exists", "readable", "is_dir", "is_symlink"] {
            seen.set(flag, false);
        }
        if let Some(file) = look(host, &request.path, &mut seen)? {
            seen.status = true;
            seen.set("exists", true);
            attributes(&file, &mut seen)?;
            match file.kind.as_str() {
                "file" => content::read(host, &request, &mut seen)?,
                "directory" => {
                    seen.set("is_dir", true);
                    content::list(host, &request, &mut seen)?;
                }
                kind => seen.set("read_error", format!("is a {kind}, which is never opened")),
            }
        }
        Ok(seen)
    }
}

/// What is at the path, after a link at its end was followed; `None` is nothing. Notes the link.
fn look(
    host: &impl Host,
    path: &str,
    seen: &mut Observation,
) -> Result<Option<FileStatResponse>, ErrorDetail> {
    match found(host.file_stat(path, false))? {
        Some(link) if link.kind == "symlink" => {
            seen.set("is_symlink", true);
            seen.set("symlink_target", link.symlink_target);
            found(host.file_stat(path, true))
        }
        itself => Ok(itself),
    }
}

/// Tells "it isn't there" from "it could not be found out". A link in a circle leads nowhere, as does one to a path
/// that passes through something else than a directory.
fn found(answer: Result<FileStatResponse, ErrorDetail>) -> Result<Option<FileStatResponse>, ErrorDetail> {
    match answer {
        Ok(file) => Ok(Some(file)),
        // A refusal says nothing about the file, whatever else it looks like.
        Err(error) if error.kind == ErrorType::Capability => Err(error),
        Err(error) if error.is_not_found || matches!(error.code.as_str(), "ENOTDIR" | "ELOOP") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes the attributes.
fn attributes(file: &FileStatResponse, seen: &mut Observation) -> Result<(), ErrorDetail> {
    let mode = u32::from_str_radix(&file.mode, 8).map_err(|_| {
        let message = format!("the host gave `{}` as mode, which is not an octal number", file.mode);
        ErrorDetail::new(ErrorType::Internal, "EPROTO", message)
    })?;
    seen.set("size", file.size);
    seen.set("mode", format!("{mode:04o}"));
    seen.set("permissions", permissions::text(&file.kind, mode));
    seen.set("uid", file.uid);
    seen.set("gid", file.gid);
    seen.set("owner", name_or_number(&file.owner, file.uid));
    seen.set("group", name_or_number(&file.group, file.gid));
    seen.set("mod_time", file.mtime.as_str());
    Ok(())
}

/// As `ls -l` does for an owner without a name.
fn name_or_number(name: &str, number: u32) -> String {
    if name.is_empty() { number.to_string() } else { name.into() }
}

#[cfg(test)]
mod tests;

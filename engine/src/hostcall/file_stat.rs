//! `quoin_host.file_stat`: what a file audit asks about first, and WASI preview 1 leaves out.

use super::{packed::Response, time::deadline};
use crate::guest::state::State;
use crate::system::Kind;
use crate::time::rfc3339;
use crate::wasi::{self, Errno, StatError};
use alloc::format;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{FileStatRequest, FileStatResponse};

impl Response for FileStatResponse {
    fn failed(error: ErrorDetail) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    fn error(&self) -> Option<&ErrorDetail> {
        self.error.as_ref()
    }
}

/// Needs `fs:read` for the resolved path, as opening the file would.
pub(crate) fn file_stat(state: &mut State, request: &FileStatRequest) -> FileStatResponse {
    let path = &request.path;
    if !path.starts_with('/') {
        let message = format!("`path` has to be absolute, and {path:?} is not");
        return FileStatResponse::failed(ErrorDetail::new(ErrorType::Config, "EINVAL", message));
    }
    if let Err(error) = deadline(state, &request.context, 0) {
        return FileStatResponse::failed(error);
    }
    match wasi::stat_path(state, path, request.follow) {
        Ok(file) => FileStatResponse {
            kind: word(file.stat.kind).into(),
            size: file.stat.size,
            mode: format!("{:04o}", file.stat.mode & 0o7777),
            uid: file.stat.uid,
            gid: file.stat.gid,
            owner: state.host.user_name(file.stat.uid).unwrap_or_default(),
            group: state.host.group_name(file.stat.gid).unwrap_or_default(),
            mtime: rfc3339(file.stat.mtime),
            nlink: file.stat.nlink,
            symlink_target: file.symlink_target.unwrap_or_default(),
            resolved_path: file.resolved_path,
            error: None,
        },
        Err(StatError::Refused(refusal)) => FileStatResponse::failed(refusal.into()),
        Err(StatError::Errno(errno)) => {
            let kind = if errno == Errno::Inval { ErrorType::Config } else { ErrorType::Execution };
            FileStatResponse::failed(ErrorDetail::new(kind, errno.name(), format!("{path}: {errno}")))
        }
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::Directory => "directory",
        Kind::Symlink => "symlink",
        Kind::Fifo => "fifo",
        Kind::Socket => "socket",
        Kind::BlockDevice => "block_device",
        Kind::CharDevice => "char_device",
        Kind::Unknown => "unknown",
    }
}

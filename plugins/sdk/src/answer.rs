//! The host's answers, read into the types of `quoin-abi`. What is missing takes its empty value, as the contract has it.

use crate::fields::Fields;
use alloc::boxed::Box;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{ExecResponse, FileStatResponse};

/// Answer of `file_stat`.
///
/// # Errors
///
/// The host's own, and where the answer is not what the contract has.
pub(crate) fn file_stat(json: &[u8]) -> Result<FileStatResponse, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    if let Some(error) = fields.object("error")? {
        return Err(detail(error)?);
    }
    Ok(FileStatResponse {
        kind: fields.text("kind")?.unwrap_or_default(),
        size: fields.number("size")?.unwrap_or_default(),
        mode: fields.text("mode")?.unwrap_or_default(),
        uid: fields.number("uid")?.unwrap_or_default(),
        gid: fields.number("gid")?.unwrap_or_default(),
        owner: fields.text("owner")?.unwrap_or_default(),
        group: fields.text("group")?.unwrap_or_default(),
        mtime: fields.text("mtime")?.unwrap_or_default(),
        nlink: fields.number("nlink")?.unwrap_or_default(),
        symlink_target: fields.text("symlink_target")?.unwrap_or_default(),
        resolved_path: fields.text("resolved_path")?.unwrap_or_default(),
        error: None,
    })
}

/// Answer of `exec_command`. A command that the deadline ended did run, so that its answer is none of the errors.
///
/// # Errors
///
/// The host's own, and where the answer is not what the contract has.
pub(crate) fn exec_command(json: &[u8]) -> Result<ExecResponse, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    let is_timeout = fields.flag("is_timeout")?.unwrap_or_default();
    let error = fields.object("error")?.map(detail).transpose()?;
    if let (false, Some(error)) = (is_timeout, &error) {
        return Err(error.clone());
    }
    Ok(ExecResponse {
        stdout: fields.text("stdout")?.unwrap_or_default(),
        stderr: fields.text("stderr")?.unwrap_or_default(),
        exit_code: fields.number("exit_code")?.unwrap_or_default(),
        duration_ms: fields.number("duration_ms")?.unwrap_or_default(),
        is_timeout,
        stdout_truncated: fields.flag("stdout_truncated")?.unwrap_or_default(),
        stderr_truncated: fields.flag("stderr_truncated")?.unwrap_or_default(),
        error,
    })
}

/// The error record.
fn detail(mut fields: Fields) -> Result<ErrorDetail, ErrorDetail> {
    let kind = fields.text("type")?.unwrap_or_default();
    let wrapped = match fields.object("wrapped")? {
        Some(wrapped) => Some(Box::new(detail(wrapped)?)),
        None => None,
    };
    Ok(ErrorDetail {
        message: fields.text("message")?.unwrap_or_default(),
        kind: KINDS.into_iter().find(|known| known.as_str() == kind).unwrap_or_default(),
        code: fields.text("code")?.unwrap_or_default(),
        is_timeout: fields.flag("is_timeout")?.unwrap_or_default(),
        is_not_found: fields.flag("is_not_found")?.unwrap_or_default(),
        wrapped,
    })
}

/// All types but `internal`, which an unknown word is read as.
const KINDS: [ErrorType; 7] = [
    ErrorType::Network,
    ErrorType::Timeout,
    ErrorType::Config,
    ErrorType::Capability,
    ErrorType::Execution,
    ErrorType::Validation,
    ErrorType::Panic,
];

#[cfg(test)]
mod tests {
    use super::{KINDS, exec_command, file_stat};
    use alloc::{boxed::Box, vec::Vec};
    use quoin_abi::error::{ErrorDetail, ErrorType};
    use quoin_abi::host::{ExecResponse, FileStatResponse};

    fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
        serde_json::to_vec(value).expect("serialises")
    }

    #[test]
    fn reads_what_the_host_writes() {
        let stat = FileStatResponse {
            kind: "symlink".into(),
            size: 5 << 40,
            mode: "4755".into(),
            uid: u32::MAX,
            gid: 12,
            owner: "root".into(),
            group: "shadow".into(),
            mtime: "2024-01-01T00:00:00Z".into(),
            nlink: 3,
            symlink_target: "../b".into(),
            resolved_path: "/b".into(),
            error: None,
        };
        assert_eq!(file_stat(&json(&stat)), Ok(stat));
        assert_eq!(file_stat(&json(&FileStatResponse::default())), Ok(FileStatResponse::default()));

        let exec = ExecResponse {
            stdout: "out".into(),
            stderr: "err".into(),
            exit_code: -1,
            duration_ms: 20,
            is_timeout: true,
            stdout_truncated: true,
            stderr_truncated: true,
            error: Some(ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", "ended after 20 ms")),
        };
        assert_eq!(exec_command(&json(&exec)), Ok(exec.clone()));
        let failed = ExecResponse { is_timeout: false, ..exec };
        assert_eq!(exec_command(&json(&failed)), Err(failed.error.expect("is there")));
    }

    #[test]
    fn reads_every_error_the_host_writes() {
        for kind in KINDS.into_iter().chain([ErrorType::Internal]) {
            let mut error = ErrorDetail::new(kind, "ENOENT", "above");
            error.wrapped = Some(Box::new(ErrorDetail::new(ErrorType::Network, "EPIPE", "below")));
            let response = FileStatResponse { error: Some(error.clone()), ..FileStatResponse::default() };
            assert_eq!(file_stat(&json(&response)), Err(error));
        }
    }

    #[test]
    fn is_an_error_where_the_answer_breaks_the_contract() {
        for answer in ["", "[]", r#"{"kind": 1}"#, r#"{"size": "1"}"#, r#"{"uid": -1}"#, r#"{"error": "no"}"#] {
            let error = file_stat(answer.as_bytes()).expect_err(answer);
            assert_eq!((error.kind, error.code.as_str()), (ErrorType::Internal, "EPROTO"), "{answer}");
        }
    }
}

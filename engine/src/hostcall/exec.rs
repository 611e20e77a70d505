//! `exec_command`: runs a program.

use super::{packed::Response, time::deadline};
use crate::capability::Access;
use crate::guest::state::State;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{ExecRequest, ExecResponse};

impl Response for ExecResponse {
    fn failed(error: ErrorDetail) -> Self {
        Self { exit_code: -1, is_timeout: error.is_timeout, error: Some(error), ..Self::default() }
    }

    fn error(&self) -> Option<&ErrorDetail> {
        self.error.as_ref()
    }
}

/// Needs `exec` for the program that would run. Whether an ungranted program exists is not told.
pub(crate) fn exec_command(state: &mut State, request: &ExecRequest) -> ExecResponse {
    if request.command.is_empty() {
        let message = "`command` is missing from the request";
        return ExecResponse::failed(ErrorDetail::new(ErrorType::Config, "EINVAL", message));
    }
    let found = state.host.find_program(&request.command);
    let program = found.as_deref().unwrap_or(&request.command);
    if let Err(refusal) = state.decide(Access::Exec { program, asked: &request.command }) {
        return ExecResponse::failed(refusal.into());
    }
    let result = found.and_then(|program| Ok((program, deadline(state, &request.context, 0)?)));
    match result {
        // Both outputs are JSON text in one response, where a byte may take six (`\u0000`).
        Ok((program, deadline)) => {
            state.host.exec(&program, request, deadline, state.limits.response_bytes / 16)
        }
        Err(error) => ExecResponse::failed(error),
    }
}

//! `exec_command`: runs a program.

use super::{packed::Response, time::deadline};
use crate::capability::{Access, runs_code};
use crate::guest::state::State;
use alloc::format;
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

/// Needs `exec` for the program that would run, by its name where that runs code that it is handed. Whether an ungranted program exists is not told.
pub(crate) fn exec_command(state: &mut State, request: &ExecRequest) -> ExecResponse {
    if request.command.is_empty() {
        let message = "`command` is missing from the request";
        return ExecResponse::failed(ErrorDetail::new(ErrorType::Config, "EINVAL", message));
    }
    let found = state.host.find_program(&request.command);
    let asked = request.command.as_str();
    // A name that nothing was found under still has to be granted before that is told.
    let unfound = format!("/{}", asked.trim_start_matches('/'));
    let program = found.as_deref().unwrap_or(&unfound);
    let access = match runs_code(program, asked, &request.args, &request.env) {
        true => Access::ExecCode { program, asked },
        false => Access::Exec { program, asked },
    };
    if let Err(refusal) = state.decide(access) {
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

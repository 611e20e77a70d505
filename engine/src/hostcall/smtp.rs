//! `smtp_connect`: connects to a mail server and reads its greeting.

use super::{packed::Response, tcp::granted, time::deadline};
use crate::guest::state::State;
use quoin_abi::host::{ConnectResponse, SmtpRequest};

/// Needs `network:outbound` for host and port.
pub(crate) fn smtp_connect(state: &mut State, request: &SmtpRequest) -> ConnectResponse {
    match granted(state, &request.host, &request.port)
        .and_then(|()| deadline(state, &request.context, request.timeout_ms))
    {
        Ok(deadline) => state.host.smtp_connect(request, deadline),
        Err(error) => ConnectResponse::failed(error),
    }
}

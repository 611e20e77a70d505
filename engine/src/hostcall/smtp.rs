//! `smtp_connect`: connects to a mail server and reads its greeting.

use super::{packed::Response, tcp::granted, time::deadline};
use crate::guest::state::State;
use quoin_abi::host::{ConnectResponse, SmtpRequest};

/// Needs `network:outbound` for host and port.
pub(crate) fn smtp_connect(state: &mut State, request: &SmtpRequest) -> ConnectResponse {
    let allowed = granted(state, &request.host, &request.port)
        .and_then(|to| Ok((to, deadline(state, &request.context, request.timeout_ms)?)));
    match allowed {
        Ok((to, deadline)) => state.through_gate(|host, gate| host.smtp_connect(to, request, deadline, gate)),
        Err(error) => ConnectResponse::failed(error),
    }
}

//! `tcp_connect`: connects, and with TLS shakes hands.

use super::{packed::Response, time::deadline};
use crate::capability::{Access, is_host};
use crate::guest::state::State;
use crate::host::Destination;
use alloc::format;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{ConnectResponse, TcpRequest};

impl Response for ConnectResponse {
    fn failed(error: ErrorDetail) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    fn error(&self) -> Option<&ErrorDetail> {
        self.error.as_ref()
    }
}

/// Needs `network:outbound` for host and port.
pub(crate) fn tcp_connect(state: &mut State, request: &TcpRequest) -> ConnectResponse {
    let allowed = granted(state, &request.host, &request.port)
        .and_then(|to| Ok((to, deadline(state, &request.context, request.timeout_ms)?)));
    match allowed {
        Ok((to, deadline)) => state.through_gate(|host, gate| host.tcp_connect(to, request, deadline, gate)),
        Err(error) => ConnectResponse::failed(error),
    }
}

/// Reads host and port, and decides.
pub(super) fn granted<'a>(
    state: &mut State,
    host: &'a str,
    port: &str,
) -> Result<Destination<'a>, ErrorDetail> {
    let config = |message| ErrorDetail::new(ErrorType::Config, "EINVAL", message);
    if host.is_empty() {
        return Err(config("`host` is missing from the request".into()));
    }
    if !is_host(host) {
        return Err(config(format!("`host` has to be a name or an address, and {host:?} is neither")));
    }
    let port = match port.parse::<u16>() {
        Ok(port) if port > 0 => port,
        _ => return Err(config(format!("`port` has to be a number from 1 to 65535, and {port:?} is not"))),
    };
    state.decide(Access::Connect { host, port })?;
    Ok(Destination { host, port })
}

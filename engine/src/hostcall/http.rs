//! `http_request`: one request, one response.

use super::{packed::Response, time::deadline};
use crate::capability::{Access, http_target, is_host};
use crate::guest::state::State;
use crate::host::Destination;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{HttpRequest, HttpResponse};

impl Response for HttpResponse {
    fn failed(error: ErrorDetail) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    fn error(&self) -> Option<&ErrorDetail> {
        self.error.as_ref()
    }
}

/// Needs `network:outbound` for the host and port of the URL and of every URL that it is redirected to.
pub(crate) fn http_request(state: &mut State, request: &HttpRequest) -> HttpResponse {
    // The body is base64 text in a JSON response: 10 MiB of it fit the default limit, with room for the headers.
    let body_bytes = state.limits.response_bytes / 8 * 5;
    let allowed = granted(state, request)
        .and_then(|to| Ok((to, deadline(state, &request.context, request.timeout_ms)?)));
    match allowed {
        Ok((to, deadline)) => {
            state.through_gate(|host, gate| host.http_request(to, request, deadline, gate, body_bytes))
        }
        Err(error) => HttpResponse::failed(error),
    }
}

fn granted<'a>(state: &mut State, request: &'a HttpRequest) -> Result<Destination<'a>, ErrorDetail> {
    let (host, port) = http_target(&request.url).filter(|(host, _)| is_host(host)).ok_or_else(|| {
        // It is not repeated: what is wrong with it may be a password.
        let message = "`url` has to be http://HOST[:PORT]/… or https://HOST[:PORT]/…; a name and a password go into the header \
                       `Authorization` instead";
        ErrorDetail::new(ErrorType::Config, "EINVAL", message)
    })?;
    state.decide(Access::Connect { host, port })?;
    Ok(Destination { host, port })
}

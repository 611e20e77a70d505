//! `http_request`: one request, one response.

use super::{packed::Response, time::deadline};
use crate::capability::{Access, http_target};
use crate::guest::state::State;
use alloc::format;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{HttpRequest, HttpResponse};

impl Response for HttpResponse {
    fn failed(error: ErrorDetail) -> Self {
        Self { error: Some(error), ..Self::default() }
    }
}

/// Needs `network:outbound` for the URL's host and port.
pub(crate) fn http_request(state: &mut State, request: &HttpRequest) -> HttpResponse {
    match granted(state, request).and_then(|()| deadline(state, &request.context, 0)) {
        Ok(deadline) => state.host.http_request(request, deadline),
        Err(error) => HttpResponse::failed(error),
    }
}

fn granted(state: &mut State, request: &HttpRequest) -> Result<(), ErrorDetail> {
    let (host, port) = http_target(&request.url).ok_or_else(|| {
        let message =
            format!("`url` has to be http://HOST[:PORT]/… or https://…, and {:?} is not", request.url);
        ErrorDetail::new(ErrorType::Config, "EINVAL", message)
    })?;
    state.decide(Access::Connect { host, port }).map_err(ErrorDetail::from)
}

//! `dns_lookup`, which the authoring guide calls `dns_resolve`: asks for a name's records.

use super::{packed::Response, time::deadline};
use crate::capability::{Access, is_host, name_server};
use crate::guest::state::State;
use crate::host::Destination;
use alloc::format;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{DnsRequest, DnsResponse};

/// The record types that can be asked for.
const RECORD_TYPES: [&str; 10] = ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "PTR", "SOA", "CAA"];
/// RFC 1035 section 4.2.
const PORT: u16 = 53;

impl Response for DnsResponse {
    fn failed(error: ErrorDetail) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    fn error(&self) -> Option<&ErrorDetail> {
        self.error.as_ref()
    }
}

/// Needs `network:outbound` on port 53, for the name that is looked up or, where the request names a server, for that
/// server and its port.
pub(crate) fn dns_lookup(state: &mut State, request: &DnsRequest) -> DnsResponse {
    let allowed =
        granted(state, request).and_then(|server| Ok((server, deadline(state, &request.context, 0)?)));
    match allowed {
        Ok((server, deadline)) => {
            state.through_gate(|host, gate| host.dns_lookup(server, request, deadline, gate))
        }
        Err(error) => DnsResponse::failed(error),
    }
}

/// Reads the request, decides, and answers the server that it names.
fn granted<'a>(state: &mut State, request: &'a DnsRequest) -> Result<Option<Destination<'a>>, ErrorDetail> {
    let config = |message| ErrorDetail::new(ErrorType::Config, "EINVAL", message);
    if request.hostname.is_empty() {
        return Err(config("`hostname` is missing from the request".into()));
    }
    let record_type = request.record_type.as_str();
    if !record_type.is_empty() && !RECORD_TYPES.iter().any(|known| known.eq_ignore_ascii_case(record_type)) {
        let known = RECORD_TYPES.join(", ");
        return Err(config(format!(
            "`type` {record_type:?} is no known record type; expected one of {known}"
        )));
    }
    if request.nameserver.is_empty() {
        if !is_host(&request.hostname) {
            return Err(config(format!("`hostname` has to be a name, and {:?} is none", request.hostname)));
        }
        state.decide(Access::Connect { host: &request.hostname, port: PORT })?;
        return Ok(None);
    }
    let (host, port) = name_server(&request.nameserver, PORT).ok_or_else(|| {
        config(format!("`nameserver` has to be HOST or HOST:PORT, and {:?} is not", request.nameserver))
    })?;
    state.decide(Access::Connect { host, port })?;
    Ok(Some(Destination { host, port }))
}

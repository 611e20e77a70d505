//! `dns_lookup`, which the authoring guide calls `dns_resolve`: asks for a name's records.

use super::{packed::Response, time::deadline};
use crate::capability::Access;
use crate::guest::state::State;
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
}

/// Needs `network:outbound` on port 53, for the name that is looked up or, where the request names a server, for that
/// server and its port.
pub(crate) fn dns_lookup(state: &mut State, request: &DnsRequest) -> DnsResponse {
    match granted(state, request).and_then(|()| deadline(state, &request.context, 0)) {
        Ok(deadline) => state.host.dns_lookup(request, deadline),
        Err(error) => DnsResponse::failed(error),
    }
}

fn granted(state: &mut State, request: &DnsRequest) -> Result<(), ErrorDetail> {
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
    let (host, port) = if request.nameserver.is_empty() {
        (request.hostname.as_str(), PORT)
    } else {
        server(&request.nameserver).ok_or_else(|| {
            config(format!("`nameserver` has to be HOST or HOST:PORT, and {:?} is not", request.nameserver))
        })?
    };
    state.decide(Access::Connect { host, port }).map_err(ErrorDetail::from)
}

/// `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:53`.
fn server(text: &str) -> Option<(&str, u16)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return match port.strip_prefix(':') {
            Some(port) => Some((host, port.parse().ok()?)),
            None => port.is_empty().then_some((host, PORT)),
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => Some((host, port.parse().ok()?)),
        _ => Some((text, PORT)),
    }
}

#[cfg(test)]
mod tests {
    use super::server;

    #[test]
    fn nameservers() {
        assert_eq!(server("192.0.2.1"), Some(("192.0.2.1", 53)));
        assert_eq!(server("ns.example:5353"), Some(("ns.example", 5353)));
        assert_eq!(server("2001:db8::1"), Some(("2001:db8::1", 53)));
        assert_eq!(server("[2001:db8::1]:54"), Some(("2001:db8::1", 54)));
        assert_eq!(server("[2001:db8::1]x"), None);
        assert_eq!(server("a:b"), None);
    }
}

//! `dns_lookup`.

use super::policy::Checkpoint;
use super::{Networking, detail, milliseconds};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{DnsRequest, DnsResponse, MxRecord};
use quoin_engine::host::Destination;
use quoin_engine::{Deadline, Gate};
use quoin_net::dns::{Record, RecordType, lookup};
use quoin_net::{Code, Error};

impl Networking {
    /// Looks up a name's records, at the request's own server or the system's.
    pub(crate) fn dns_lookup(
        &self,
        server: Option<Destination<'_>>,
        request: &DnsRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> DnsResponse {
        let (started, deadline) = (self.stack.now(), self.deadline(deadline));
        let mut policy = Checkpoint::new(gate);
        let named = server.map(|Destination { host, port }| (host, port));
        let record_type = if request.record_type.is_empty() { "A" } else { &request.record_type };
        let found = record_type.parse::<RecordType>().and_then(|record_type| {
            lookup(&self.network(), &request.hostname, record_type, named, &mut policy, deadline)
        });
        let query_time_ms = milliseconds(self.stack.now().since(started));
        let lost = server.filter(|_| !policy.resolved);
        match found {
            Ok(records) => DnsResponse {
                mx_records: records.iter().filter_map(mx).collect(),
                records: records.iter().map(ToString::to_string).collect(),
                query_time_ms,
                error: None,
            },
            Err(error) => {
                DnsResponse { query_time_ms, error: Some(failure(&error, lost)), ..DnsResponse::default() }
            }
        }
    }
}

fn mx(record: &Record) -> Option<MxRecord> {
    match record {
        Record::Mx { preference, exchange } => Some(MxRecord { host: exchange.clone(), pref: *preference }),
        _ => None,
    }
}

/// The contract's error. Where the name of the server (`lost`) led nowhere, that says nothing about the name that was to be
/// looked up.
fn failure(error: &Error, lost: Option<Destination<'_>>) -> ErrorDetail {
    match (lost, error.code()) {
        (Some(server), Code::NameNotFound | Code::NoData | Code::TimedOut) => {
            let message = format!("`nameserver` {} does not resolve: {error}", server.host);
            ErrorDetail::new(ErrorType::Network, "EAI_AGAIN", message)
        }
        _ => detail(error, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_that_is_not_found_is_not_the_name_that_is_not_found() {
        let server = Some(Destination { host: "ns.example", port: 53 });
        for code in [Code::NameNotFound, Code::NoData, Code::TimedOut] {
            let lost = failure(&code.into(), server);
            assert!(!lost.is_not_found && !lost.is_timeout, "{lost}");
            assert!(lost.message.starts_with("`nameserver` ns.example does not resolve"));
        }
        assert!(failure(&Code::NameNotFound.into(), None).is_not_found);
        assert!(failure(&Code::TimedOut.into(), None).is_timeout);
    }
}

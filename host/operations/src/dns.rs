//! `dns_lookup`.

use super::{Checkpoint, Gate, Operations, detail};
use alloc::string::ToString;
use quoin_abi::host::{DnsRequest, DnsResponse, MxRecord};
use quoin_engine::host::Destination;
use quoin_net::dns::{Record, RecordType, lookup};

impl Operations<'_> {
    /// Looks up a name's records, at the request's own server or those of the network.
    #[must_use]
    pub fn dns_lookup(
        &self,
        server: Option<Destination<'_>>,
        request: &DnsRequest,
        gate: &mut Gate<'_>,
    ) -> DnsResponse {
        let started = self.now();
        let mut policy = Checkpoint::new(gate);
        let named = server.map(|Destination { host, port }| (host, port));
        let record_type = if request.record_type.is_empty() { "A" } else { &request.record_type };
        let found = record_type.parse::<RecordType>().and_then(|record_type| {
            lookup(&self.network, &request.hostname, record_type, named, &mut policy, self.deadline)
        });
        let query_time_ms = self.milliseconds(started);
        match found {
            Ok(records) => DnsResponse {
                mx_records: records.iter().filter_map(mx).collect(),
                records: records.iter().map(ToString::to_string).collect(),
                query_time_ms,
                error: None,
            },
            Err(error) => {
                DnsResponse { query_time_ms, error: Some(detail(&error)), ..DnsResponse::default() }
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

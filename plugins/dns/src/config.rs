//! The configuration of an observation.

use alloc::string::String;
use quoin_plugin::{Config, Context, DnsRequest, Milliseconds, NonEmpty, Setting};

/// What to look up.
#[derive(Debug, Config)]
pub struct Request {
    /// The name to look up. For PTR an address does.
    #[config(capability = "network:outbound:{value}:53")]
    hostname: NonEmpty,
    /// What to ask for.
    #[config(default = "A")]
    record_type: RecordType,
    /// The server to ask instead of the system's: HOST or HOST:PORT.
    #[config(capability = "network:outbound:{value}:53")]
    nameserver: Option<String>,
    /// Milliseconds, bounded by the control's timeout.
    #[config(default = 5000)]
    timeout_ms: Milliseconds,
}

/// The record types that can be asked for.
#[derive(Debug, Setting)]
enum RecordType {
    A,
    #[config(word = "AAAA")]
    Aaaa,
    #[config(word = "CNAME")]
    Cname,
    #[config(word = "MX")]
    Mx,
    #[config(word = "TXT")]
    Txt,
    #[config(word = "NS")]
    Ns,
    #[config(word = "SRV")]
    Srv,
    #[config(word = "PTR")]
    Ptr,
    #[config(word = "SOA")]
    Soa,
    #[config(word = "CAA")]
    Caa,
}

impl From<Request> for DnsRequest {
    fn from(request: Request) -> Self {
        Self {
            context: Context { timeout_ms: request.timeout_ms.get(), ..Context::default() },
            hostname: request.hostname.into_inner(),
            record_type: request.record_type.as_str().into(),
            nameserver: request.nameserver.unwrap_or_default(),
        }
    }
}

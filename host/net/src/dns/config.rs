//! [`Config`]: which servers are asked, how long and how often, and which names are known without asking.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// How names are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The servers that are asked, in this order. A stack with name servers of its own has these asked instead.
    pub servers: Vec<SocketAddr>,
    /// The domains that a name with few dots is tried in.
    pub search: Vec<String>,
    /// A name with so many dots is tried as it is first.
    pub ndots: usize,
    /// How long one server is waited for at first.
    pub timeout: Duration,
    /// How often all servers are asked.
    pub attempts: usize,
    /// Names that are known without asking, with their addresses. They are compared without regard to case.
    pub hosts: Vec<(String, IpAddr)>,
}

impl Default for Config {
    /// No server, and the times and numbers of resolv.conf(5).
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            search: Vec::new(),
            ndots: 1,
            timeout: Duration::from_secs(5),
            attempts: 2,
            hosts: Vec::new(),
        }
    }
}

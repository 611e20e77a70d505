//! [`Segment`]: a client and a server on one link.

use super::{Namespace, bridge, connect};
use std::net::IpAddr;

/// Two hosts. The client is on the link twice, so that every form of `--net` can be tried from it:
///
/// ```text
///   client                       server
///   eth0    192.0.2.2 ───────┐
///           2001:db8::2      ├── br0  192.0.2.1 and more, 2001:db8::1
///   br-lab ─ eth1 ───────────┘
/// ```
///
/// `br-lab` has no address. Nobody is at 192.0.2.99 and 2001:db8::99, and no router takes one anywhere else.
#[derive(Debug)]
pub struct Segment {
    /// Where Quoin runs.
    pub client: Namespace,
    /// Where everything else runs.
    pub server: Namespace,
}

/// The server's addresses. The name server has one of its own, and so has a host whose ports are all closed.
pub const SERVER: [&str; 2] = ["192.0.2.1", "2001:db8::1"];
/// Where names are asked for.
pub const NAME_SERVER: [&str; 2] = ["192.0.2.53", "2001:db8::53"];
/// A host that refuses everything: a name with this address and a good one has to lead to the good one.
pub const CLOSED: [&str; 2] = ["192.0.2.66", "2001:db8::66"];
/// A public address, as far as Quoin knows.
pub const PUBLIC: &str = "9.9.9.1";
/// Where docs/examples/network.yaml has a router.
pub const ROUTER: &str = "192.168.1.1";

/// `--net` for the client's wire, and for its bridge, with addresses of their own.
pub const NETS: [&str; 2] = [
    "raw:eth0,addr=192.0.2.3/24,addr=2001:db8::3/64,addr=9.9.9.3/24,addr=192.168.1.3/24,dns=192.0.2.53",
    "bridge:br-lab,addr=192.0.2.4/24,addr=2001:db8::4/64,addr=9.9.9.4/24,addr=192.168.1.4/24,dns=192.0.2.53",
];

impl Segment {
    /// Two hosts and what connects them.
    #[must_use]
    pub fn new() -> Self {
        let server = Namespace::new("server");
        let client = Namespace::new("client");
        bridge(&server, "br0");
        for address in SERVER.iter().chain(&NAME_SERVER).chain(&CLOSED) {
            let length = if address.contains(':') { 64 } else { 24 };
            server.ip(&format!("address add {address}/{length} dev br0"));
        }
        server.ip(&format!("address add {PUBLIC}/24 dev br0"));
        server.ip(&format!("address add {ROUTER}/24 dev br0"));
        let addresses = ["192.0.2.2/24", "2001:db8::2/64", "9.9.9.2/24", "192.168.1.2/24"];
        connect((&client, "eth0"), (&server, "br0"), &addresses);
        connect((&client, "eth1"), (&server, "br0"), &[]);
        bridge(&client, "br-lab");
        client.ip("link set eth1 master br-lab");
        // IPv6 of the bridge itself would be one host more on the link, with a link-local address.
        client.set("ipv6/conf/br-lab/disable_ipv6", "1");
        client.etc("resolv.conf", "nameserver 192.0.2.53\n");
        client.etc("hosts", "127.0.0.1 localhost\n::1 localhost\n");
        Self { client, server }
    }
}

impl Default for Segment {
    fn default() -> Self {
        Self::new()
    }
}

/// An address of the lab, from text.
///
/// # Panics
///
/// Where it is none.
#[must_use]
pub fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

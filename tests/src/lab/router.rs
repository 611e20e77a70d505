//! [`Router`]: a router with a guest network, a management network, a firewall between them, and the internet behind it.

use super::nginx::Sites;
use super::segment::address;
use super::{Certificate, Listener, Namespace, Server, bridge, connect, dnsmasq, filter, misbehaving, wire};
use std::net::SocketAddr;

/// What docs/examples/segmentation.yaml is about, with the addresses that it names:
///
/// ```text
///   internet                router                        management
///   9.9.9.9 ───────── wan   br-guest 192.168.20.1
///                           br-mgmt  192.168.10.1 ─────── 192.168.10.10
/// ```
///
/// Guests get addresses and names from a dnsmasq on the router; there is none yet. The router's own ports 22, 80 and
/// 443 listen at all of its addresses; the management host's 22 and 443.
#[derive(Debug)]
pub struct Router {
    _servers: Vec<Server>,
    _listeners: Vec<Listener>,
    /// Where Quoin runs.
    pub router: Namespace,
    _management: Namespace,
    /// The rest of the world.
    pub internet: Namespace,
}

/// What keeps guests to the internet, for [`Router::filter`].
pub const RULE: &str = "iifname br-guest oifname != wan drop";

impl Router {
    /// All of it, with a firewall that keeps guests out.
    ///
    /// # Panics
    ///
    /// Where a server does not start.
    #[must_use]
    pub fn new(certificate: &Certificate) -> Self {
        let (router, management) = (Namespace::new("router"), Namespace::new("management"));
        let internet = Namespace::new("internet");
        bridge(&router, "br-guest");
        bridge(&router, "br-mgmt");
        router.ip("address add 192.168.20.1/24 dev br-guest");
        router.ip("address add 192.168.10.1/24 dev br-mgmt");
        connect((&management, "eth0"), (&router, "br-mgmt"), &["192.168.10.10/24"]);
        management.ip("route add default via 192.168.10.1");
        wire((&router, "wan"), (&internet, "eth0"));
        router.ip("address add 9.9.9.1/24 dev wan");
        internet.ip("address add 9.9.9.9/24 dev eth0");
        router.set("ipv4/ip_forward", "1");
        router.etc("resolv.conf", "nameserver 192.168.20.1\n");

        let all = |port: u16| format!("0.0.0.0:{port}");
        let web = |host: &Namespace| {
            Sites::new()
                .plain(&all(80))
                .tls(&all(443), certificate, "TLSv1.2 TLSv1.3")
                .start(host, &[80, 443])
        };
        let servers = vec![
            web(&router),
            web(&management),
            web(&internet),
            dnsmasq::start(
                &router,
                "interface=br-guest\nbind-interfaces\ndhcp-range=192.168.20.100,192.168.20.200,1h\n\
                 address=/example.com/9.9.9.9",
            ),
        ];
        let login =
            |host| Listener::start(host, SocketAddr::new(address("0.0.0.0"), 22), misbehaving::silent);
        let listeners = vec![login(&router), login(&management)];
        let made =
            Self { _servers: servers, _listeners: listeners, router, _management: management, internet };
        made.filter(RULE, "");
        made
    }

    /// Replaces the firewall. `forwarding` and `input` are the rules that come first in the two chains.
    pub fn filter(&self, forwarding: &str, input: &str) {
        let rules = format!(
            "table inet filter {{
                chain forward {{
                    type filter hook forward priority filter; policy accept;
                    ct state established,related accept
                    {forwarding}
                }}
                chain input {{
                    type filter hook input priority filter; policy accept;
                    ct state established,related accept
                    {input}
                    iifname br-guest udp dport {{ 53, 67 }} accept
                    iifname br-guest tcp dport 53 accept
                    iifname br-guest meta l4proto {{ tcp, udp }} reject
                }}
            }}
            table ip nat {{
                chain postrouting {{
                    type nat hook postrouting priority srcnat;
                    oifname wan masquerade
                }}
            }}"
        );
        filter(&self.router, &rules);
    }
}

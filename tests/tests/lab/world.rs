//! [`World`]: one link with every server of the lab on it.

use quoin_tests::lab::nginx::Sites;
use quoin_tests::lab::segment::{NAME_SERVER, PUBLIC, SERVER, Segment, address};
use quoin_tests::lab::{Certificates, Listener, Server, filter, misbehaving, named, openssl, postfix};
use std::net::SocketAddr;

/// All of it. Fields are dropped in order: servers before the hosts that they are on.
pub struct World {
    _servers: Vec<Server>,
    _listeners: Vec<Listener>,
    pub certificates: Certificates,
    pub segment: Segment,
}

/// What the name server knows. `many` answers more than fits a datagram.
fn zones() -> Vec<(&'static str, String)> {
    let mut lab = String::from(
        "
ns        IN A     192.0.2.53
www       IN A     192.0.2.1
www       IN AAAA  2001:db8::1
v4        IN A     192.0.2.1
v6        IN AAAA  2001:db8::1
public    IN A     9.9.9.1
internal  IN A     192.0.2.1
mapped    IN AAAA  ::ffff:192.0.2.1
mail      IN A     192.0.2.1
either    IN A     192.0.2.66
either    IN A     192.0.2.1
alias     IN CNAME second
second    IN CNAME third
third     IN CNAME www
loop      IN CNAME pool
pool      IN CNAME loop
dangling  IN CNAME nowhere
@         IN MX    10 mail
@         IN MX    20 backup.lab.test.
@         IN CAA   0 issue \"ca.lab.test\"
@         IN CAA   128 iodef \"mailto:security@lab.test\"
text      IN TXT   \"v=spf1 -all\"
text      IN TXT   \"with \\\"quotes\\\" and \\\\ backslash\"
_sip._tcp IN SRV   10 60 5060 sip.lab.test.
xn--bcher-kva IN A 192.0.2.1
*.wild    IN A     192.0.2.1
",
    );
    // Two strings in one record are one text.
    lab += &format!("long IN TXT \"{}\" \"{}\"\n", "a".repeat(255), "b".repeat(45));
    for number in 0..100 {
        lab += &format!(
            "many IN TXT \"record {number:03} of a set that no datagram holds, to be asked for over TCP\"\n"
        );
    }
    vec![
        ("lab.test", lab),
        ("example.com", "@ IN TXT \"v=spf1 -all\"\nwww IN A 9.9.9.1\nmail IN A 9.9.9.1\n".into()),
        ("invalid", String::new()),
        ("nowhere.test", String::new()),
        ("2.0.192.in-addr.arpa", "1 IN PTR www.lab.test.\n".into()),
        ("8.b.d.0.1.0.0.2.ip6.arpa", format!("1{} IN PTR www.lab.test.\n", ".0".repeat(23))),
    ]
}

/// Ports that the firewall does something to, for both families.
const FIREWALL: &str = "
table inet lab {
    chain input {
        type filter hook input priority 0
        tcp dport 7001 reject with tcp reset
        tcp dport 7002 reject with icmpx port-unreachable
        tcp dport 7003 reject with icmpx admin-prohibited
        tcp dport 7004 reject with icmpx host-unreachable
        tcp dport 7005 drop
        udp dport 7005 drop
        tcp dport 7006 numgen random mod 100 < 20 drop
        tcp dport 7007 reject with icmpx no-route
        udp dport 7003 reject with icmpx admin-prohibited
    }
    chain output {
        type filter hook output priority 0
        tcp sport 7006 numgen random mod 100 < 20 drop
    }
}
";

impl World {
    /// All servers, answering.
    pub fn new() -> Self {
        let segment = Segment::new();
        let certificates = Certificates::new();
        let host = &segment.server;
        let server = SERVER.map(address);
        let mail = [SERVER[0], SERVER[1], PUBLIC].map(address);
        let names = "DNS:www.lab.test,DNS:mail.lab.test,DNS:www.example.com,DNS:mail.example.com,\
                     IP:192.0.2.1,IP:2001:db8::1";
        let good = certificates.good("good", names);
        let rsa = certificates.rsa("rsa", names);
        let expired = certificates.expired("expired", names);
        let own = certificates.self_signed("self-signed", names);
        let wrong = certificates.good("wrong-name", "DNS:other.lab.test");

        let mut sites = Sites::new();
        for address in ["192.0.2.1", "[2001:db8::1]", "9.9.9.1"] {
            let at = |port: u16| format!("{address}:{port}");
            sites = sites.plain(&at(80)).plain(&at(7006));
            let both = "TLSv1.2 TLSv1.3";
            for (port, certificate, versions) in [
                (443, &good, both),
                (4431, &expired, both),
                (4432, &own, both),
                (4433, &wrong, both),
                (4434, &good, "TLSv1.2"),
                (4435, &good, "TLSv1.3"),
                (4437, &rsa, "TLSv1.2"),
            ] {
                sites = sites.tls(&at(port), certificate, versions);
            }
        }
        let zones = zones();
        let zones: Vec<_> = zones.iter().map(|(name, records)| (*name, records.as_str())).collect();
        filter(host, FIREWALL);
        let servers = vec![
            sites.start(host, &[80, 443, 7006]),
            named::start(host, &NAME_SERVER.map(address), &zones),
            postfix::start(host, &mail, &rsa),
            openssl::serve(host, 4436, &rsa, &["-no_tls1_3"]),
        ];
        let mut listeners = Vec::new();
        for address in server {
            let mut listen = |port, serve| {
                listeners.push(Listener::start(host, SocketAddr::new(address, port), serve));
            };
            listen(8001, misbehaving::trickle);
            listen(8002, misbehaving::reset);
            listen(8003, misbehaving::hang_up);
            listen(8004, misbehaving::until_closed);
            listen(8005, misbehaving::silent);
            listen(8006, misbehaving::flood);
            listen(8007, misbehaving::mirror);
            listen(8008, misbehaving::inject);
        }
        Self { _servers: servers, _listeners: listeners, certificates, segment }
    }
}

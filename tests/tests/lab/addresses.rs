//! How Quoin comes by addresses of its own: DHCP, router advertisements, or none in time.

use crate::profile::Profile;
use quoin_tests::lab::nginx::Sites;
use quoin_tests::lab::{Check, Namespace, Outcome, Server, bridge, connect, dnsmasq};
use serde_json::Value;

/// A router that leases addresses and advertises itself, and behind it a host that only a router leads to. From the
/// router itself its clients are seen by the bridge, from the client by its wire.
///
/// ```text
///   client             router                            far
///   eth0 ───────────── br-lan 192.0.2.1     uplink ────── 192.0.2.129
///   (no address)              2001:db8::1                 2001:db8:2::9
/// ```
struct Lan {
    _servers: Vec<Server>,
    client: Namespace,
    router: Namespace,
    _far: Namespace,
}

impl Lan {
    fn new() -> Self {
        let (router, client, far) =
            (Namespace::new("router"), Namespace::new("client"), Namespace::new("far"));
        bridge(&router, "br-lan");
        bridge(&router, "uplink");
        router.ip("address add 192.0.2.1/25 dev br-lan");
        router.ip("address add 2001:db8::1/64 dev br-lan");
        router.ip("address add 192.0.2.254/25 dev uplink");
        router.ip("address add 2001:db8:2::1/64 dev uplink");
        router.set("ipv4/ip_forward", "1");
        router.set("ipv6/conf/all/forwarding", "1");
        client.set("ipv6/conf/default/disable_ipv6", "1");
        connect((&client, "eth0"), (&router, "br-lan"), &[]);
        connect((&far, "eth0"), (&router, "uplink"), &["192.0.2.129/25", "2001:db8:2::9/64"]);
        far.ip("route add default via 192.0.2.254");
        far.ip("-6 route add default via 2001:db8:2::1");
        let servers = vec![
            Sites::new().plain("0.0.0.0:80").plain("[::]:80").start(&far, &[80]),
            dnsmasq::start(
                &router,
                "interface=br-lan\nbind-interfaces\nenable-ra\ndhcp-range=192.0.2.100,192.0.2.120,1h\n\
                 dhcp-range=2001:db8::,ra-only,64\nra-param=br-lan,10\n\
                 dhcp-option=option6:dns-server,[2001:db8::1]\nhost-record=far.lab.test,192.0.2.129,2001:db8:2::9",
            ),
        ];
        Self { _servers: servers, client, router, _far: far }
    }
}

const V4: &str = "
    - id: far
      observations:
        - plugin: tcp
          config: {host: 192.0.2.129, port: 80}
          expect: data.connected
    - id: near
      observations:
        - plugin: tcp
          config: {host: 192.0.2.1, port: 53}
          expect: data.connected
    - id: name
      observations:
        - plugin: dns
          config: {hostname: far.lab.test}
          expect: 'data.records == [\"192.0.2.129\"]'
";

const V6: &str = "
    - id: far
      observations:
        - plugin: tcp
          config: {host: '2001:db8:2::9', port: 80}
          expect: data.connected
    - id: name
      observations:
        - plugin: dns
          config: {hostname: far.lab.test, record_type: AAAA}
          expect: 'data.records == [\"2001:db8:2::9\"]'
";

/// The address that a check was made from.
fn local<'a>(outcome: &'a Outcome, control: &str) -> &'a str {
    let data: &Value = &outcome.control(control)["observations"][0]["evidence"]["data"];
    data["local_addr"].as_str().unwrap()
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn ipv4_by_dhcp() {
    let lan = Lan::new();
    let profile = Profile::new(V4);
    for (host, net) in [(&lan.client, "raw:eth0,dhcp"), (&lan.router, "bridge:br-lan,dhcp")] {
        let outcome = Check::new(host, profile.path()).net(net).run();
        outcome.assert_passed();
        let address = local(&outcome, "far");
        assert!(address.starts_with("192.0.2.1") && address != "192.0.2.1", "{net}: {address}");
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn ipv6_by_router_advertisements() {
    let lan = Lan::new();
    let profile = Profile::new(V6);
    for (host, net) in [(&lan.client, "raw:eth0,slaac"), (&lan.router, "bridge:br-lan,slaac")] {
        let outcome = Check::new(host, profile.path()).net(net).run();
        outcome.assert_passed();
        let address = local(&outcome, "far");
        assert!(address.starts_with("[2001:db8::"), "{net}: {address}");
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn both_families_at_once() {
    let lan = Lan::new();
    let profile = Profile::new(&format!("{V4}{}", V6.replace("id: ", "id: v6-")));
    for (host, net) in [(&lan.client, "raw:eth0,dhcp,slaac"), (&lan.router, "bridge:br-lan,dhcp,slaac")] {
        Check::new(host, profile.path()).net(net).run().assert_passed();
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn addresses_that_are_said() {
    let lan = Lan::new();
    let profile = Profile::new(&format!("{V4}{}", V6.replace("id: ", "id: v6-")));
    let options = "addr=192.0.2.9/25,gw=192.0.2.1,addr=2001:db8::9/64,gw=2001:db8::1,dns=192.0.2.1,\
                   mac=02:00:5e:10:20:30,mtu=1400";
    for (host, net) in [(&lan.client, "raw:eth0"), (&lan.router, "bridge:br-lan")] {
        let outcome = Check::new(host, profile.path()).net(&format!("{net},{options}")).run();
        outcome.assert_passed();
        assert!(local(&outcome, "far").starts_with("192.0.2.9:"), "{}", local(&outcome, "far"));
        assert!(local(&outcome, "v6-far").starts_with("[2001:db8::9]:"), "{}", local(&outcome, "v6-far"));
        let neighbours = lan.router.command("ip").arg("neigh").output().unwrap();
        let neighbours = String::from_utf8(neighbours.stdout).unwrap();
        let is_ours = |line: &str| line.starts_with("192.0.2.9 ") && line.contains("02:00:5e:10:20:30");
        assert!(neighbours.lines().any(is_ours), "{neighbours}");
        lan.router.ip("neigh flush all");
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn no_lease_and_no_router_in_time() {
    let host = Namespace::new("alone");
    bridge(&host, "br-empty");
    let profile = Profile::new(V4);
    for (net, words) in [
        ("bridge:br-empty,dhcp", ["br-empty", "addr="]),
        ("bridge:br-empty,slaac", ["br-empty", "addr="]),
        ("raw:br-empty,dhcp", ["br-empty", "addr="]),
    ] {
        let outcome = Check::new(&host, profile.path()).net(net).run();
        assert_eq!(outcome.code, Some(2), "{net}: {}", outcome.said);
        assert!(outcome.report.is_null(), "{net}: {:#}", outcome.report);
        for word in words {
            assert!(outcome.said.contains(word), "{net}: {word} is not in: {}", outcome.said);
        }
        assert!(outcome.took.as_secs() < 40, "{net}: {:?}", outcome.took);
    }
    assert_eq!(host.interfaces(), ["lo", "br-empty"]);
}

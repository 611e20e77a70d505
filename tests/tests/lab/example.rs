//! docs/examples/network.yaml, as it is, on a host for which the names in it mean servers of the lab.

use crate::world::World;
use quoin_tests::build::root;
use quoin_tests::lab::segment::address;
use quoin_tests::lab::{Check, Listener, Outcome, misbehaving};
use std::net::SocketAddr;

fn check(world: &World) -> Outcome {
    Check::new(&world.segment.client, &root().join("docs/examples/network.yaml"))
        .with(&["--ca-file", world.certificates.authority().to_str().unwrap()])
        .run()
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn the_network_example_finds_what_is_wrong() {
    let world = World::new();
    check(&world).assert_passed();

    // Something like telnet here, and on the router.
    let client = &world.segment.client;
    let telnet = |host, at| Listener::start(host, SocketAddr::new(address(at), 23), misbehaving::silent);
    let _listeners = [telnet(client, "0.0.0.0"), telnet(&world.segment.server, "192.168.1.1")];
    let outcome = check(&world);
    let failed: Vec<_> =
        ["no-old-logins", "router-no-telnet", "web-answers"].map(|id| outcome.status(id)).into();
    assert_eq!(failed, ["fail", "fail", "pass"], "{:#?}", outcome.not_passed());
    assert_eq!(outcome.code, Some(1));

    // And no name server: what needs one is skipped.
    client.etc("resolv.conf", "nameserver 192.0.2.66\noptions timeout:1 attempts:1\n");
    let outcome = check(&world);
    assert_eq!(outcome.status("resolver-answers"), "error", "{:#?}", outcome.not_passed());
    assert_eq!(outcome.status("web-answers"), "skipped");
}

//! Who is asked for names, and what becomes of servers that don't answer.

use crate::profile::Profile;
use crate::world::World;
use quoin_tests::lab::{Check, Outcome};

const NAMES: &str = r#"
    - id: found
      observations:
        - plugin: dns
          config: {hostname: www.lab.test}
          expect: 'data.records == ["192.0.2.1"]'
    - id: not-found
      observations:
        - plugin: dns
          config: {hostname: nowhere.lab.test}
          expect: data.is_not_found
"#;

const LOCAL: &str = r#"
    - id: searched
      observations:
        - plugin: dns
          config: {hostname: www}
          expect: 'data.records == ["192.0.2.1"]'
    - id: hosts
      observations:
        - plugin: dns
          config: {hostname: printer}
          expect: 'data.records == ["192.0.2.1"]'
        - plugin: tcp
          config: {host: printer, port: 80}
          expect: data.connected
"#;

fn check(world: &World, controls: &str, net: Option<&str>) -> Outcome {
    let profile = Profile::new(controls);
    let check =
        Check::new(&world.segment.client, profile.path()).with(&["--grant", "network:outbound:private"]);
    match net {
        Some(net) => check.net(net).run(),
        None => check.run(),
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn the_next_server_is_asked() {
    let world = World::new();
    // One that refuses (ICMP port unreachable), and one that is not there.
    for bad in ["192.0.2.66", "192.0.2.99"] {
        world.segment.client.etc(
            "resolv.conf",
            &format!("nameserver {bad}\nnameserver 192.0.2.53\noptions timeout:1 attempts:2\n"),
        );
        check(&world, NAMES, None).assert_passed();
        for device in ["raw:eth0", "bridge:br-lab"] {
            let net = format!("{device},addr=192.0.2.3/24,dns={bad},dns=192.0.2.53");
            check(&world, NAMES, Some(&net)).assert_passed();
        }
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn the_system_says_where_to_search() {
    let world = World::new();
    world.segment.client.etc("resolv.conf", "search nowhere.test lab.test\nnameserver 192.0.2.53\n");
    world.segment.client.etc("hosts", "127.0.0.1 localhost\n192.0.2.1 printer\n");
    check(&world, LOCAL, None).assert_passed();
}

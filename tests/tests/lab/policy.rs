//! Where a connection may lead, decided on the address that is really connected to, over either stack.

use crate::profile::Profile;
use crate::world::World;
use quoin_tests::lab::segment::NETS;
use quoin_tests::lab::{Check, Outcome};

const CHECKS: &str = r#"
    - id: address
      observations:
        - plugin: tcp
          config: {host: 192.0.2.1, port: 80}
          expect: data.connected
    - id: public-name
      observations:
        - plugin: tcp
          config: {host: public.lab.test, port: 80}
          expect: data.connected
        - plugin: http
          config: {url: "http://public.lab.test/"}
          expect: data.status_code == 200
    - id: private-name
      observations:
        - plugin: tcp
          config: {host: internal.lab.test, port: 80}
          expect: data.connected
    - id: private-name-closed
      description: Not to be mistaken for a closed port.
      observations:
        - plugin: tcp
          config: {host: internal.lab.test, port: 9}
          expect: data.connected == false
        - plugin: smtp
          config: {host: internal.lab.test, port: 9}
          expect: data.connected == false
    - id: mapped-address
      observations:
        - plugin: tcp
          config: {host: mapped.lab.test, port: 80, timeout_ms: 3000}
          expect: data.connected == false
    - id: redirect
      observations:
        - plugin: http
          config: {url: "http://public.lab.test/to-private", follow_redirects: true}
          expect: data.status_code == 200
"#;

fn check(world: &World, net: Option<&str>, arguments: &[&str]) -> Outcome {
    let profile = Profile::new(CHECKS);
    let check = Check::new(&world.segment.client, profile.path()).with(arguments);
    match net {
        Some(net) => check.net(net).run(),
        None => check.run(),
    }
}

/// What every observation of a control says of a refusal.
fn refusals(outcome: &Outcome, control: &str) -> Vec<String> {
    let observations = outcome.control(control)["observations"].as_array().unwrap();
    let refusal = |observation: &serde_json::Value| {
        assert_eq!(observation["status"], "error", "{control}: {observation:#}");
        assert_eq!(observation["error"]["type"], "capability", "{control}: {observation:#}");
        observation["error"]["message"].as_str().unwrap().to_owned()
    };
    observations.iter().map(refusal).collect()
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn a_private_address_has_to_be_asked_for() {
    let world = World::new();
    for net in std::iter::once(None).chain(NETS.map(Some)) {
        let outcome = check(&world, net, &[]);
        for id in ["address", "public-name"] {
            assert_eq!(outcome.status(id), "pass", "{net:?}: {:#?}", outcome.not_passed());
        }
        for id in ["private-name", "private-name-closed", "mapped-address"] {
            for message in refusals(&outcome, id) {
                assert!(message.contains("--grant network:outbound:private"), "{net:?}: {id}: {message}");
            }
        }
        // Where it leads is another host, so that is what is missing.
        let message = refusals(&outcome, "redirect").concat();
        assert!(message.contains("internal.lab.test:80"), "{net:?}: {message}");

        let outcome = check(&world, net, &["--grant", "network:outbound:80"]);
        let message = refusals(&outcome, "redirect").concat();
        assert!(message.contains("--grant network:outbound:private"), "{net:?}: {message}");

        let grants = ["--grant", "network:outbound:private", "--grant", "network:outbound:80"];
        let outcome = check(&world, net, &grants);
        for id in ["private-name", "private-name-closed", "redirect"] {
            assert_eq!(outcome.status(id), "pass", "{net:?}: {:#?}", outcome.not_passed());
        }
    }
}

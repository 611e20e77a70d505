//! docs/examples/segmentation.yaml, as it is, on a router.

use quoin_tests::build::root;
use quoin_tests::lab::router::{RULE, Router};
use quoin_tests::lab::{Certificates, Check, Outcome};
use serde_json::json;

const NET: &str = "bridge:br-guest,dhcp";

fn check(router: &Router, net: Option<&str>) -> Outcome {
    let check = Check::new(&router.router, &root().join("docs/examples/segmentation.yaml"));
    match net {
        Some(net) => check.net(net).run(),
        None => check.run(),
    }
}

/// The status of what is asked about guests: the internet, the router's own ports, the management network.
fn statuses(outcome: &Outcome) -> [&str; 4] {
    ["guest-internet", "guest-no-router-login", "guest-no-router-web", "guest-no-management"]
        .map(|id| outcome.status(id))
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn what_guests_reach_is_seen_as_a_guest() {
    let certificates = Certificates::new();
    let router = Router::new(&certificates.good("router", "DNS:router.lab.test"));

    check(&router, Some(NET)).assert_passed();
    // From the router itself all of it is open: its own firewall is not in the way.
    let inside = check(&router, None);
    assert_eq!(statuses(&inside), ["pass", "fail", "fail", "fail"], "{:#?}", inside.not_passed());
    assert_eq!(inside.code, Some(1));
    let ports = &inside.control("guest-no-management")["observations"];
    for port in ports.as_array().unwrap() {
        assert_eq!(port["evidence"]["data"]["connected"], json!(true), "{port:#}");
    }

    // The rule between the networks is taken away.
    router.filter("", "");
    let open = check(&router, Some(NET));
    assert_eq!(statuses(&open), ["pass", "pass", "pass", "fail"], "{:#?}", open.not_passed());
    // The rule in front of the router's own ports.
    router.filter(RULE, "iifname br-guest accept");
    let open = check(&router, Some(NET));
    assert_eq!(statuses(&open), ["pass", "fail", "fail", "pass"], "{:#?}", open.not_passed());
    // And where there is no internet, a closed port proves nothing.
    router.filter("iifname br-guest drop", "");
    let cut_off = check(&router, Some(NET));
    assert_eq!(statuses(&cut_off), ["fail", "skipped", "skipped", "skipped"], "{:#?}", cut_off.not_passed());

    // A port less on the bridge after each run.
    let taps: Vec<_> = router.router.interfaces();
    assert_eq!(taps.len(), ["lo", "br-guest", "br-mgmt", "p-eth0", "wan"].len(), "{taps:?}");
}

//! The same checks over both stacks: tests/lab/checks.yaml.

use crate::world::World;
use quoin_tests::build::root;
use quoin_tests::lab::segment::NETS;
use quoin_tests::lab::{Check, Outcome, differences, evidence};

fn check(world: &World, net: Option<&str>) -> Outcome {
    let profile = root().join("tests/lab/checks.yaml");
    let check = Check::new(&world.segment.client, &profile)
        .with(&["--ca-file", world.certificates.authority().to_str().unwrap()])
        .with(&["--grant", "network:outbound:private", "--jobs", "64"])
        // Where a redirect leads.
        .with(&["--grant", "network:outbound:www.lab.test:443"]);
    match net {
        Some(net) => check.net(net).run(),
        None => check.run(),
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn both_stacks_give_the_same_evidence() {
    let world = World::new();
    let nets = std::iter::once(None).chain(NETS.map(Some));
    let outcomes: Vec<_> =
        nets.map(|net| (net.unwrap_or("the kernel's stack"), check(&world, net))).collect();
    for (net, outcome) in &outcomes {
        assert!(!outcome.report.is_null(), "{net}: {:?} {}", outcome.code, outcome.said);
    }
    let kernel = evidence(&outcomes[0].1.report);
    let mut bad = Vec::new();
    for (net, outcome) in &outcomes {
        println!("{net}: {:.1} s", outcome.took.as_secs_f32());
        let differing = differences(&kernel, &evidence(&outcome.report));
        let lines = outcome.not_passed().into_iter().chain(differing);
        bad.extend(lines.map(|line| format!("{net}: {line}")));
    }
    assert!(bad.is_empty(), "\n{}\n{}", bad.join("\n"), outcomes[0].1.said);
}

//! Capability text and what it is asked about: the first line is a capability, each further line a path, a
//! `host:port`, an address or a variable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_abi::capability::Capabilities;
use quoin_engine::capability::{Access, Capability, CapabilitySet, Grants, LiteralPath, escape};
use std::sync::OnceLock;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    declared(first);
    let capability = match first.parse::<Capability>() {
        Ok(capability) => capability,
        Err(error) => return assert!(error.to_string().contains("capability `")),
    };
    let printed = capability.to_string();
    let again: Capability = printed.parse().expect("what is printed can be read");
    assert_eq!(again, capability, "read again, {printed} is something else");
    assert_eq!(again.to_string(), printed, "normalising is idempotent");

    let Ok(set) = CapabilitySet::new([capability]) else { return };
    let same = CapabilitySet::new([again]).expect("it fits as the first did");
    let grants = Grants::new(set.clone(), set.clone(), []);
    for line in lines {
        let (host, port) = line.rsplit_once(':').unwrap_or((line, "443"));
        let asked = line.rsplit('/').next().unwrap_or_default();
        let mut accesses = vec![
            Access::FsRead(line),
            Access::FsWrite(line),
            Access::Exec { program: line, asked },
            Access::Exec { program: line, asked: line },
            Access::ExecCode { program: line, asked },
            Access::ExecCode { program: line, asked: line },
            Access::Connect { host, port: port.parse().unwrap_or(443) },
            Access::Env(line),
        ];
        let of = |address| Access::Address { host: "a.example", address, port: 443 };
        accesses.extend(line.parse().map(of).ok());
        for access in accesses {
            decides(&set, &same, &grants, access);
        }
        literal(line);
    }
});

fn decides(set: &CapabilitySet, same: &CapabilitySet, grants: &Grants, access: Access<'_>) {
    let allowed = set.allows(&access);
    assert_eq!(allowed, same.allows(&access), "{access:?}");
    assert!(
        !CapabilitySet::default().allows(&access) && Grants::none().decide(access).is_err(),
        "{access:?}"
    );
    let decision = grants.decide(access);
    // A private address needs more than a rule that lets it pass in one of the sets.
    assert!(decision.is_err() || allowed, "{access:?} is allowed by no capability");
    if let Err(refusal) = Grants::new(everything(), CapabilitySet::default(), []).decide(access) {
        assert!(!refusal.to_string().contains(char::is_control), "{refusal}");
        // The words to pass to `--grant` allow what was refused, wherever anything does.
        if let (Access::FsRead(path) | Access::FsWrite(path), Ok(missing)) =
            (access, refusal.capability.parse::<Capability>())
            && LiteralPath::new(path).is_ok_and(|literal| literal.as_str() == path)
        {
            let granted = CapabilitySet::new([missing]).expect("it is one");
            assert_eq!(Grants::new(everything(), granted, []).decide(access), Ok(()), "{access:?}");
        }
    }
}

fn everything() -> CapabilitySet {
    static EVERYTHING: OnceLock<CapabilitySet> = OnceLock::new();
    let make = || {
        let all = ["fs:read:/**", "fs:write:/**", "exec:**", "env:*", "network:outbound:*"];
        CapabilitySet::new(all.map(|text| text.parse().expect("it is one"))).expect("they fit")
    };
    EVERYTHING.get_or_init(make).clone()
}

/// A literal path means itself and nothing else.
fn literal(path: &str) {
    let Ok(literal) = LiteralPath::new(path) else { return };
    let path = literal.as_str();
    let Ok(capability) = Capability::parse("fs", &format!("read:{}", escape(path))) else { return };
    let Ok(set) = CapabilitySet::new([capability]) else { return };
    assert!(set.allows(&Access::FsRead(path)), "{path:?}");
    assert!(
        !set.allows(&Access::FsWrite(path)) && !set.allows(&Access::FsRead(&format!("{path}x"))),
        "{path:?}"
    );
}

/// The structured form, and the list of pairs.
fn declared(json: &str) {
    if let Ok(declared) = serde_json::from_str::<Capabilities>(json) {
        let (set, errors) = CapabilitySet::from_declared(&declared);
        for capability in set.capabilities() {
            assert_eq!(capability.to_string().parse().as_ref(), Ok(capability));
        }
        assert!(errors.iter().all(|error| !error.to_string().is_empty()));
    }
}

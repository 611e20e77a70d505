//! From what a plugin declares, in either form of the contract, to a [`CapabilitySet`].

use super::error::{CapabilityError, Problem};
use super::network::{HostPattern, NetworkRule};
use super::port::PortSet;
use super::{Capability, CapabilitySet, MAX_CAPABILITIES};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use quoin_abi::capability::{Capabilities, Declared, GrantSet};

impl CapabilitySet {
    /// What a plugin declares. What is malformed grants nothing and is reported.
    ///
    /// ```
    /// use quoin_abi::capability::Capabilities;
    /// use quoin_engine::capability::{Access, CapabilitySet};
    ///
    /// let declared: Capabilities = serde_json::from_str(
    ///     r#"[{"kind": "fs", "pattern": "read:/etc/**"}, {"kind": "camera", "pattern": "front"}]"#,
    /// )?;
    /// let (set, errors) = CapabilitySet::from_declared(&declared);
    /// assert!(set.allows(&Access::FsRead("/etc/hosts")));
    /// assert!(errors[0].to_string().starts_with("capability `camera:front`: unknown kind"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn from_declared(declared: &Capabilities) -> (Self, Vec<CapabilityError>) {
        let mut all = Vec::new();
        let mut errors = Vec::new();
        let mut take = |parsed: Result<Capability, CapabilityError>| match parsed {
            // One report is enough for a plugin that declares a million.
            _ if errors.len() >= MAX_CAPABILITIES => {}
            Ok(capability) => all.push(capability),
            Err(error) => errors.push(error),
        };
        match declared {
            Capabilities::List(list) => {
                list.iter().for_each(|Declared { kind, pattern }| take(Capability::parse(kind, pattern)));
            }
            Capabilities::Structured(set) => structured(set, &mut take),
        }
        let set = Self::up_to_limits(all, &mut errors);
        (set, errors)
    }
}

fn structured(set: &GrantSet, take: &mut impl FnMut(Result<Capability, CapabilityError>)) {
    for rule in set.fs.iter().flat_map(|fs| &fs.rules) {
        for (access, globs) in [("read", &rule.read), ("write", &rule.write)] {
            globs.iter().for_each(|glob| take(Capability::parse("fs", &format!("{access}:{glob}"))));
        }
    }
    for rule in set.network.iter().flat_map(|network| &network.rules) {
        network(&rule.hosts, &rule.ports, take);
    }
    for variable in set.env.iter().flat_map(|env| &env.vars) {
        take(Capability::parse("env", variable));
    }
    for command in set.exec.iter().flat_map(|exec| &exec.commands) {
        take(Capability::parse("exec", command));
    }
}

/// Every host on every port. `private` among the hosts is `outbound:private`, which has no ports.
fn network(hosts: &[String], ports: &[String], take: &mut impl FnMut(Result<Capability, CapabilityError>)) {
    let error = |problem| CapabilityError::new(&format!("network:{hosts:?}:{ports:?}"), problem);
    let (private, hosts): (Vec<_>, Vec<_>) = hosts.iter().partition(|host| *host == "private");
    if !private.is_empty() {
        take(Ok(Capability::Network(NetworkRule::Private)));
        if hosts.is_empty() {
            return;
        }
    }
    if hosts.is_empty() || ports.is_empty() {
        return take(Err(error(Problem::EmptyRule)));
    }
    let ports = match PortSet::union(ports.iter().flat_map(|ports| ports.split(','))) {
        Ok(ports) => ports,
        Err(problem) => return take(Err(error(problem))),
    };
    for host in hosts {
        take(match HostPattern::parse(host) {
            Ok(host) => Ok(Capability::Network(NetworkRule::To(host, ports.clone()))),
            Err(problem) => Err(CapabilityError::new(host, problem)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn read(json: &str) -> (Vec<String>, Vec<String>) {
        let (set, errors) = CapabilitySet::from_declared(&serde_json::from_str(json).unwrap());
        (
            set.capabilities().map(ToString::to_string).collect(),
            errors.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn both_forms_mean_the_same() {
        let list = read(
            r#"[{"kind": "fs", "pattern": "read:/etc/**"}, {"kind": "fs", "pattern": "write:/tmp/x"},
                {"kind": "network", "pattern": "outbound:example.com:80,443"},
                {"kind": "network", "pattern": "outbound:[::1]:80,443"},
                {"kind": "network", "pattern": "outbound:private"},
                {"kind": "env", "pattern": "LC_*"}, {"kind": "exec", "pattern": "/bin/ls"}]"#,
        );
        let structured = read(
            r#"{"network": {"rules": [{"hosts": ["example.com", "::1", "private"], "ports": ["80", "443"]}]},
                "fs": {"rules": [{"read": ["/etc/**"], "write": ["/tmp/x"]}]},
                "env": {"vars": ["LC_*"]}, "exec": {"commands": ["/bin/ls"]}}"#,
        );
        assert_eq!(list, structured);
        assert_eq!((list.0.len(), list.1.len()), (7, 0));
    }

    #[test]
    fn what_is_malformed_is_reported_and_grants_nothing() {
        let (set, errors) = read(
            r#"[{"kind": "files", "pattern": "read:/"}, {"kind": "fs", "pattern": "read:etc"},
                {"kind": "fs", "pattern": "/etc"}, {"pattern": "x"}, {"kind": "env", "pattern": "A"}]"#,
        );
        assert_eq!(set, ["env:A"]);
        assert_eq!(errors.len(), 4);
        assert!(errors[0].contains("`files:read:/`: unknown kind"), "{errors:?}");
        let (set, errors) = read(
            r#"{"network": {"rules": [{"hosts": ["a"]}, {"ports": ["1"]}, {"hosts": ["a", "b c"], "ports": ["1"]},
                {"hosts": ["a"], "ports": ["x"]}, {"hosts": ["*"], "ports": ["80,443", "8000-8100"]}]}}"#,
        );
        assert_eq!(set, ["network:outbound:80,443,8000-8100", "network:outbound:a:1"]);
        assert_eq!(errors.len(), 4, "{errors:?}");
    }

    #[test]
    fn a_plugin_cannot_declare_without_end() {
        let one = |i: usize| Declared { kind: "env".into(), pattern: format!("A{i}") };
        let many = Capabilities::List((0..MAX_CAPABILITIES + 5).map(one).collect());
        let (set, errors) = CapabilitySet::from_declared(&many);
        assert_eq!(set.capabilities().count(), MAX_CAPABILITIES);
        assert_eq!(errors[0].problem, Problem::TooMany);
        let glob =
            |i: usize| Declared { kind: "fs".into(), pattern: format!("read:/{i}{}*", "?a".repeat(63)) };
        let (set, errors) = CapabilitySet::from_declared(&Capabilities::List((0..900).map(glob).collect()));
        assert_eq!(errors[0].problem, Problem::TooManyPatterns);
        assert!(set.capabilities().count() > 100);
    }
}

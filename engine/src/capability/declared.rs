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

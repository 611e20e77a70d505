//! [`CapabilitySet`]: what a number of capabilities allow together.

use super::error::{CapabilityError, Problem};
use super::network::{HostPattern, NetworkRule};
use super::{Access, Capability, MAX_CAPABILITIES, MAX_SET_BYTES, is_private};
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::IpAddr;

/// What a number of capabilities allow together. Cloning it is cheap.
#[derive(Debug, Clone, Default)]
pub struct CapabilitySet {
    parts: Vec<Arc<[Capability]>>,
}

impl CapabilitySet {
    /// Takes capabilities.
    ///
    /// # Errors
    ///
    /// Where there are too many of them, or their patterns are too large together.
    pub fn new(capabilities: impl IntoIterator<Item = Capability>) -> Result<Self, CapabilityError> {
        let mut capabilities: Vec<_> = capabilities.into_iter().collect();
        capabilities.sort_unstable();
        capabilities.dedup();
        if let Some((capability, problem)) = over_limit(&capabilities) {
            return Err(CapabilityError::new(&capability.to_string(), problem));
        }
        if capabilities.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self { parts: [capabilities.into()].into() })
    }

    /// Takes as many as the limits allow and reports the first that is left out.
    pub(super) fn up_to_limits(mut capabilities: Vec<Capability>, errors: &mut Vec<CapabilityError>) -> Self {
        let first_out = over_limit(&capabilities).map(|(capability, problem)| {
            errors.push(CapabilityError::new(&capability.to_string(), problem));
            capabilities.iter().position(|other| other == capability).unwrap_or_default()
        });
        capabilities.truncate(first_out.unwrap_or(usize::MAX));
        Self::new(capabilities).unwrap_or_else(|error| {
            errors.push(error);
            Self::default()
        })
    }

    /// What either of them allows.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.parts.extend_from_slice(&other.parts);
        self
    }

    /// Its capabilities, in canonical form.
    pub fn capabilities(&self) -> impl Iterator<Item = &Capability> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// Whether a capability of this set alone allows the access.
    ///
    /// A public address is allowed by any rule about its port: whom a guest may talk to was decided on the name that it
    /// used. A private one is allowed by `outbound:private` and by a rule that names it with its port.
    #[must_use]
    pub fn allows(&self, access: &Access<'_>) -> bool {
        let any = |allows: &dyn Fn(&Capability) -> bool| self.capabilities().any(allows);
        match *access {
            Access::FsRead(path) => {
                any(&|capability| matches!(capability, Capability::FsRead(glob) if glob.matches(path)))
            }
            Access::FsWrite(path) => {
                any(&|capability| matches!(capability, Capability::FsWrite(glob) if glob.matches(path)))
            }
            Access::Exec { program, asked } => any(
                &|capability| matches!(capability, Capability::Exec(commands) if commands.allow(program, asked)),
            ),
            Access::ExecCode { program, asked } => any(
                &|capability| matches!(capability, Capability::Exec(commands) if commands.name(program, asked)),
            ),
            Access::Connect { host, port } => self.network().any(|rule| rule.connects(host, port)),
            Access::Address { address, port, .. } if is_private(address) => {
                self.private() || self.names(address, port)
            }
            Access::Address { port, .. } => self.network().any(|rule| rule.has_port(port)),
            Access::Env(name) => {
                any(&|capability| matches!(capability, Capability::Env(variables) if variables.matches(name)))
            }
        }
    }

    /// Whether there is any `fs` capability.
    pub(super) fn any_fs(&self) -> bool {
        self.capabilities()
            .any(|capability| matches!(capability, Capability::FsRead(_) | Capability::FsWrite(_)))
    }

    /// Whether it has `outbound:private`.
    pub(super) fn private(&self) -> bool {
        self.network().any(|rule| *rule == NetworkRule::Private)
    }

    /// Whether one of its rules names that very address with that port.
    pub(super) fn names(&self, address: IpAddr, port: u16) -> bool {
        self.network().any(|rule| rule.names(address, port))
    }

    /// Whether one of its rules lets a guest address any host on that port.
    pub(super) fn any_host(&self, port: u16) -> bool {
        self.network().any(|rule| rule.has_port(port) && matches!(rule, NetworkRule::To(HostPattern::Any, _)))
    }

    fn network(&self) -> impl Iterator<Item = &NetworkRule> {
        self.capabilities().filter_map(|capability| match capability {
            Capability::Network(rule) => Some(rule),
            _ => None,
        })
    }
}

/// The first capability that goes beyond what one set takes: what asking for a path costs grows with the length of the
/// patterns with wildcards, all of which are tried.
fn over_limit(capabilities: &[Capability]) -> Option<(&Capability, Problem)> {
    let mut bytes = 0;
    capabilities.iter().enumerate().find_map(|(index, capability)| {
        let patterns = match capability {
            Capability::FsRead(glob) | Capability::FsWrite(glob) => &glob.patterns[..],
            Capability::Exec(commands) => &commands.patterns[..],
            Capability::Network(_) | Capability::Env(_) => &[],
        };
        let complex = patterns.iter().filter(|pattern| pattern.is_complex());
        bytes += complex.map(|pattern| pattern.to_string().len()).sum::<usize>();
        if index >= MAX_CAPABILITIES {
            Some((capability, Problem::TooMany))
        } else if bytes > MAX_SET_BYTES {
            Some((capability, Problem::TooManyPatterns))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(capabilities: &[&str]) -> CapabilitySet {
        CapabilitySet::new(capabilities.iter().map(|text| text.parse().unwrap())).unwrap()
    }

    fn reads(capability: &str, path: &str) -> bool {
        set(&[capability]).allows(&Access::FsRead(path))
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let nothing = CapabilitySet::default();
        for access in [
            Access::FsRead("/"),
            Access::FsWrite("/"),
            Access::Exec { program: "/bin/ls", asked: "ls" },
            Access::Connect { host: "a", port: 1 },
            Access::Address { host: "a", address: [9, 9, 9, 9].into(), port: 1 },
            Access::Address { host: "a", address: [127, 0, 0, 1].into(), port: 1 },
            Access::Env("A"),
        ] {
            assert!(!nothing.allows(&access), "{access:?}");
        }
    }

    #[test]
    fn stars_stop_at_slashes() {
        for (capability, path, expected) in [
            ("fs:read:/etc/*", "/etc/hosts", true),
            ("fs:read:/etc/*", "/etc/.hidden", true),
            ("fs:read:/etc/*", "/etc/ssh/x", false),
            ("fs:read:/etc/*", "/etc", false),
            ("fs:read:/*", "/", false),
            ("fs:read:/", "/", true),
            ("fs:read:/", "/etc", false),
            ("fs:read:/e?c", "/etc", true),
            ("fs:read:/etc?hosts", "/etc/hosts", false),
            ("fs:read:/etc[!a]hosts", "/etc/hosts", false),
            ("fs:read:/etc[+-9]hosts", "/etc/hosts", false),
            ("fs:read:/etc[+-9]hosts", "/etc0hosts", true),
            ("fs:read:/[a-c]x", "/bx", true),
            ("fs:read:/[!a-c]x", "/bx", false),
            ("fs:read:/??", "/é", false),
            ("fs:read:/é", "/é", true),
            ("fs:read:/etc/**", "/etc", true),
            ("fs:read:/etc/**", "/etc/a/b\n/c", true),
            ("fs:read:/etc/**", "/etcx", false),
            ("fs:read:/etc/**", "/", false),
            ("fs:read:/**/x/**", "/a/b/x", true),
            ("fs:read:/a/**/b", "/a/b", true),
            ("fs:read:/a/**/b", "/a/c/d/b", true),
            ("fs:read:/a/**/b", "/ab", false),
            ("fs:read:**", "/", true),
            ("fs:read:**", "/a/b", true),
            ("fs:read:**/passwd", "/etc/passwd", true),
            ("fs:read:**/passwd", "/etc/xpasswd", false),
            ("fs:read:**/*.conf", "/a/b.conf", true),
            ("fs:read:/ETC", "/etc", false),
            ("fs:read:/{etc,var}/x", "/var/x", true),
            ("fs:read:/{etc,var}/x", "/usr/x", false),
            (r"fs:read:/\*", "/*", true),
            (r"fs:read:/\*", "/a", false),
            ("fs:write:/etc/**", "/etc/x", false),
        ] {
            assert_eq!(reads(capability, path), expected, "{capability} {path}");
        }
        assert!(!set(&["fs:read:/etc/**"]).allows(&Access::FsWrite("/etc/x")));
    }

    #[test]
    fn paths_that_were_not_resolved_are_never_allowed() {
        for path in ["", "etc", "/etc/", "//etc", "/etc/../root", "/./etc", "/..", "/a\0b"] {
            assert!(!reads("fs:read:**", path), "{path}");
            assert!(!set(&["exec:**"]).allows(&Access::Exec { program: path, asked: path }), "{path}");
        }
    }

    #[test]
    fn programs_by_path_and_by_word() {
        let exec =
            |capability: &str, program, asked| set(&[capability]).allows(&Access::Exec { program, asked });
        assert!(exec("exec:/usr/bin/*", "/usr/bin/id", "id"));
        assert!(exec("exec:/usr/bin/*", "/usr/bin/id", "/bin/id"));
        assert!(!exec("exec:/usr/bin/*", "/usr/bin/x/id", "id"));
        assert!(exec("exec:**", "/opt/x", "/opt/x"));
        assert!(exec("exec:**", "/opt/x", "x"));
        assert!(exec("exec:id", "/usr/bin/busybox", "id"));
        assert!(!exec("exec:id", "/tmp/id", "/tmp/id"));
        assert!(!exec("exec:id", "/usr/bin/id", "/usr/bin/id"));
        assert!(!exec("exec:id", "/usr/bin/id", "ID"));
        assert!(exec("exec:uname,id", "/usr/bin/id", "id"));
        assert!(exec("exec:uname,/usr/bin/id", "/usr/bin/id", "/usr/bin/id"));
        assert!(exec("exec:ip*", "/sbin/ip6tables", "ip6tables"));
        assert!(!exec("exec:*", "/tmp/x", "/tmp/x"));
        assert!(!exec("exec:*", "/tmp/x", ".."));
    }

    #[test]
    fn private_addresses_need_to_be_named() {
        let address = |capability: &str, address: &str| {
            let address = address.parse().unwrap();
            set(&[capability]).allows(&Access::Address { host: "a.example", address, port: 22 })
        };
        assert!(address("network:outbound:22", "9.9.9.9"));
        assert!(!address("network:outbound:443", "9.9.9.9"));
        assert!(!address("network:outbound:*", "10.0.0.1"));
        assert!(!address("network:outbound:*", "::ffff:127.0.0.1"));
        assert!(address("network:outbound:private", "10.0.0.1"));
        assert!(!address("network:outbound:private", "9.9.9.9"));
        assert!(address("network:outbound:10.0.0.1:22", "10.0.0.1"));
        assert!(address("network:outbound:10.0.0.1:22", "::ffff:10.0.0.1"));
        assert!(!address("network:outbound:10.0.0.1:80", "10.0.0.1"), "another port of it is not asked for");
        assert!(!address("network:outbound:10.0.0.1:22", "10.0.0.2"));
        assert!(address("network:outbound:10.0.0.0/8:22", "10.0.0.2"));
        assert!(!address("network:outbound:0.0.0.0/0:22", "10.0.0.2"));
        assert!(!address("network:outbound:localhost:22", "127.0.0.1"));
        assert!(address("network:outbound:[fd00::/8]:22", "fd12::1"));
        assert!(!address("network:outbound:[64:ff9b::/96]:22", "64:ff9b::10.0.0.1"));
    }

    #[test]
    fn a_union_allows_what_either_allows() {
        let both = set(&["fs:read:/a"]).union(&set(&["env:A"]));
        assert!(both.allows(&Access::FsRead("/a")) && both.allows(&Access::Env("A")));
        assert!(!both.allows(&Access::Env("B")));
    }
}

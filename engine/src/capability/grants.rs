//! [`Grants`]: what one observation may do.

use super::fs::LiteralPath;
use super::{Access, CapabilitySet, Refusal, Remedy, is_private};
use alloc::string::String;
use alloc::vec::Vec;

/// A path that the profile names, as the operator's own word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Literal {
    /// The path.
    pub path: LiteralPath,
    /// To be written; else to be read.
    pub write: bool,
}

/// What an observation may do: the intersection of what its plugin declares and what it was granted.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    declared: CapabilitySet,
    /// By the operator and by the configuration.
    granted: CapabilitySet,
    /// By the operator alone.
    operator: CapabilitySet,
    literals: Vec<Literal>,
    /// Resolved paths that literal ones lead to, each with whether it may be written, else read.
    covered: Vec<(String, bool)>,
}

impl Grants {
    /// Nothing at all, which is the default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What both sets allow, the one that the plugin declares and the one that the operator grants, and the paths that the
    /// profile names literally as far as the plugin declares them.
    #[must_use]
    pub fn new(
        declared: CapabilitySet,
        granted: CapabilitySet,
        literals: impl IntoIterator<Item = Literal>,
    ) -> Self {
        let mut taken: Vec<Literal> = Vec::new();
        for literal in literals {
            let path = literal.path.as_str();
            let access = if literal.write { Access::FsWrite(path) } else { Access::FsRead(path) };
            if declared.allows(&access) && !taken.contains(&literal) {
                taken.push(literal);
            }
        }
        let operator = granted.clone();
        Self { declared, granted, operator, literals: taken, covered: Vec::new() }
    }

    /// Adds what the configuration asks for. That a profile names a shell does not make it one for its plugin to use:
    /// [`Access::ExecCode`] takes the operator's grant.
    #[must_use]
    pub fn with_configured(mut self, configured: &CapabilitySet) -> Self {
        self.granted = self.granted.union(configured);
        self
    }

    /// Decides. This is the only place where anything is allowed.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] that names the capability that would have allowed it.
    pub fn decide(&self, access: Access<'_>) -> Result<(), Refusal> {
        let allowed = match access {
            Access::FsRead(path) => self.both(&access) || self.is_covered(path, false),
            Access::FsWrite(path) => self.both(&access) || self.is_covered(path, true),
            // An address that the operator names is asked for, as a literal path is: the plugin need only declare
            // that it talks to hosts of its configuration. For what a name leads to, both have to say `private`.
            Access::Address { address, port, .. } if is_private(address) => {
                let declared = self.declared.private() || self.declared.names(address, port);
                self.granted.names(address, port) && (declared || self.declared.any_host(port))
                    || self.granted.private() && declared
            }
            Access::ExecCode { .. } => self.operator.allows(&access) && self.declares(&access),
            _ => self.both(&access),
        };
        if allowed {
            return Ok(());
        }
        let remedy = if self.declares(&access) { Remedy::Grant } else { Remedy::Undeclared };
        Err(Refusal::new(&access, remedy))
    }

    fn both(&self, access: &Access<'_>) -> bool {
        self.granted.allows(access) && self.declared.allows(access)
    }

    /// A plugin that declares any program declares shells, too.
    fn declares(&self, access: &Access<'_>) -> bool {
        match *access {
            Access::ExecCode { program, asked } => self.declared.allows(&Access::Exec { program, asked }),
            _ => self.declared.allows(access),
        }
    }

    fn is_covered(&self, path: &str, write: bool) -> bool {
        self.literals.iter().any(|literal| literal.write == write && literal.path.as_str() == path)
            || self.covered.iter().any(|(covered, w)| *w == write && covered == path)
    }

    /// Whether there is any `fs` grant at all; without one a guest gets no preopened directory.
    #[must_use]
    pub fn any_fs(&self) -> bool {
        !self.literals.is_empty()
            || !self.covered.is_empty()
            || self.granted.any_fs() && self.declared.any_fs()
    }

    /// The paths that the profile names literally, each with whether it may be written (`true`) or read (`false`),
    /// for the engine to resolve when the observation starts. A path that may be both comes twice.
    pub fn literals(&self) -> impl Iterator<Item = (&str, bool)> {
        self.literals.iter().map(|literal| (literal.path.as_str(), literal.write))
    }

    /// Adds one resolved path, exactly as it stands, that a literal path was found to lead to: to be written, or
    /// else to be read.
    pub fn cover(&mut self, resolved: String, write: bool) {
        self.covered.push((resolved, write));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn set(capabilities: &[&str]) -> CapabilitySet {
        CapabilitySet::new(capabilities.iter().map(|text| text.parse().unwrap())).unwrap()
    }

    fn literal(path: &str, write: bool) -> Literal {
        Literal { path: LiteralPath::new(path).unwrap(), write }
    }

    #[test]
    fn only_the_intersection_is_granted() {
        let grants = Grants::new(set(&["fs:read:/etc/**", "env:A"]), set(&["fs:read:**", "env:B"]), []);
        assert!(grants.any_fs());
        assert!(grants.decide(Access::FsRead("/etc/hosts")).is_ok());
        assert!(grants.decide(Access::FsRead("/root")).is_err());
        assert!(grants.decide(Access::Env("A")).is_err());
        assert!(grants.decide(Access::Env("B")).is_err());
        assert!(!Grants::new(set(&["fs:read:**"]), set(&["env:*"]), []).any_fs());
        assert!(!Grants::none().any_fs());
        assert!(Grants::none().decide(Access::FsRead("/")).is_err());
    }

    #[test]
    fn a_literal_path_is_itself_and_what_it_leads_to() {
        let literals =
            [literal("/etc/os-release", false), literal("/etc/[a]*", false), literal("/etc/w", true)];
        let mut grants = Grants::new(set(&["fs:read:/etc/**", "fs:write:**"]), set(&[]), literals);
        assert!(grants.any_fs());
        assert_eq!(
            grants.literals().collect::<Vec<_>>(),
            [("/etc/os-release", false), ("/etc/[a]*", false), ("/etc/w", true)]
        );
        assert!(grants.decide(Access::FsRead("/etc/os-release")).is_ok());
        assert!(grants.decide(Access::FsWrite("/etc/os-release")).is_err());
        assert!(grants.decide(Access::FsRead("/etc/[a]*")).is_ok());
        assert!(grants.decide(Access::FsRead("/etc/ab")).is_err());
        assert!(grants.decide(Access::FsWrite("/etc/w")).is_ok());
        assert!(grants.decide(Access::FsRead("/etc/w")).is_err());
        assert!(grants.decide(Access::FsRead("/usr/lib/os-release")).is_err());
        grants.cover("/usr/lib/os-release".into(), false);
        assert!(grants.decide(Access::FsRead("/usr/lib/os-release")).is_ok());
        assert!(grants.decide(Access::FsWrite("/usr/lib/os-release")).is_err());
    }

    #[test]
    fn a_literal_path_that_the_plugin_does_not_declare_is_not_taken() {
        let grants = Grants::new(
            set(&["fs:read:/etc/**"]),
            set(&[]),
            [literal("/root/x", false), literal("/etc/x", true)],
        );
        assert_eq!(grants.literals().count(), 0);
        assert!(!grants.any_fs());
        assert_eq!(grants.decide(Access::FsRead("/root/x")).unwrap_err().remedy, Remedy::Undeclared);
    }

    #[test]
    fn a_shell_takes_the_operators_own_grant_by_name() {
        let sh = Access::ExecCode { program: "/usr/bin/dash", asked: "sh" };
        let decide = |granted: &[&str], configured: &[&str]| {
            Grants::new(set(&["exec:**"]), set(granted), []).with_configured(&set(configured)).decide(sh)
        };
        assert!(decide(&["exec:sh"], &[]).is_ok());
        assert!(decide(&["exec:/usr/bin/dash"], &[]).is_ok());
        for (granted, configured) in [
            (&[][..], &["exec:sh"][..]),
            (&["exec:**", "exec:*", "exec:/usr/bin/*"], &[]),
            (&["exec:id"], &[]),
        ] {
            let refusal = decide(granted, configured).unwrap_err();
            assert_eq!((refusal.capability.as_str(), refusal.remedy), ("exec:sh", Remedy::Grant));
            assert!(refusal.to_string().contains("by its name"), "{refusal}");
        }
        let grants = Grants::new(set(&["exec:id"]), set(&["exec:sh"]), []);
        assert_eq!(grants.decide(sh).unwrap_err().remedy, Remedy::Undeclared);
        // As a program like any other, the configuration's word is enough.
        let grants = Grants::new(set(&["exec:**"]), set(&[]), []).with_configured(&set(&["exec:python3"]));
        let python = Access::Exec { program: "/usr/bin/python3.11", asked: "python3" };
        assert!(grants.decide(python).is_ok());
    }

    #[test]
    fn private_addresses() {
        let to = |address: [u8; 4]| Access::Address { host: "a.example", address: address.into(), port: 80 };
        let decide = |declared: &[&str], granted: &[&str]| {
            Grants::new(set(declared), set(granted), []).decide(to([192, 168, 1, 1]))
        };
        // The operator's own words, and a plugin that talks to whatever it is configured for.
        assert!(decide(&["network:outbound:*"], &["network:outbound:192.168.1.1:80"]).is_ok());
        assert!(decide(&["network:outbound:*"], &["network:outbound:192.168.1.2:80"]).is_err());
        // A plugin that may talk to one name only has no business there.
        assert!(decide(&["network:outbound:a.example:80"], &["network:outbound:192.168.1.1:80"]).is_err());
        // Where a name leads, both have to say it.
        assert!(
            decide(&["network:outbound:*"], &["network:outbound:*", "network:outbound:private"]).is_err()
        );
        assert!(
            decide(&["network:outbound:*", "network:outbound:private"], &["network:outbound:*"]).is_err()
        );
        let both = ["network:outbound:*", "network:outbound:private"];
        assert!(decide(&both, &both).is_ok());
        assert_eq!(decide(&both, &[]).unwrap_err().capability, "network:outbound:private");
        let public = to([9, 9, 9, 9]);
        assert!(Grants::new(set(&both), set(&["network:outbound:a.example:80"]), []).decide(public).is_ok());
        assert!(Grants::new(set(&both), set(&["network:outbound:a.example:81"]), []).decide(public).is_err());
        assert!(Grants::new(set(&both), set(&["network:outbound:private"]), []).decide(public).is_err());
    }

    #[test]
    fn a_rule_for_one_port_of_an_address_lets_no_name_lead_to_another_port_of_it() {
        let rules = ["network:outbound:10.0.0.1:22", "network:outbound:a.example:80"];
        for declared in [&["network:outbound:*", "network:outbound:private"][..], &rules] {
            let grants = Grants::new(set(declared), set(&rules), []);
            let to = |port| Access::Address { host: "a.example", address: [10, 0, 0, 1].into(), port };
            assert!(grants.decide(Access::Connect { host: "a.example", port: 80 }).is_ok());
            assert!(grants.decide(to(80)).is_err());
            assert!(grants.decide(to(22)).is_ok(), "which the operator names");
        }
        // A plugin that declares one port gets no other by the operator's naming an address.
        let grants = Grants::new(set(&["network:outbound:443"]), set(&["network:outbound:10.0.0.1:22"]), []);
        let to = Access::Address { host: "10.0.0.1", address: [10, 0, 0, 1].into(), port: 22 };
        assert!(grants.decide(to).is_err());
    }

    #[test]
    fn refusals_say_what_to_pass() {
        let declared = ["fs:read:**", "exec:**", "network:outbound:*", "network:outbound:private", "env:*"];
        let grants = Grants::new(set(&declared), set(&[]), []);
        for (access, words) in [
            (Access::FsRead("/etc/shadow"), "fs:read:/etc/shadow"),
            (Access::FsRead("/it's [a]*"), r"'fs:read:/it'\''s \[a]\*'"),
            (Access::FsRead("/a\nb"), r"$'fs:read:/a\012b'"),
            (Access::FsRead("/é"), "'fs:read:/é'"),
            (Access::Exec { program: "/bin/a,b", asked: "a,b" }, r"'exec:a\,b'"),
            (Access::Exec { program: "/bin/id", asked: "/usr/bin/id" }, "exec:/bin/id"),
            (Access::Connect { host: "Example.com", port: 443 }, "network:outbound:example.com:443"),
            (Access::Connect { host: "::1", port: 80 }, "'network:outbound:[::1]:80'"),
            (Access::Connect { host: "no host", port: 80 }, "network:outbound:80"),
            (
                Access::Address { host: "a.example", address: [10, 0, 0, 1].into(), port: 80 },
                "network:outbound:private",
            ),
            (
                Access::Address { host: "a.example", address: [9, 9, 9, 9].into(), port: 80 },
                "network:outbound:9.9.9.9:80",
            ),
            (Access::Env("HOME"), "env:HOME"),
        ] {
            let text = grants.decide(access).unwrap_err().to_string();
            assert!(text.ends_with(&alloc::format!("; pass --grant {words}")), "{text}");
            assert!(!text.contains('\n'));
        }
        let private = |host, address: &str| {
            let address = address.parse().unwrap();
            grants.decide(Access::Address { host, address, port: 80 }).unwrap_err().to_string()
        };
        assert_eq!(
            private("router.lan", "192.168.1.1"),
            "capability network:outbound:private is missing, because router.lan leads to 192.168.1.1; \
             pass --grant network:outbound:private"
        );
        assert!(private("[::1]", "::1").contains("because ::1 is a private address"));
        let refusal = grants.decide(Access::FsWrite("/x")).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "capability fs:write:/x is missing, and the plugin itself does not declare it, so that --grant cannot help"
        );
        assert_eq!(vec![refusal.clone()], [refusal]);
    }
}

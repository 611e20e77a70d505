//! [`Gate`]: decisions that come up while an operation is carried out.

use crate::capability::{Access, Grants, Refusal};
use alloc::vec::Vec;
use core::net::IpAddr;

/// Refusals that one operation keeps for the report.
const MOST: usize = 16;

/// Decides, for a [`Host`](crate::host::Host) that carries out a network operation, on every destination that shows only
/// then: the addresses that a name leads to, and where a redirect goes. It decides as everything is decided, by
/// [`Grants::decide`].
///
/// What it refuses becomes the observation's error when the operation's own error is of type `capability`. Where a name
/// has several addresses and one that is allowed was connected to, nothing is missing.
///
/// ```
/// use quoin_engine::Gate;
/// use quoin_engine::capability::{CapabilitySet, Grants};
///
/// let rules = CapabilitySet::new(["network:outbound:example.com:443".parse()?])?;
/// let grants = Grants::new(rules.clone(), rules, []);
/// let mut gate = Gate::new(&grants);
/// assert!(gate.connect("example.com", 443).is_ok());
/// assert!(gate.address("example.com", [93, 184, 215, 14].into(), 443).is_ok());
/// assert!(gate.address("example.com", [127, 0, 0, 1].into(), 443).is_err());
/// # Ok::<(), quoin_engine::capability::CapabilityError>(())
/// ```
#[derive(Debug)]
pub struct Gate<'a> {
    grants: &'a Grants,
    refusals: Vec<Refusal>,
}

impl<'a> Gate<'a> {
    /// A gate that has decided nothing yet.
    #[must_use]
    pub const fn new(grants: &'a Grants) -> Self {
        Self { grants, refusals: Vec::new() }
    }

    /// May `host`, a name or an address, be talked to on `port`?
    ///
    /// # Errors
    ///
    /// A refusal that says what is missing.
    pub fn connect(&mut self, host: &str, port: u16) -> Result<(), Refusal> {
        // Whoever goes on to another host has got somewhere with the last one.
        self.refusals.clear();
        self.decide(Access::Connect { host, port })
    }

    /// May this address, which `host` led to, be connected to on `port`?
    ///
    /// # Errors
    ///
    /// A refusal that says what is missing.
    pub fn address(&mut self, host: &str, address: IpAddr, port: u16) -> Result<(), Refusal> {
        self.decide(Access::Address { host, address, port })
    }

    fn decide(&mut self, access: Access<'_>) -> Result<(), Refusal> {
        self.grants.decide(access).inspect_err(|refusal| {
            if self.refusals.len() < MOST && !self.refusals.iter().any(|known| known.is_like(refusal)) {
                self.refusals.push(refusal.clone());
            }
        })
    }

    /// What was refused on the way to where the operation ended.
    #[must_use]
    pub fn into_refusals(self) -> Vec<Refusal> {
        self.refusals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::CapabilitySet;

    fn grants() -> Grants {
        let rules = ["network:outbound:a.example:80".parse().unwrap()];
        let rules = CapabilitySet::new(rules).unwrap();
        Grants::new(rules.clone(), rules, [])
    }

    #[test]
    fn refusals_of_one_kind_are_kept_once() {
        let grants = grants();
        let mut gate = Gate::new(&grants);
        for last in 1..200 {
            assert!(gate.address("a.example", [10, 0, 0, last].into(), 80).is_err());
        }
        let refusals = gate.into_refusals();
        assert_eq!(refusals.len(), 1);
        assert_eq!(refusals[0].because.as_deref(), Some("a.example leads to 10.0.0.1"));
    }

    #[test]
    fn what_was_refused_before_a_redirect_is_forgotten() {
        let grants = grants();
        let mut gate = Gate::new(&grants);
        assert!(gate.address("a.example", [10, 0, 0, 1].into(), 80).is_err());
        assert!(gate.connect("b.example", 80).is_err());
        let refusals = gate.into_refusals();
        assert_eq!(refusals[0].capability, "network:outbound:b.example:80");
        assert_eq!(refusals.len(), 1);
    }

    #[test]
    fn nobody_can_make_it_keep_much() {
        let grants = grants();
        let mut gate = Gate::new(&grants);
        for port in 1..1_000 {
            assert!(gate.address("a.example", [9, 9, 9, 9].into(), 80 + port).is_err());
        }
        assert_eq!(gate.into_refusals().len(), MOST);
    }
}

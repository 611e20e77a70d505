//! Who of the neighbours answers: ARP (RFC 826) and neighbour discovery (RFC 4861, section 7.2).
//!
//! smoltcp resolves neighbours by itself, but one a second for all of them together, and it never says that one does not
//! answer. So we ask first, and the answer, which smoltcp sees as well, is in its cache when a connection begins.

use crate::{Deadline, Instant};
use alloc::collections::BTreeMap;
use core::net::IpAddr;
use core::time::Duration;

/// How often Linux asks before it says EHOSTUNREACH, and how long it waits each time (`mcast_solicit` and `retrans_time_ms` in
/// arp(7)).
const ATTEMPTS: u8 = 3;
const INTERVAL: Duration = Duration::from_secs(1);

/// A little less than smoltcp holds an entry.
const HELD: Duration = Duration::from_secs(50);

/// As many as smoltcp's cache is built for (`iface-neighbor-cache-count-64`).
const CACHE: usize = 64;

/// What is known of a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolution {
    /// Its hardware address is in smoltcp's cache.
    Known,
    /// It has been asked for.
    Pending,
    /// It doesn't answer.
    Silent,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Asking { asked: u8, next: Instant },
    Known { until: Instant },
    Silent,
}

#[derive(Debug, Default)]
pub(super) struct Neighbours {
    states: BTreeMap<IpAddr, State>,
}

impl Neighbours {
    /// Starts asking for one that is not known.
    pub(super) fn ask(&mut self, address: IpAddr, now: Instant) {
        let known = match self.states.get(&address) {
            Some(State::Known { until }) => *until > now,
            Some(State::Asking { .. }) => true,
            Some(State::Silent) | None => false,
        };
        if !known {
            self.states.insert(address, State::Asking { asked: 0, next: now });
        }
    }

    /// What has become of it. If others have crowded it out in the meantime, it is asked for once more.
    pub(super) fn resolution(&mut self, address: IpAddr, now: Instant) -> Resolution {
        match self.states.entry(address).or_insert(State::Asking { asked: 0, next: now }) {
            State::Known { .. } => Resolution::Known,
            State::Asking { .. } => Resolution::Pending,
            State::Silent => Resolution::Silent,
        }
    }

    /// It has answered. Who was not asked for is not remembered, so that nobody fills the table.
    pub(super) fn answered(&mut self, address: IpAddr, now: Instant) {
        let Some(state) = self.states.get_mut(&address) else { return };
        *state = State::Known { until: Deadline::after(now, HELD).at() };
        let known = self.states.iter().filter_map(|(address, state)| match state {
            State::Known { until } => Some((*until, *address)),
            State::Asking { .. } | State::Silent => None,
        });
        let (count, oldest) = known.fold((0, None::<(Instant, IpAddr)>), |(count, oldest), entry| {
            (count + 1, Some(oldest.map_or(entry, |oldest| oldest.min(entry))))
        });
        if let Some((_, oldest)) = oldest.filter(|_| count > CACHE) {
            self.states.remove(&oldest);
        }
    }

    /// smoltcp has forgotten them all.
    pub(super) fn forget(&mut self) {
        self.states.retain(|_, state| matches!(state, State::Asking { .. }));
    }

    /// The next one to ask for now.
    pub(super) fn due(&mut self, now: Instant) -> Option<IpAddr> {
        for (address, state) in &mut self.states {
            match state {
                State::Asking { asked, next } if *next <= now => {
                    if *asked == ATTEMPTS {
                        *state = State::Silent;
                        continue;
                    }
                    *asked += 1;
                    *next = Deadline::after(now, INTERVAL).at();
                    return Some(*address);
                }
                State::Asking { .. } | State::Known { .. } | State::Silent => {}
            }
        }
        // Those who waited for it have seen that it is silent before anybody else is asked for a thousand times.
        if self.states.len() > 16 * CACHE {
            self.states.retain(|_, state| !matches!(state, State::Silent));
        }
        None
    }

    /// When somebody has to be asked for next.
    pub(super) fn poll_at(&self) -> Option<Instant> {
        let next = |state: &State| match state {
            State::Asking { next, .. } => Some(*next),
            State::Known { .. } | State::Silent => None,
        };
        self.states.values().filter_map(next).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Instant {
        Instant::from_nanos(milliseconds * 1_000_000)
    }

    #[test]
    fn one_who_never_answers_is_silent_after_three_seconds() {
        let mut neighbours = Neighbours::default();
        let someone: IpAddr = "192.0.2.9".parse().unwrap();
        neighbours.ask(someone, at(0));
        let asked = (0..40).filter(|step| neighbours.due(at(step * 100)).is_some()).count();
        assert_eq!(asked, 3);
        assert_eq!(neighbours.resolution(someone, at(4000)), Resolution::Silent);
        assert_eq!(neighbours.poll_at(), None);
        neighbours.ask(someone, at(5000));
        assert_eq!(neighbours.resolution(someone, at(5000)), Resolution::Pending, "asked anew");
    }

    #[test]
    fn one_who_answers_is_known_for_a_while() {
        let mut neighbours = Neighbours::default();
        let someone: IpAddr = "2001:db8::9".parse().unwrap();
        neighbours.answered(someone, at(0));
        assert!(neighbours.states.is_empty(), "nobody had asked");
        neighbours.ask(someone, at(0));
        assert_eq!(neighbours.due(at(0)), Some(someone));
        neighbours.answered(someone, at(1));
        neighbours.ask(someone, at(49_000));
        assert_eq!(neighbours.resolution(someone, at(49_000)), Resolution::Known);
        neighbours.ask(someone, at(51_000));
        assert_eq!(neighbours.resolution(someone, at(51_000)), Resolution::Pending);
    }

    #[test]
    fn no_more_are_known_than_smoltcp_remembers() {
        let mut neighbours = Neighbours::default();
        for host in 0..1000_u32 {
            let address = IpAddr::from((0x0a00_0000 + host).to_be_bytes());
            neighbours.ask(address, at(host.into()));
            neighbours.answered(address, at(host.into()));
        }
        assert_eq!(neighbours.states.len(), CACHE);
        let last = "10.0.3.231".parse().unwrap();
        assert_eq!(neighbours.resolution(last, at(1000)), Resolution::Known);
    }
}

//! Ports of our own: drawn at random, and not drawn again for long (RFC 6056, section 3.3.1).
//!
//! A peer who has closed a connection remembers it for a minute or more, and a new one with the same ports is not answered as it should be.
//! Of a thousand connections to one port in that time, ten would meet such a memory if ports were only random.

use alloc::vec;
use alloc::vec::Vec;

/// Below are ports that services have, which firewalls treat in their own way.
const FIRST: u16 = 16_384;
/// As many may be used until all are free again, so that three draws in four are in vain at worst.
const MOST: u16 = (u16::MAX - FIRST) / 4 * 3;

/// Which ports have been used, a bit for each.
pub(super) struct Ports {
    used: Vec<u64>,
    count: u16,
}

impl Ports {
    pub(super) fn new() -> Self {
        Self { used: vec![0; usize::from(u16::MAX - FIRST) / 64 + 1], count: 0 }
    }

    /// Whether it may be used, and from now on is.
    pub(super) fn take(&mut self, port: u16) -> bool {
        let Some(at) = port.checked_sub(FIRST).map(usize::from) else { return false };
        if self.count == MOST {
            self.used.fill(0);
            self.count = 0;
        }
        let bit = 1 << (at % 64);
        let free = self.used[at / 64] & bit == 0;
        if free {
            self.used[at / 64] |= bit;
            self.count += 1;
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_used_again_for_long() {
        let mut ports = Ports::new();
        assert!(!ports.take(80) && !ports.take(FIRST - 1));
        assert!(ports.take(FIRST) && ports.take(u16::MAX));
        assert!(!ports.take(FIRST) && !ports.take(u16::MAX));
        let taken = (FIRST..=u16::MAX).filter(|port| ports.take(*port)).count();
        assert!(taken > usize::from(MOST), "there are always some");
    }
}

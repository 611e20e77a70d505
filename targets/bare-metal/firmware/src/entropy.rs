//! Randomness. The board has no source of it: what there is comes from the plan's seed, which the workstation drew, and from
//! how long the network chip and the other end of the cable took to agree, which no program of ours decides.
//!
//! Whoever knows the seed and can guess that time can work out what follows. It keeps source ports and DNS transaction ids from
//! being guessed from outside; it is nothing to make keys from.

use crate::clock;
use core::cell::RefCell;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of bytes that nobody outside can predict (ChaCha, 20 rounds).
pub struct Entropy(RefCell<ChaCha20Rng>);

impl Entropy {
    /// From the plan's seed and the network chip's counter.
    pub fn new(mut seed: [u8; 32], counter: u32) -> Self {
        let chance = clock::now().as_nanos().to_le_bytes().into_iter().chain(counter.to_le_bytes());
        seed.iter_mut().zip(chance).for_each(|(seed, chance)| *seed ^= chance);
        Self(RefCell::new(ChaCha20Rng::from_seed(seed)))
    }

    /// Fills `bytes`.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.0.borrow_mut().fill_bytes(bytes);
    }
}

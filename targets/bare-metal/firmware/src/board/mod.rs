//! The board that this is for. Another one needs a file like `mps2_an386.rs`, a linker script like `memory/mps2-an386.x`, and
//! a driver where it has another network chip or serial port.

mod mps2_an386;

pub use mps2_an386::{BAUD_DIVISOR, NAME, TICK, TICK_CYCLES, ethernet, serial};

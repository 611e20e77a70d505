//! Arm MPS2 with the AN386 image: a Cortex-M4 with floating point, at 25 MHz. Addresses are those of Arm's Application Note 386,
//! "Memory map".

use crate::{ethernet, serial};
use core::time::Duration;

/// What the board is called in reports.
pub const NAME: &str = "mps2-an386";
/// The processor's clock, and that of its timer and its serial ports, in hertz.
const CLOCK: u32 = 25_000_000;
/// From one tick of the timer to the next.
pub const TICK: Duration = Duration::from_millis(1);
/// The processor's cycles of a tick.
pub const TICK_CYCLES: u32 = CLOCK / 1_000;
/// Cycles of a bit on the serial port: 115,200 baud.
pub const BAUD_DIVISOR: u32 = CLOCK / 115_200;

/// The first serial port.
#[expect(unsafe_code, reason = "the chip's registers are at this address")]
pub fn serial() -> &'static serial::Registers {
    // SAFETY: the address is that of the first CMSDK UART, which is always there; all access to a register goes through a cell
    // that tells the compiler so.
    unsafe { &*(0x4000_4000 as *const serial::Registers) }
}

/// The network chip.
#[expect(unsafe_code, reason = "the chip's registers are at this address")]
pub fn ethernet() -> &'static ethernet::Registers {
    // SAFETY: as above, for the LAN9220 of the board (QEMU: its ancestor, the LAN9118).
    unsafe { &*(0x4020_0000 as *const ethernet::Registers) }
}

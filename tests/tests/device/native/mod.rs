//! The machine's limits, which hold for a binary that runs without an emulator: `--skip native::` leaves them out for one
//! that does not.

mod kernel;
mod memory;

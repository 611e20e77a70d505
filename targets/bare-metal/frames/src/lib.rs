//! What a workstation and a board without Linux tell each other: the [`Plan`] in the board's flash, and the [`Message`]s
//! of its report on the serial port.
//!
//! # The format
//!
//! Both travel in frames. A frame is
//!
//! 1. the format's version, [`VERSION`], and what it is, [`Framed::KIND`], a byte each;
//! 2. the value, as [postcard](https://postcard.jamesmunns.com/wire-format) writes it;
//! 3. the CRC-32C (Castagnoli) of all that, little-endian;
//!
//! all of it in COBS (consistent overhead byte stuffing), which leaves no zero in it, and then one zero. A frame of nothing
//! (another zero) means nothing: a board sends one first, to end whatever noise there was before.
//!
//! The version rises when a value of an earlier one would be read as something else.
//!
//! ```
//! use quoin_frames::{Message, Splitter, decode, encode};
//!
//! let sent = encode(&Message::Stopped { reason: "no cable".into() })?;
//! let mut splitter = Splitter::default();
//! let frames: Vec<_> = sent.iter().filter_map(|byte| splitter.push(*byte)).collect();
//! let message: Message = decode(frames[0].as_ref().unwrap())?;
//! assert_eq!(message, Message::Stopped { reason: "no cable".into() });
//! # Ok::<(), quoin_frames::FrameError>(())
//! ```

#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod frame;
mod plan;
mod report;

pub use frame::{FrameError, Framed, LONGEST, Splitter, VERSION, decode, encode, seal};
pub use plan::{Control, Observation, PLAN_BYTES, Plan, Profile};
pub use report::{Level, Log, Message, Observed, Started, Usage};

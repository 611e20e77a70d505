//! The serial port, and the report on it. The port is a UART of Arm's Cortex-M System Design Kit (Technical Reference Manual, "APB
//! UART"): one byte at a time, eight bits, no parity, one stop bit.

use crate::board::{self, BAUD_DIVISOR};
use quoin_frames::{Message, encode};
use tock_registers::interfaces::{Readable as _, Writeable as _};
use tock_registers::registers::{ReadOnly, ReadWrite};
use tock_registers::{register_bitfields, register_structs};

register_structs! {
    /// The port's registers.
    pub Registers {
        (0x00 => data: ReadWrite<u32>),
        (0x04 => state: ReadOnly<u32, State::Register>),
        (0x08 => control: ReadWrite<u32, Control::Register>),
        (0x0c => _interrupt),
        (0x10 => divisor: ReadWrite<u32>),
        (0x14 => @END),
    }
}

register_bitfields! [u32,
    State [
        /// A byte waits to be sent.
        SENDING 0
    ],
    Control [
        SEND 0
    ]
];

/// The port. It is opened again by whoever has to tell the last words.
pub struct Serial(&'static Registers);

impl Serial {
    /// Sets it up for sending.
    pub fn open() -> Self {
        let registers = board::serial();
        registers.divisor.set(BAUD_DIVISOR);
        registers.control.write(Control::SEND::SET);
        Self(registers)
    }

    /// Ends whatever the other end takes for a frame that has begun.
    pub fn begin(&self) {
        self.write(&[0]);
    }

    /// Sends a frame, and waits until it is sent.
    pub fn send(&self, message: &Message) {
        let frame = encode(message).or_else(|error| {
            // Only evidence can be too long, and its limit is less.
            encode(&Message::Stopped { reason: alloc::format!("the report cannot be sent: {error}") })
        });
        self.write(&frame.unwrap_or_default());
    }

    fn write(&self, bytes: &[u8]) {
        for byte in bytes {
            while self.0.state.is_set(State::SENDING) {}
            self.0.data.set(u32::from(*byte));
        }
    }
}

//! Frames, to and from the chip's FIFOs (data sheet of the LAN9118, "Transmit Data Path" and "Receive Data Path").

use super::Lan9118;
use super::registers::{Registers, RxFifo, RxStatus, TxFifo};
use smoltcp::phy::{self, Device, DeviceCapabilities, Medium};
use smoltcp::time::Instant;
use tock_registers::interfaces::{Readable as _, Writeable as _};

/// The largest packet of Ethernet, and its header before it.
pub const PAYLOAD: usize = 1_500;
const HEADER: usize = 14;
/// The largest frame.
const LONGEST: usize = HEADER + PAYLOAD;
/// The checksum that the chip leaves at the end of what it received.
const CHECKSUM: usize = 4;
/// The two words before a frame that is sent.
const COMMANDS: usize = 8;

/// Room for one frame.
pub struct Buffer([u8; LONGEST]);

impl Default for Buffer {
    fn default() -> Self {
        Self([0; LONGEST])
    }
}

/// Takes the next whole frame out of the chip, if there is any, and answers its length. What is damaged or too long is passed over.
fn take(registers: &Registers, buffer: &mut Buffer) -> Option<usize> {
    while registers.rx_fifo_inf.read(RxFifo::STATUS_WORDS) > 0 {
        let status = registers.rx_status.extract();
        let whole = usize::try_from(status.read(RxStatus::LENGTH)).unwrap_or_default();
        let length = whole.saturating_sub(CHECKSUM);
        for word in 0..whole.div_ceil(4) {
            let bytes = registers.rx_data.get().to_le_bytes();
            let rest = buffer.0.get_mut(word * 4..).unwrap_or_default();
            rest.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
        if !status.is_set(RxStatus::ERROR) && (1..=LONGEST).contains(&length) {
            return Some(length);
        }
    }
    None
}

/// Hands a frame to the chip, which has room for it.
fn give(registers: &Registers, frame: &[u8]) {
    const FIRST_AND_LAST: u32 = 1 << 13 | 1 << 12;
    let length = u32::try_from(frame.len()).unwrap_or_default();
    registers.tx_data.set(FIRST_AND_LAST | length);
    registers.tx_data.set(length);
    for chunk in frame.chunks(4) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        registers.tx_data.set(u32::from_le_bytes(word));
    }
}

fn has_room(registers: &Registers) -> bool {
    let free = usize::try_from(registers.tx_fifo_inf.read(TxFifo::DATA_FREE)).unwrap_or_default();
    free >= COMMANDS + LONGEST.next_multiple_of(4)
}

impl Device for Lan9118 {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, Sending<'_>)> {
        // Whoever receives may have to answer.
        if !has_room(self.registers) {
            return None;
        }
        let length = take(self.registers, &mut self.received)?;
        let sending = Sending { registers: self.registers, buffer: &mut self.sending };
        Some((Received(&self.received.0[..length]), sending))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        has_room(self.registers).then(|| Sending { registers: self.registers, buffer: &mut self.sending })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = HEADER + self.mtu;
        capabilities
    }
}

/// A frame that came.
pub struct Received<'a>(&'a [u8]);

impl phy::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(self.0)
    }
}

/// Room for a frame that goes.
pub struct Sending<'a> {
    registers: &'static Registers,
    buffer: &'a mut Buffer,
}

impl phy::TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        // smoltcp asks for no more than `capabilities` allows.
        let frame = &mut self.buffer.0[..length];
        let result = fill(frame);
        give(self.registers, frame);
        result
    }
}

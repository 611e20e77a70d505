//! The network chip: an SMSC LAN9118 or one of its kin (LAN9220, LAN9215, …), polled, on a bus of 32 bits.
//!
//! | file | what it does |
//! |---|---|
//! | `registers` | names the registers |
//! | here | sets the chip up and waits for the cable |
//! | `frames` | sends and receives: a device of smoltcp's |
//!
//! What is not implemented: interrupts, flow control, sleep, the chip's filters by hash, checksums in hardware.

mod frames;
mod registers;

use crate::clock;
use alloc::format;
use alloc::string::String;
use core::time::Duration;
use frames::{Buffer, PAYLOAD};
use quoin_net::Deadline;
use quoin_net::link::{Mac, Mtu};
pub use registers::Registers;
use registers::{BYTE_TEST, HwConfig, MacCommand, Phy, Power, TxConfig, control, phy};
use tock_registers::interfaces::{Readable as _, Writeable as _};

/// What a reset, or an access to a register behind a register, may take; a hundredth of it is usual.
const PATIENCE: Duration = Duration::from_millis(100);
/// The internal PHY's address.
const PHY: u32 = 1;

/// The chip.
pub struct Lan9118 {
    registers: &'static Registers,
    mac: Mac,
    mtu: usize,
    received: Buffer,
    sending: Buffer,
}

impl Lan9118 {
    /// Resets the chip and has it send and receive, from the address that its EEPROM has, or from `mac`. Packets have at most
    /// `mtu` bytes, else the 1,500 of Ethernet.
    ///
    /// # Errors
    ///
    /// Where there is no such chip, or it has no address.
    pub fn open(registers: &'static Registers, mac: Option<Mac>, mtu: Option<Mtu>) -> Result<Self, String> {
        let word = registers.byte_test.get();
        if word != BYTE_TEST {
            return Err(format!("there is no LAN9118 or LAN9220 on this board: it answers {word:#010x}"));
        }
        registers.hw_cfg.write(HwConfig::SOFT_RESET::SET);
        wait("comes back from a reset", || {
            Ok(!registers.hw_cfg.is_set(HwConfig::SOFT_RESET) && registers.pmt_ctrl.is_set(Power::READY))
        })?;
        // Of 16 KiB, 5 are for sending, as after a reset.
        registers.hw_cfg.write(HwConfig::MUST_BE_ONE::SET + HwConfig::TX_FIFO_KIB.val(5));
        registers.rx_cfg.set(0);
        // Nobody reads what became of a frame, and that must not keep the next one from being sent.
        registers.tx_cfg.write(TxConfig::ON::SET + TxConfig::STATUS_OVERRUN::SET);
        let mac = match mac {
            Some(mac) => {
                let [a, b, c, d, e, f] = mac.bytes();
                write(registers, registers::Mac::AddressLow, u32::from_le_bytes([a, b, c, d]))?;
                write(registers, registers::Mac::AddressHigh, u32::from_le_bytes([e, f, 0, 0]))?;
                mac
            }
            None => {
                let [a, b, c, d] = read(registers, registers::Mac::AddressLow)?.to_le_bytes();
                let [e, f, ..] = read(registers, registers::Mac::AddressHigh)?.to_le_bytes();
                Mac::unicast([a, b, c, d, e, f]).ok_or(
                    "the network chip's EEPROM has no MAC address: give one in the plan \
                     (`quoin-board plan --net …,mac=…`)",
                )?
            }
        };
        let mtu = mtu.map_or(PAYLOAD, |mtu| mtu.bytes().min(PAYLOAD));
        Ok(Self { registers, mac, mtu, received: Buffer::default(), sending: Buffer::default() })
    }

    /// Has both ends of the cable agree on a speed, and begins to send and receive.
    ///
    /// # Errors
    ///
    /// Where there is nobody at the other end by the deadline.
    pub fn link(&mut self, deadline: Deadline) -> Result<(), String> {
        self.write_phy(Phy::Advertised, phy::EVERYTHING)?;
        self.write_phy(Phy::Control, phy::NEGOTIATE)?;
        while self.read_phy(Phy::Status)? & phy::NEGOTIATED == 0 {
            deadline
                .left(clock::now())
                .map_err(|_| "no link: is there a cable, and something at its other end?")?;
            clock::sleep();
        }
        let both = self.read_phy(Phy::Advertised)? & self.read_phy(Phy::Partner)?;
        let full = both & phy::FULL_100 != 0 || both & phy::HALF_100 == 0 && both & phy::FULL_10 != 0;
        let duplex = if full { control::FULL_DUPLEX } else { 0 };
        // IPv6 asks for its neighbours by multicast.
        let bits = duplex | control::ALL_MULTICAST | control::TRANSMIT | control::RECEIVE;
        write(self.registers, registers::Mac::Control, bits)
    }

    /// Its address.
    pub fn mac(&self) -> Mac {
        self.mac
    }

    /// A counter that runs at 25 MHz from the chip's reset, by its own clock.
    pub fn counter(&self) -> u32 {
        self.registers.free_run.get()
    }

    fn read_phy(&self, register: Phy) -> Result<u16, String> {
        self.access_phy(register, false)?;
        let [low, high, ..] = read(self.registers, registers::Mac::MiiData)?.to_le_bytes();
        Ok(u16::from_le_bytes([low, high]))
    }

    fn write_phy(&self, register: Phy, value: u16) -> Result<(), String> {
        write(self.registers, registers::Mac::MiiData, value.into())?;
        self.access_phy(register, true)
    }

    fn access_phy(&self, register: Phy, writes: bool) -> Result<(), String> {
        const BUSY: u32 = 1;
        let access = PHY << 11 | (register as u32) << 6 | u32::from(writes) << 1 | BUSY;
        write(self.registers, registers::Mac::MiiAccess, access)?;
        wait("answers for its PHY", || Ok(read(self.registers, registers::Mac::MiiAccess)? & BUSY == 0))
    }
}

fn read(registers: &Registers, register: registers::Mac) -> Result<u32, String> {
    let address = MacCommand::ADDRESS.val(register as u32);
    registers.mac_csr_cmd.write(MacCommand::BUSY::SET + MacCommand::READ::SET + address);
    wait_for_mac(registers)?;
    Ok(registers.mac_csr_data.get())
}

fn write(registers: &Registers, register: registers::Mac, value: u32) -> Result<(), String> {
    registers.mac_csr_data.set(value);
    registers.mac_csr_cmd.write(MacCommand::BUSY::SET + MacCommand::ADDRESS.val(register as u32));
    wait_for_mac(registers)
}

fn wait_for_mac(registers: &Registers) -> Result<(), String> {
    wait("answers for its MAC", || Ok(!registers.mac_csr_cmd.is_set(MacCommand::BUSY)))
}

fn wait(what: &str, done: impl Fn() -> Result<bool, String>) -> Result<(), String> {
    let deadline = Deadline::after(clock::now(), PATIENCE);
    while !done()? {
        deadline
            .left(clock::now())
            .map_err(|_| format!("the network chip is broken: it is {PATIENCE:?} late until it {what}"))?;
    }
    Ok(())
}

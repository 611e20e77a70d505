//! The chip's registers (data sheet of the LAN9118, "Register Map"), as far as they are used here.

use tock_registers::registers::{ReadOnly, ReadWrite, WriteOnly};
use tock_registers::{register_bitfields, register_structs};

register_structs! {
    /// What the processor sees of the chip.
    pub Registers {
        (0x00 => pub rx_data: ReadOnly<u32>),
        (0x04 => _rx_data_again),
        (0x20 => pub tx_data: WriteOnly<u32>),
        (0x24 => _tx_data_again),
        (0x40 => pub rx_status: ReadOnly<u32, RxStatus::Register>),
        (0x44 => _up_to_byte_test),
        (0x64 => pub byte_test: ReadOnly<u32>),
        (0x68 => _fifo_int),
        (0x6c => pub rx_cfg: ReadWrite<u32>),
        (0x70 => pub tx_cfg: ReadWrite<u32, TxConfig::Register>),
        (0x74 => pub hw_cfg: ReadWrite<u32, HwConfig::Register>),
        (0x78 => _rx_dp_ctrl),
        (0x7c => pub rx_fifo_inf: ReadOnly<u32, RxFifo::Register>),
        (0x80 => pub tx_fifo_inf: ReadOnly<u32, TxFifo::Register>),
        (0x84 => pub pmt_ctrl: ReadOnly<u32, Power::Register>),
        (0x88 => _up_to_free_run),
        (0x9c => pub free_run: ReadOnly<u32>),
        (0xa0 => _rx_drop),
        (0xa4 => pub mac_csr_cmd: ReadWrite<u32, MacCommand::Register>),
        (0xa8 => pub mac_csr_data: ReadWrite<u32>),
        (0xac => @END),
    }
}

register_bitfields! [u32,
    pub RxStatus [
        LENGTH OFFSET(16) NUMBITS(14) [],
        ERROR OFFSET(15) NUMBITS(1) []
    ],
    pub TxConfig [
        STATUS_OVERRUN 2,
        ON 1
    ],
    pub HwConfig [
        MUST_BE_ONE OFFSET(20) NUMBITS(1) [],
        TX_FIFO_KIB OFFSET(16) NUMBITS(4) [],
        SOFT_RESET OFFSET(0) NUMBITS(1) []
    ],
    pub RxFifo [
        STATUS_WORDS OFFSET(16) NUMBITS(8) []
    ],
    pub TxFifo [
        DATA_FREE OFFSET(0) NUMBITS(16) []
    ],
    pub Power [
        READY 0
    ],
    pub MacCommand [
        BUSY OFFSET(31) NUMBITS(1) [],
        READ OFFSET(30) NUMBITS(1) [],
        ADDRESS OFFSET(0) NUMBITS(8) []
    ]
];

/// What [`Registers::byte_test`] reads as, where there is such a chip and its bus is right.
pub const BYTE_TEST: u32 = 0x8765_4321;

/// The registers of the MAC, behind `mac_csr_cmd` and `mac_csr_data`.
#[derive(Debug, Clone, Copy)]
pub enum Mac {
    Control = 1,
    AddressHigh = 2,
    AddressLow = 3,
    MiiAccess = 6,
    MiiData = 7,
}

/// Bits of [`Mac::Control`].
pub mod control {
    pub const FULL_DUPLEX: u32 = 1 << 20;
    pub const ALL_MULTICAST: u32 = 1 << 19;
    pub const TRANSMIT: u32 = 1 << 3;
    pub const RECEIVE: u32 = 1 << 2;
}

/// The registers of the PHY (IEEE 802.3, clause 22), behind [`Mac::MiiAccess`] and [`Mac::MiiData`].
#[derive(Debug, Clone, Copy)]
pub enum Phy {
    Control = 0,
    Status = 1,
    Advertised = 4,
    Partner = 5,
}

/// Bits of the PHY's registers.
pub mod phy {
    /// Of [`super::Phy::Control`]: negotiate, and begin now.
    pub const NEGOTIATE: u16 = 1 << 12 | 1 << 9;
    /// Of [`super::Phy::Status`].
    pub const NEGOTIATED: u16 = 1 << 5;
    /// Of [`super::Phy::Advertised`]: everything up to 100 Mbit/s full duplex, IEEE 802.3.
    pub const EVERYTHING: u16 = 0x01e1;
    /// Of what both advertise: 100 Mbit/s full duplex.
    pub const FULL_100: u16 = 1 << 8;
    /// 100 Mbit/s half duplex.
    pub const HALF_100: u16 = 1 << 7;
    /// 10 Mbit/s full duplex.
    pub const FULL_10: u16 = 1 << 6;
}

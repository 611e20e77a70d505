//! An address and a length in one 64-bit value, as the packed and manifest generations pass buffers.

/// Packs an address and a length: `address << 32 | length`.
///
/// ```
/// assert_eq!(quoin_abi::packed::pack(0x10, 3), 0x10_0000_0003);
/// ```
#[must_use]
pub const fn pack(address: u32, length: u32) -> u64 {
    (address as u64) << 32 | length as u64
}

/// Unpacks what [`pack`] made: `(address, length)`.
///
/// ```
/// assert_eq!(quoin_abi::packed::unpack(0x10_0000_0003), (0x10, 3));
/// ```
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "taking the two halves is the point")]
pub const fn unpack(packed: u64) -> (u32, u32) {
    ((packed >> 32) as u32, packed as u32)
}

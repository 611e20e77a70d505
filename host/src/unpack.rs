//! What is embedded in the binary, from the form that `build.rs` has given it: the length, 4 bytes with the lowest first, and a
//! raw LZMA stream. `build.rs` has this file, too, and makes sure that what it packs can be unpacked.

use lzma_rust2::LzmaReader;
use std::io::Read as _;

/// Literal context and position bits, and position bits. Most of what is packed is WebAssembly, which is not aligned.
pub(crate) const BITS: (u32, u32, u32) = (3, 0, 0);

/// The bytes that were packed with `dictionary`, which the stream refers to as if they came before its own; nothing, where
/// the two don't belong together.
pub(crate) fn unpack(packed: &[u8], dictionary: &[u8]) -> Option<Vec<u8>> {
    let (length, stream) = packed.split_first_chunk()?;
    let length = u32::from_le_bytes(*length);
    let (lc, lp, pb) = BITS;
    let window = window(dictionary.len(), length as usize)?;
    let mut reader = LzmaReader::new(stream, length.into(), lc, lp, pb, window, Some(dictionary)).ok()?;
    let mut bytes = vec![0; length as usize];
    reader.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// How far back a stream may refer: to all that there is.
pub(crate) fn window(dictionary: usize, length: usize) -> Option<u32> {
    dictionary.checked_add(length)?.max(4096).try_into().ok()
}

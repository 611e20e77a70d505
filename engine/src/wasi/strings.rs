//! Lists of strings as `args_get` and `environ_get` hand them over.

use super::Errno;
use super::memory::{Memory, behind};
use super::outcome::Outcome;
use alloc::string::String;

/// Writes the number of strings and of all their bytes, each string with a NUL.
///
/// # Errors
///
/// `Fault`, `Overflow`.
pub(super) fn put_sizes(memory: &mut Memory<'_>, strings: &[String], count: u32, size: u32) -> Outcome {
    let total: usize = strings.iter().map(|string| string.len() + 1).sum();
    memory.put_u32(count, u32::try_from(strings.len()).map_err(|_| Errno::Overflow)?)?;
    memory.put_u32(size, u32::try_from(total).map_err(|_| Errno::Overflow)?)?;
    Ok(())
}

/// Writes each string with a NUL into `buffer`, and its address into `array`.
///
/// # Errors
///
/// `Fault`.
pub(super) fn put(memory: &mut Memory<'_>, strings: &[String], array: u32, buffer: u32) -> Outcome {
    let (mut slot, mut at) = (array, buffer);
    for string in strings {
        memory.put_u32(slot, at)?;
        memory.put(at, string.as_bytes())?;
        let len = u32::try_from(string.len()).map_err(|_| Errno::Fault)?;
        memory.put(behind(at, len)?, &[0])?;
        at = behind(at, len + 1)?;
        slot = behind(slot, 4)?;
    }
    Ok(())
}

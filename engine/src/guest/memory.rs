//! Blocks of guest memory: taken with `allocate`, given back with `deallocate` and their exact size.

use crate::failure::Failure;
use crate::guest::call::{call_u32, call_unit};
use crate::guest::state::State;
use alloc::{format, string::String, vec::Vec};
use wasmi::{AsContext, AsContextMut, Func, Memory, Val};

/// The three exports that every generation has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exports {
    pub(crate) memory: Memory,
    pub(crate) allocate: Func,
    pub(crate) deallocate: Func,
}

/// A block that `allocate` answered, with the size that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) address: u32,
    pub(crate) size: u32,
}

impl Exports {
    /// Puts bytes into a block of their own.
    pub(crate) fn put(
        &self,
        mut ctx: impl AsContextMut<Data = State>,
        bytes: &[u8],
    ) -> Result<Block, Failure> {
        let size = u32::try_from(bytes.len())
            .map_err(|_| Failure::Contract(format!("{} bytes do not fit into its memory", bytes.len())))?;
        ctx.as_context_mut().data_mut().allocating = true;
        let address = call_u32(&mut ctx, self.allocate, &[Val::I32(size.cast_signed())]);
        ctx.as_context_mut().data_mut().allocating = false;
        let address = address?;
        if address == 0 && size > 0 {
            return Err(Failure::Contract(format!("allocate({size}) answered 0: it has no memory left")));
        }
        let length = self.memory.data_size(&ctx);
        let target = range(address, size, length)
            .and_then(|range| self.memory.data_mut(&mut ctx).get_mut(range))
            .ok_or_else(|| {
                Failure::Contract(format!(
                    "allocate({size}) answered address {address:#x}, which is outside of its memory of {length} bytes"
                ))
            })?;
        target.copy_from_slice(bytes);
        Ok(Block { address, size })
    }

    /// Gives a block back.
    pub(crate) fn free(&self, ctx: impl AsContextMut<Data = State>, block: Block) -> Result<(), Failure> {
        if block.size == 0 && block.address == 0 {
            return Ok(());
        }
        call_unit(
            ctx,
            self.deallocate,
            &[Val::I32(block.address.cast_signed()), Val::I32(block.size.cast_signed())],
        )
    }
}

/// A copy of guest memory, or what is wrong with the range.
pub(crate) fn copy(
    ctx: impl AsContext<Data = State>,
    memory: Memory,
    address: u32,
    length: u32,
) -> Result<Vec<u8>, String> {
    let data = memory.data(&ctx);
    range(address, length, data.len()).and_then(|range| data.get(range)).map(<[u8]>::to_vec).ok_or_else(
        || {
            format!(
                "{length} bytes at address {address:#x} are outside of the plugin's memory of {} bytes",
                data.len()
            )
        },
    )
}

/// The range of a block, if it lies in a memory of `memory` bytes. Addresses and lengths are unsigned and never wrap.
pub(crate) fn range(address: u32, length: u32, memory: usize) -> Option<core::ops::Range<usize>> {
    let start = usize::try_from(address).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    (end <= memory).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_range_never_wraps_and_never_leaves_memory() {
        assert_eq!(range(0, 0, 0), Some(0..0));
        assert_eq!(range(60, 4, 64), Some(60..64));
        assert_eq!(range(60, 5, 64), None);
        assert_eq!(range(u32::MAX, u32::MAX, 64), None);
    }
}

//! [`Memory`]: the guest's linear memory, where every access is checked.

use super::Errno;

/// The longest path that a guest may pass, as on Linux.
pub(crate) const PATH_MAX: usize = 4096;

/// A guest's linear memory during one call. Addresses and lengths come from the guest; every access that does not
/// lie within memory answers `Fault`. Addresses need no alignment.
pub(crate) struct Memory<'a> {
    bytes: &'a mut [u8],
}

impl<'a> Memory<'a> {
    /// All of the guest's memory.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes }
    }

    /// The bytes at `ptr`.
    pub(crate) fn bytes(&self, ptr: u32, len: u32) -> Result<&[u8], Errno> {
        self.bytes.get(ptr as usize..).and_then(|rest| rest.get(..len as usize)).ok_or(Errno::Fault)
    }

    /// The bytes at `ptr`, to be changed.
    pub(crate) fn bytes_mut(&mut self, ptr: u32, len: u32) -> Result<&mut [u8], Errno> {
        self.bytes.get_mut(ptr as usize..).and_then(|rest| rest.get_mut(..len as usize)).ok_or(Errno::Fault)
    }

    /// Whether an array of `count` elements of `size` bytes lies within memory.
    pub(crate) fn check(&self, ptr: u32, count: u32, size: u32) -> Result<(), Errno> {
        let len = count.checked_mul(size).ok_or(Errno::Fault)?;
        self.bytes(ptr, len).map(|_| ())
    }

    /// A path: not empty, UTF-8, no NUL.
    pub(crate) fn path(&self, ptr: u32, len: u32) -> Result<&str, Errno> {
        let bytes = self.bytes(ptr, len)?;
        if bytes.len() > PATH_MAX {
            return Err(Errno::Nametoolong);
        }
        if bytes.is_empty() {
            return Err(Errno::Noent);
        }
        let path = core::str::from_utf8(bytes).map_err(|_| Errno::Ilseq)?;
        if path.contains('\0') { Err(Errno::Inval) } else { Ok(path) }
    }

    fn array<const N: usize>(&self, ptr: u32) -> Result<[u8; N], Errno> {
        self.bytes.get(ptr as usize..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(Errno::Fault)
    }

    /// One byte.
    pub(crate) fn u8(&self, ptr: u32) -> Result<u8, Errno> {
        self.array::<1>(ptr).map(|[byte]| byte)
    }

    /// A little-endian integer.
    pub(crate) fn u16(&self, ptr: u32) -> Result<u16, Errno> {
        self.array(ptr).map(u16::from_le_bytes)
    }

    /// A little-endian integer.
    pub(crate) fn u32(&self, ptr: u32) -> Result<u32, Errno> {
        self.array(ptr).map(u32::from_le_bytes)
    }

    /// A little-endian integer.
    pub(crate) fn u64(&self, ptr: u32) -> Result<u64, Errno> {
        self.array(ptr).map(u64::from_le_bytes)
    }

    /// Writes bytes.
    pub(crate) fn put(&mut self, ptr: u32, bytes: &[u8]) -> Result<(), Errno> {
        let len = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.bytes_mut(ptr, len)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes a little-endian integer.
    pub(crate) fn put_u32(&mut self, ptr: u32, value: u32) -> Result<(), Errno> {
        self.put(ptr, &value.to_le_bytes())
    }

    /// Writes a little-endian integer.
    pub(crate) fn put_u64(&mut self, ptr: u32, value: u64) -> Result<(), Errno> {
        self.put(ptr, &value.to_le_bytes())
    }
}

/// The address `offset` bytes behind `ptr`.
pub(crate) fn behind(ptr: u32, offset: u32) -> Result<u32, Errno> {
    ptr.checked_add(offset).ok_or(Errno::Fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn accesses_end_where_memory_ends() {
        let mut bytes = vec![7; 16];
        let mut memory = Memory::new(&mut bytes);
        assert_eq!(memory.bytes(8, 8).unwrap().len(), 8);
        assert_eq!(memory.bytes(16, 0).unwrap().len(), 0);
        assert_eq!(memory.bytes(8, 9), Err(Errno::Fault));
        assert_eq!(memory.bytes(17, 0), Err(Errno::Fault));
        assert_eq!(memory.bytes(u32::MAX, u32::MAX), Err(Errno::Fault));
        assert_eq!(memory.u64(9), Err(Errno::Fault));
        assert_eq!(memory.put_u32(13, 1), Err(Errno::Fault));
        assert_eq!(memory.check(0, 0x4000_0000, 8), Err(Errno::Fault));
        assert_eq!(memory.u16(14), Ok(0x0707));
    }

    #[test]
    fn a_path_is_text_without_nul() {
        let mut bytes = b"/etc\0\xff".to_vec();
        let memory = Memory::new(&mut bytes);
        assert_eq!(memory.path(0, 4), Ok("/etc"));
        assert_eq!(memory.path(0, 0), Err(Errno::Noent));
        assert_eq!(memory.path(0, 5), Err(Errno::Inval));
        assert_eq!(memory.path(0, 6), Err(Errno::Ilseq));
        let mut long = vec![b'a'; PATH_MAX + 1];
        assert_eq!(Memory::new(&mut long).path(0, 4097), Err(Errno::Nametoolong));
    }
}

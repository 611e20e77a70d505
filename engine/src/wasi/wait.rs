//! Waiting for files, never past the deadline.

use super::Errno;
use super::memory::{Memory, behind};
use super::outcome::Outcome;
use crate::guest::state::State;
use crate::system::{File, Interest};

/// The most bytes that go in one step between two looks at the clock.
pub(super) const CHUNK: u32 = 256 << 10;

/// Waits until a file can be read or written.
///
/// # Errors
///
/// A trap where the deadline passes.
pub(super) fn until_ready(state: &State, file: &dyn File, write: bool) -> Outcome {
    let system = state.host.system();
    let left = state.deadline.at().saturating_sub(system.monotonic());
    match system.wait(&[Interest { file, write }], left) {
        Ok(_) | Err(Errno::Intr) => Ok(state.check_deadline()?),
        Err(errno) => Err(errno.into()),
    }
}

/// Whether a file is read or written, and how it waits.
#[derive(Clone, Copy)]
pub(super) struct Transfer<'a> {
    /// The file.
    pub(super) file: &'a dyn File,
    /// Whether it is written.
    pub(super) write: bool,
    /// Whether it answers `Again` instead of waiting.
    pub(super) nonblock: bool,
    /// Where in the file, instead of at its position.
    pub(super) offset: Option<u64>,
}

impl Transfer<'_> {
    fn step(&self, bytes: &mut [u8], done: u32) -> Result<usize, Errno> {
        let at = |offset: u64| offset.checked_add(u64::from(done)).ok_or(Errno::Inval);
        match (self.write, self.offset) {
            (false, None) => self.file.read(bytes),
            (false, Some(offset)) => self.file.read_at(bytes, at(offset)?),
            (true, None) => self.file.write(bytes),
            (true, Some(offset)) => self.file.write_at(bytes, at(offset)?),
        }
    }

    /// Moves bytes between the file and the parts of memory, until all are full or the file has or takes no more for
    /// now; answers how many.
    ///
    /// # Errors
    ///
    /// What the system says before the first byte has moved; a trap where the deadline passes.
    pub(super) fn run(self, state: &State, memory: &mut Memory<'_>, parts: &[(u32, u32)]) -> Outcome<u32> {
        let mut done = 0;
        for (ptr, len) in parts {
            let mut moved = 0;
            while moved < *len {
                let size = CHUNK.min(len - moved);
                let bytes = memory.bytes_mut(behind(*ptr, moved)?, size)?;
                match self.step(bytes, done) {
                    Ok(count) => {
                        let count = u32::try_from(count).unwrap_or(size).min(size);
                        moved += count;
                        done += count;
                        if count < size {
                            return Ok(done);
                        }
                        if size == CHUNK {
                            state.check_deadline()?;
                        }
                    }
                    Err(Errno::Intr) => state.check_deadline()?,
                    Err(_) if done > 0 => return Ok(done),
                    Err(Errno::Again) if !self.nonblock => until_ready(state, self.file, self.write)?,
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
        Ok(done)
    }
}

//! Waiting for a socket, no longer than until the deadline or an interrupt.

use super::{KernelStack, errno};
use crate::{Cancel, Deadline, Error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;

impl KernelStack {
    /// Waits until `fd` is ready for `events`, or failed.
    pub(super) fn ready(
        &self,
        fd: BorrowedFd<'_>,
        events: PollFlags,
        deadline: Deadline,
    ) -> Result<(), Error> {
        loop {
            let left = self.go_on(deadline)?.min(Cancel::SLICE);
            // The conversion fails for no time as short as a slice.
            let timeout = Timespec::try_from(left).unwrap_or_default();
            match poll(&mut [PollFd::from_borrowed_fd(fd, events)], Some(&timeout)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(errno::error(error)),
            }
        }
    }

    /// Calls until it does not say that it would have to wait.
    pub(super) fn retry<T>(
        &self,
        fd: BorrowedFd<'_>,
        events: PollFlags,
        deadline: Deadline,
        mut call: impl FnMut() -> Result<T, Errno>,
    ) -> Result<T, Error> {
        loop {
            self.go_on(deadline)?;
            match call() {
                Ok(done) => return Ok(done),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.ready(fd, events, deadline)?,
                Err(error) => return Err(errno::error(error)),
            }
        }
    }
}

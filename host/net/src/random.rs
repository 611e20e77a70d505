//! The system's randomness: source ports, DNS ids and sequence numbers are not to be predicted.

use crate::{Code, Error};
use alloc::format;
use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};
use std::io::Read as _;

/// Fills `bytes`: getrandom(2), or where there is none, `/dev/urandom`.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    let mut filled = 0;
    while filled < bytes.len() {
        match getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(Errno::INTR) => {}
            // Linux before 3.17 does not have it, and some sandboxes refuse it.
            Err(_) => {
                return std::fs::File::open("/dev/urandom")
                    .and_then(|mut device| device.read_exact(&mut bytes[filled..]))
                    .map_err(|error| Error::new(Code::Other, format!("/dev/urandom: {error}")));
            }
        }
    }
    Ok(())
}

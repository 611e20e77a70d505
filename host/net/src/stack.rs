//! [`Stack`] and [`Stream`]: all that protocols need from what carries them.

use crate::{Deadline, Error, Instant};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// A network stack: the kernel's sockets, or smoltcp on a device.
///
/// One value serves many connections at the same time. Both stacks answer the same failure with the same
/// [`Code`](crate::Code).
pub trait Stack {
    /// Now, on the clock that deadlines are on.
    fn now(&self) -> Instant;

    /// Fills `bytes` with what nobody can predict.
    ///
    /// # Errors
    ///
    /// Where the system has no randomness to give.
    fn random(&self, bytes: &mut [u8]) -> Result<(), Error>;

    /// Connects to a TCP port. `deadline` is that of the connection and of everything that is done with the stream.
    ///
    /// # Errors
    ///
    /// Refused, reset, timed out, unreachable, or no resources left.
    fn connect(&self, to: SocketAddr, deadline: Deadline) -> Result<Box<dyn Stream + '_>, Error> {
        self.connect_by(to, deadline, deadline)
    }

    /// As [`Stack::connect`], but gives up on connecting at `connected`, if that comes before `deadline`: so that one address
    /// that does not answer leaves time for the next.
    ///
    /// # Errors
    ///
    /// As [`Stack::connect`].
    fn connect_by(
        &self,
        to: SocketAddr,
        connected: Deadline,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + '_>, Error>;

    /// Sends a datagram from an unpredictable port, and waits for the one that answers it: `accept` is shown each
    /// datagram that comes to that port from `to`, and says whether that is it.
    ///
    /// # Errors
    ///
    /// Refused (ICMP port unreachable), timed out, unreachable, or no resources left.
    fn exchange(
        &self,
        to: SocketAddr,
        datagram: &[u8],
        deadline: Deadline,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error>;

    /// The name servers that the stack itself was told of: by its options, DHCP or router advertisements. The kernel's stack
    /// knows none; its system's configuration does.
    fn name_servers(&self) -> Vec<IpAddr>;
}

/// A TCP connection. It closes when it is dropped.
///
/// Reading answers 0 at the end of what the peer sends. Both reading and writing wait, until the deadline that the
/// connection was made with.
pub trait Stream: embedded_io::ErrorType<Error = Error> + embedded_io::Read + embedded_io::Write {
    /// Our end.
    fn local_addr(&self) -> SocketAddr;

    /// The peer's.
    fn peer_addr(&self) -> SocketAddr;
}

//! [`Session`]: rustls over a [`Stream`], and a [`Stream`] itself.

use super::alert;
use crate::{Code, Error, Stream};
use alloc::boxed::Box;
use core::net::SocketAddr;
use rustls::ClientConnection;
use std::io;

/// A TLS session over a stream.
///
/// The peer's close_notify is the stream's end. Its absence is [`Code::UnexpectedEnd`]: what was read may lack its end.
pub(super) struct Session<'a> {
    tls: ClientConnection,
    below: Below<'a>,
}

impl<'a> Session<'a> {
    /// A session that has not begun.
    pub(super) fn new(tls: ClientConnection, below: Box<dyn Stream + 'a>) -> Self {
        Self { tls, below: Below { stream: below, failed: false } }
    }

    /// What rustls knows.
    pub(super) fn tls(&self) -> &ClientConnection {
        &self.tls
    }

    /// Carries out the handshake.
    pub(super) fn handshake(&mut self) -> Result<(), Error> {
        self.send()?;
        while self.tls.is_handshaking() {
            if self.receive()? == 0 {
                self.below.failed = true;
                return Err(Error::new(
                    Code::UnexpectedEnd,
                    "the peer closes the connection in the TLS handshake: it may not speak TLS on this port, or no version from 1.2 on",
                ));
            }
            self.send()?;
        }
        Ok(())
    }

    /// Sends what rustls has to send.
    fn send(&mut self) -> Result<(), Error> {
        if !self.tls.wants_write() {
            return Ok(());
        }
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.below).map_err(ours)?;
        }
        self.below.stream.flush()
    }

    /// Receives once, and answers how many bytes of TLS that were. A failure is told to the peer.
    fn receive(&mut self) -> Result<usize, Error> {
        let received = self.tls.read_tls(&mut self.below).map_err(ours)?;
        if let Err(error) = self.tls.process_new_packets() {
            // The alert that says why; if it can't be sent, the reason is the same.
            let _ = self.send();
            self.below.failed = true;
            return Err(alert::error(error));
        }
        Ok(received)
    }
}

/// rustls takes the standard library's traits, and passes errors through.
struct Below<'a> {
    stream: Box<dyn Stream + 'a>,
    failed: bool,
}

impl Below<'_> {
    fn theirs(&mut self, error: Error) -> io::Error {
        self.failed = true;
        io::Error::other(error)
    }
}

impl io::Read for Below<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer).map_err(|error| self.theirs(error))
    }
}

impl io::Write for Below<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.stream.write(bytes) {
            Ok(0) => Err(self.theirs(Code::Other.into())),
            Ok(written) => Ok(written),
            Err(error) => Err(self.theirs(error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The stream's error, which went through rustls. What rustls itself says here is that its buffer is full: the peer sent
/// more than it should.
fn ours(error: io::Error) -> Error {
    error.downcast().unwrap_or_else(|_| Error::new(Code::Protocol, "the peer breaks the rules of TLS"))
}

impl embedded_io::ErrorType for Session<'_> {
    type Error = Error;
}

impl embedded_io::Read for Session<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        loop {
            match io::Read::read(&mut self.tls.reader(), buffer) {
                Ok(length) => return Ok(length),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => {
                    return Err(Error::new(
                        Code::UnexpectedEnd,
                        "the connection ended without TLS's close_notify: what came may not be all",
                    ));
                }
            }
            self.receive()?;
            self.send()?;
        }
    }
}

impl embedded_io::Write for Session<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let written = io::Write::write(&mut self.tls.writer(), bytes).map_err(ours)?;
        self.send()?;
        Ok(written)
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.send()?;
        self.below.stream.flush()
    }
}

impl Stream for Session<'_> {
    fn local_addr(&self) -> SocketAddr {
        self.below.stream.local_addr()
    }

    fn peer_addr(&self) -> SocketAddr {
        self.below.stream.peer_addr()
    }
}

impl Drop for Session<'_> {
    /// Says goodbye, and does not wait for the answer.
    fn drop(&mut self) {
        if !self.below.failed {
            self.tls.send_close_notify();
            let _ = self.send();
        }
    }
}

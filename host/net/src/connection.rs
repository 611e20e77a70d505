//! [`Connection`]: a stream, with what it has given and nobody has taken yet.

use crate::{Code, Deadline, Error, Stack, Stream};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::SocketAddr;

/// A stream, with what it has given and nobody has taken yet. How much that may be is up to who calls
/// [`fill`](Self::fill).
pub(crate) struct Connection<'a> {
    stream: Box<dyn Stream + 'a>,
    stack: &'a dyn Stack,
    deadline: Deadline,
    buffer: Vec<u8>,
    taken: usize,
}

impl<'a> Connection<'a> {
    pub fn new(stream: Box<dyn Stream + 'a>, stack: &'a dyn Stack, deadline: Deadline) -> Self {
        Self { stream, stack, deadline, buffer: Vec::new(), taken: 0 }
    }

    /// What has come and was not taken.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.taken..]
    }

    /// Takes so many of [`bytes`](Self::bytes), which has them.
    pub fn take(&mut self, count: usize) {
        self.taken += count;
        debug_assert!(self.taken <= self.buffer.len());
    }

    /// Waits for more bytes, at most so many, and answers how many came: 0 at the end of what the peer sends.
    pub fn fill(&mut self, at_most: usize) -> Result<usize, Error> {
        // A peer that never pauses must not outlast the deadline either.
        self.deadline.left(self.stack.now())?;
        self.buffer.drain(..self.taken);
        self.taken = 0;
        let before = self.buffer.len();
        self.buffer.resize(before + at_most, 0);
        let read = self.stream.read(&mut self.buffer[before..]);
        self.buffer.truncate(before + *read.as_ref().unwrap_or(&0));
        read
    }

    /// Sends all of it.
    pub fn send(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            self.deadline.left(self.stack.now())?;
            match self.stream.write(bytes)? {
                0 => return Err(Error::new(Code::UnexpectedEnd, "the peer takes no more bytes")),
                sent => bytes = &bytes[sent..],
            }
        }
        self.stream.flush()
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr()
    }

    pub fn peer_addr(&self) -> SocketAddr {
        self.stream.peer_addr()
    }

    /// The stream, without what was not taken.
    pub fn into_stream(self) -> Box<dyn Stream + 'a> {
        self.stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Event, ScriptStack};
    use core::time::Duration;

    #[test]
    fn bytes_stay_until_they_are_taken() {
        let stack = ScriptStack::new();
        let server = "192.0.2.1:80".parse().unwrap();
        stack.serve(server, || {
            vec![Event::Send(b"abcdef".into()), Event::Send(b"g".into()), Event::Wait(Duration::from_secs(2))]
        });
        let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
        let mut connection = Connection::new(stack.connect(server, deadline).unwrap(), &stack, deadline);
        assert_eq!((connection.fill(4), connection.bytes()), (Ok(4), &b"abcd"[..]));
        connection.take(1);
        assert_eq!((connection.fill(4), connection.bytes()), (Ok(2), &b"bcdef"[..]));
        connection.take(5);
        assert_eq!((connection.fill(4), connection.bytes()), (Ok(1), &b"g"[..]));
        assert_eq!(connection.fill(1).unwrap_err().code(), Code::TimedOut);
        assert_eq!(connection.bytes(), b"g");
        assert_eq!(connection.fill(1).unwrap_err().code(), Code::TimedOut);
        assert_eq!(connection.send(b"x").unwrap_err().code(), Code::TimedOut);
    }
}

//! [`Content`]: a response's content, read within limits.

use super::Limits;
use super::chunked::{Chunked, Piece};
use super::head::{Field, Framing};
use crate::connection::Connection;
use crate::{Code, Error};
use alloc::format;
use alloc::vec::Vec;

/// What a stream is asked for at once while content comes.
const AT_ONCE: usize = 16 << 10;

/// A response's content.
#[derive(Default)]
pub(super) struct Content {
    pub bytes: Vec<u8>,
    /// There is more, which was not read.
    pub truncated: bool,
    pub trailers: Vec<Field>,
}

impl Content {
    /// Reads it to its end, or until there is more than `limits.body_bytes`.
    ///
    /// # Errors
    ///
    /// [`Code::UnexpectedEnd`] where the peer ends the connection earlier than it said.
    pub fn read(connection: &mut Connection<'_>, framing: Framing, limits: &Limits) -> Result<Self, Error> {
        let mut content = Self::default();
        match framing {
            Framing::Nothing => Ok(()),
            Framing::Length(length) => content.read_length(connection, length, limits),
            Framing::Chunked => content.read_chunks(connection, limits),
            Framing::Close => content.read_all(connection, limits),
        }?;
        Ok(content)
    }

    fn read_length(
        &mut self,
        connection: &mut Connection<'_>,
        length: u64,
        limits: &Limits,
    ) -> Result<(), Error> {
        let whole = usize::try_from(length).ok().filter(|whole| *whole <= limits.body_bytes);
        self.truncated = whole.is_none();
        let wanted = whole.unwrap_or(limits.body_bytes);
        loop {
            let here = connection.bytes().len().min(wanted - self.bytes.len());
            self.append(&connection.bytes()[..here], limits)?;
            connection.take(here);
            if self.bytes.len() == wanted {
                return Ok(());
            }
            if connection.fill(AT_ONCE)? == 0 {
                let message =
                    format!("the server ended the connection after {} of {length} bytes", self.bytes.len());
                return Err(Error::new(Code::UnexpectedEnd, message));
            }
        }
    }

    fn read_chunks(&mut self, connection: &mut Connection<'_>, limits: &Limits) -> Result<(), Error> {
        let mut chunked = Chunked::default();
        loop {
            let taken = match chunked.next(connection.bytes(), limits)? {
                Piece::Framing(length) => length,
                Piece::Content(piece) => {
                    self.append(piece, limits)?;
                    if self.truncated {
                        return Ok(());
                    }
                    piece.len()
                }
                Piece::End(trailers) => {
                    self.trailers = trailers;
                    return Ok(());
                }
                Piece::More => {
                    if connection.fill(AT_ONCE)? == 0 {
                        let message = "the server ended the connection before the last chunk";
                        return Err(Error::new(Code::UnexpectedEnd, message));
                    }
                    0
                }
            };
            connection.take(taken);
        }
    }

    fn read_all(&mut self, connection: &mut Connection<'_>, limits: &Limits) -> Result<(), Error> {
        loop {
            self.append(connection.bytes(), limits)?;
            connection.take(connection.bytes().len());
            if self.truncated || connection.fill(AT_ONCE)? == 0 {
                return Ok(());
            }
        }
    }

    /// Takes as much of a piece as the limit leaves room for.
    fn append(&mut self, piece: &[u8], limits: &Limits) -> Result<(), Error> {
        let room = limits.body_bytes - self.bytes.len();
        self.truncated |= piece.len() > room;
        let piece = &piece[..piece.len().min(room)];
        if self.bytes.capacity() - self.bytes.len() < piece.len() {
            // Twice as much each time, and never more than may come.
            let more = piece.len().max(self.bytes.len()).min(room);
            self.bytes
                .try_reserve_exact(more)
                .map_err(|_| Error::new(Code::Exhausted, "no memory is left for the response's content"))?;
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }
}

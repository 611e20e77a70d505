//! [`Chunked`]: content in chunks, with trailers behind them (RFC 9112 section 7.1).

use super::Limits;
use super::head::{Field, Section, trailers};
use crate::excerpt::excerpt;
use crate::{Code, Error};
use alloc::format;
use alloc::vec::Vec;
use httparse::Status;

/// Takes chunks apart. It holds nothing: what is not decoded yet stays with the caller.
#[derive(Default)]
pub(super) struct Chunked {
    state: State,
}

#[derive(Default)]
enum State {
    /// A chunk's size comes next.
    #[default]
    Size,
    /// So many bytes of the chunk are left.
    Data(u64),
    /// The end of the chunk's line.
    DataEnd,
    Trailers(Section),
}

/// What stands at the front of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'i> {
    /// So many bytes that are no content.
    Framing(usize),
    /// Content, which is not empty.
    Content(&'i [u8]),
    /// The end, and the fields that came with it.
    End(Vec<Field>),
    /// More input is needed to tell.
    More,
}

impl Chunked {
    /// Reads what is at the front of `input`, which the caller then takes away. After [`Piece::More`] it is called with the same
    /// input and more behind it.
    ///
    /// # Errors
    ///
    /// Where the input is not in chunks, or a line or the trailers are longer than `limits.head_bytes`.
    pub fn next<'i>(&mut self, input: &'i [u8], limits: &Limits) -> Result<Piece<'i>, Error> {
        match &mut self.state {
            State::Size => {
                let malformed = || {
                    let message = format!("the response's content is not in chunks: {}", excerpt(input));
                    Error::new(Code::Protocol, message)
                };
                // `parse_chunk_size` reads no digits as 0.
                if input.first().is_some_and(|b| !b.is_ascii_hexdigit()) {
                    return Err(malformed());
                }
                // However the input comes, a line is too long from the same byte on.
                let line = &input[..input.len().min(limits.head_bytes)];
                match httparse::parse_chunk_size(line).map_err(|_| malformed())? {
                    Status::Partial => within(input, limits, "a chunk's size with its extensions"),
                    Status::Complete((length, size)) => {
                        self.state = match size {
                            0 => State::Trailers(Section::default()),
                            size => State::Data(size),
                        };
                        Ok(Piece::Framing(length))
                    }
                }
            }
            State::Data(_) if input.is_empty() => Ok(Piece::More),
            State::Data(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                *left -= here as u64;
                if *left == 0 {
                    self.state = State::DataEnd;
                }
                Ok(Piece::Content(&input[..here]))
            }
            State::DataEnd => match input {
                [b'\r', b'\n', ..] => {
                    self.state = State::Size;
                    Ok(Piece::Framing(2))
                }
                [] | [b'\r'] => Ok(Piece::More),
                _ => Err(Error::new(
                    Code::Protocol,
                    "a chunk of the response's content is longer than it says",
                )),
            },
            State::Trailers(section) => {
                let end = match input {
                    [b'\r', b'\n', ..] => Some(2),
                    _ => section.end(input),
                };
                match end {
                    Some(end) if end <= limits.head_bytes => trailers(&input[..end], limits).map(Piece::End),
                    _ => within(input, limits, "the trailer section"),
                }
            }
        }
    }
}

fn within<'i>(input: &[u8], limits: &Limits, what: &str) -> Result<Piece<'i>, Error> {
    if input.len() < limits.head_bytes {
        return Ok(Piece::More);
    }
    Err(Error::new(Code::TooLarge, format!("{what} is longer than {} bytes", limits.head_bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    /// Decodes `text` as it comes in pieces of `split` bytes.
    fn decode(text: &str, split: usize) -> Result<(String, Vec<Field>), Option<Code>> {
        let (mut chunked, mut content) = (Chunked::default(), Vec::new());
        let limits = Limits { head_bytes: 40, ..Limits::default() };
        let mut input = Vec::new();
        for bytes in text.as_bytes().chunks(split) {
            input.extend(bytes);
            loop {
                let taken = match chunked.next(&input, &limits).map_err(|error| Some(error.code()))? {
                    Piece::Framing(length) => length,
                    Piece::Content(piece) => {
                        content.extend(piece);
                        piece.len()
                    }
                    Piece::End(trailers) => return Ok((String::from_utf8(content).unwrap(), trailers)),
                    Piece::More => break,
                };
                input.drain(..taken);
            }
        }
        Err(None)
    }

    #[test]
    fn chunks_however_they_are_split() {
        for split in 1..40 {
            for (text, content, trailer) in [
                ("0\r\n\r\n", "", None),
                ("3\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\nrest", "abc0123456789", None),
                ("3;x=\"\n;\"\r\na\r\n\r\n0 ;y\r\n\r\n", "a\r\n", None),
                ("1\r\na\r\n0\r\nT: v\r\n\r\n", "a", Some("v")),
            ] {
                let (found, trailers) = decode(text, split).unwrap();
                assert_eq!(found, content, "{text:?} {split}");
                assert_eq!(trailers.first().map(|field| field.1.as_str()), trailer, "{text:?} {split}");
            }
        }
    }

    #[test]
    fn what_is_not_in_chunks() {
        let long = format!("0\r\n{}", "T: v\r\n".repeat(8));
        let extended = format!("1;{}", "x".repeat(50));
        for split in [1, 2, 1000] {
            for (text, code) in [
                ("\r\n", Some(Code::Protocol)),
                (";x\r\n", Some(Code::Protocol)),
                ("-1\r\n", Some(Code::Protocol)),
                ("+1\r\n", Some(Code::Protocol)),
                ("0x1\r\n", Some(Code::Protocol)),
                ("1\n", Some(Code::Protocol)),
                ("1 2\r\n", Some(Code::Protocol)),
                ("11111111111111111\r\n", Some(Code::Protocol)),
                ("1\r\nab\r\n", Some(Code::Protocol)),
                ("1\r\na\n0\r\n\r\n", Some(Code::Protocol)),
                ("0\r\nno trailer\r\n\r\n", Some(Code::Protocol)),
                (&long, Some(Code::TooLarge)),
                (&extended, Some(Code::TooLarge)),
                ("ffffffffffffffff\r\nabc", None),
                ("1\r\na\r\n", None),
                ("0\r\n", None),
                ("0\r\nT: v\r\n", None),
            ] {
                assert_eq!(decode(text, split).unwrap_err(), code, "{text:?} {split}");
            }
        }
    }
}

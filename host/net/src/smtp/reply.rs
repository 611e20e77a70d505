//! [`Reply`]: what a server answers (RFC 5321 section 4.2).

use super::Limits;
use crate::connection::Connection;
use crate::excerpt::excerpt;
use crate::{Code, Error};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What a stream is asked for at once.
const AT_ONCE: usize = 1 << 10;

/// A reply of one or more lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The lines behind their codes. There is at least one.
    pub lines: Vec<String>,
}

impl Reply {
    /// Reads a reply, and nothing behind it.
    pub fn read(connection: &mut Connection<'_>, limits: &Limits) -> Result<Self, Error> {
        let (mut code, mut lines, mut length) = (None, Vec::new(), 0);
        loop {
            let (taken, line) = read_line(connection, limits)?;
            length += taken;
            if length > limits.reply_bytes {
                let message = format!("the server's reply has more than {} bytes", limits.reply_bytes);
                return Err(Error::new(Code::TooLarge, message));
            }
            if code.is_some_and(|code| code != line.code) {
                return Err(Error::new(
                    Code::Protocol,
                    "the lines of the server's reply differ in their codes",
                ));
            }
            code = Some(line.code);
            lines.push(line.text);
            if line.last {
                return Ok(Self { code: line.code, lines });
            }
        }
    }

    /// The reply as it came, line by line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            let more = index + 1 < self.lines.len();
            text.push_str(&format!("{}{}{line}", self.code, if more { '-' } else { ' ' }));
            if more {
                text.push('\n');
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// That the reply is the one that goes on.
    ///
    /// # Errors
    ///
    /// [`Code::ServerRefused`] where the server refuses `what`, [`Code::Protocol`] where its reply makes no sense.
    pub fn expect(self, code: u16, what: &str) -> Result<Self, Error> {
        if self.code == code {
            return Ok(self);
        }
        let text = excerpt(self.text().as_bytes());
        Err(match self.code {
            400.. => Error::new(Code::ServerRefused, format!("the server refuses {what}: {text}")),
            _ => Error::new(
                Code::Protocol,
                format!("the server answers {text} to {what}, where {code} is meant to come"),
            ),
        })
    }
}

struct Line {
    code: u16,
    text: String,
    last: bool,
}

/// Reads one line, and answers how many bytes it had.
fn read_line(connection: &mut Connection<'_>, limits: &Limits) -> Result<(usize, Line), Error> {
    loop {
        let bytes = connection.bytes();
        begins(bytes)?;
        match bytes.iter().position(|b| *b == b'\n') {
            Some(end) if end < limits.line_bytes => {
                let line = parse(&bytes[..end])?;
                connection.take(end + 1);
                return Ok((end + 1, line));
            }
            None if bytes.len() < limits.line_bytes => {}
            _ => {
                let message =
                    format!("a line of the server's reply has more than {} bytes", limits.line_bytes);
                return Err(Error::new(Code::TooLarge, message));
            }
        }
        if connection.fill(AT_ONCE)? == 0 {
            let message = match connection.bytes() {
                [] => "the server ended the connection".into(),
                bytes => format!("the server ended the connection within a line: {}", excerpt(bytes)),
            };
            return Err(Error::new(Code::UnexpectedEnd, message));
        }
    }
}

/// Whether these can be the first bytes of a line: another protocol's have no end to wait for.
fn begins(bytes: &[u8]) -> Result<(), Error> {
    let code = bytes.iter().take(3).enumerate().all(|(at, b)| match at {
        0 => (b'2'..=b'5').contains(b),
        _ => b.is_ascii_digit(),
    });
    if code && bytes.get(3).is_none_or(|b| matches!(b, b' ' | b'-' | b'\r' | b'\n')) {
        return Ok(());
    }
    Err(malformed(bytes))
}

/// Reads a line without its line feed. Servers that end lines without a carriage return are understood.
fn parse(line: &[u8]) -> Result<Line, Error> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (code, rest) = line.split_at_checked(3).ok_or_else(|| malformed(line))?;
    let code =
        core::str::from_utf8(code).ok().and_then(|code| code.parse().ok()).ok_or_else(|| malformed(line))?;
    let text = String::from_utf8_lossy(rest.get(1..).unwrap_or_default()).into_owned();
    Ok(Line { code, text, last: rest.first() != Some(&b'-') })
}

fn malformed(bytes: &[u8]) -> Error {
    Error::new(Code::Protocol, format!("the server says {}, which is no reply of SMTP", excerpt(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Event, ScriptStack};
    use crate::{Deadline, Stack};
    use core::time::Duration;

    fn read(text: &[u8], split: usize) -> Result<(Reply, Vec<u8>), Error> {
        let stack = ScriptStack::new();
        stack.split(split);
        let server = "192.0.2.1:25".parse().unwrap();
        let bytes = text.to_vec();
        stack.serve(server, move || vec![Event::Send(bytes.clone()), Event::Close]);
        let deadline = Deadline::after(stack.now(), Duration::from_secs(1));
        let mut connection = Connection::new(stack.connect(server, deadline)?, &stack, deadline);
        let limits = Limits { line_bytes: 30, reply_bytes: 60 };
        let reply = Reply::read(&mut connection, &limits)?;
        Ok((reply, connection.bytes().to_vec()))
    }

    #[test]
    fn replies_however_they_are_split() {
        for split in 0..20 {
            for (text, code, lines) in [
                ("220 mail\r\n", 220, &["mail"][..]),
                ("220\r\n", 220, &[""]),
                ("220 \n", 220, &[""]),
                ("250-a\r\n250-b c\r\n250 d\r\n", 250, &["a", "b c", "d"]),
                ("250-\r\n250\r\n", 250, &["", ""]),
                ("550  a-\r\n", 550, &[" a-"]),
            ] {
                let (reply, _) = read(text.as_bytes(), split).unwrap();
                assert_eq!(
                    (reply.code, reply.lines),
                    (code, lines.iter().map(|line| (*line).into()).collect())
                );
            }
        }
        let (reply, rest) = read(b"220 a\xff\r\n220 next\r\n", 0).unwrap();
        assert_eq!((reply.lines[0].as_str(), rest.as_slice()), ("a\u{fffd}", &b"220 next\r\n"[..]));
    }

    #[test]
    fn what_is_no_reply() {
        for split in [0, 1, 3] {
            for (text, code) in [
                (&b"SSH-2.0-x\r\n"[..], Code::Protocol),
                (b"\x15\x03\x01", Code::Protocol),
                (b"\r\n", Code::Protocol),
                (b"22\r\n", Code::Protocol),
                (b"2200 a\r\n", Code::Protocol),
                (b"120 a\r\n", Code::Protocol),
                (b"620 a\r\n", Code::Protocol),
                (b"220_a\r\n", Code::Protocol),
                (b"220-a\r\n221 b\r\n", Code::Protocol),
                (b"220-a\r\nb\r\n", Code::Protocol),
                (b"", Code::UnexpectedEnd),
                (b"220 a", Code::UnexpectedEnd),
                (b"220-a\r\n", Code::UnexpectedEnd),
                (b"220 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Code::TooLarge),
                (b"220 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", Code::TooLarge),
                (
                    b"220-aaaaaaaaaaaaaaaaa\r\n220-aaaaaaaaaaaaaaaaa\r\n220-aaaaaaaaaaaaaaaaa\r\n220 a\r\n",
                    Code::TooLarge,
                ),
            ] {
                assert_eq!(read(text, split).unwrap_err().code(), code, "{} {split}", text.escape_ascii());
            }
        }
    }
}

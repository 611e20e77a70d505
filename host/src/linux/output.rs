//! [`Output`]: what a command writes, read without waiting and kept up to a limit.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::OFlags;
use std::io;

/// Read calls for one turn, after which the other output and the clock have theirs.
const READS: usize = 32;

const BLOCK: usize = 8 << 10;

/// One of a command's two outputs.
#[derive(Debug)]
pub(crate) struct Output {
    pipe: Option<OwnedFd>,
    bytes: Vec<u8>,
    limit: usize,
    truncated: bool,
}

impl Output {
    /// Reads `pipe`, whose other end the command has, and keeps the first `limit` bytes.
    pub(crate) fn new(pipe: OwnedFd, limit: usize) -> io::Result<Self> {
        rustix::fs::fcntl_setfl(&pipe, rustix::fs::fcntl_getfl(&pipe)? | OFlags::NONBLOCK)?;
        Ok(Self { pipe: Some(pipe), bytes: Vec::new(), limit, truncated: false })
    }

    /// What to wait for; `None` once everyone who could write has closed it.
    pub(crate) fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Reads what is there, for one turn. What is over the limit is thrown away rather than left in the pipe, so that the
    /// command runs to its end and its exit status means something.
    pub(crate) fn read(&mut self) {
        let mut block = [0; BLOCK];
        for _ in 0..READS {
            let Some(pipe) = &self.pipe else { return };
            match rustix::io::read(pipe, &mut block) {
                Err(rustix::io::Errno::AGAIN) => return,
                Err(rustix::io::Errno::INTR) => {}
                Ok(0) | Err(_) => self.pipe = None,
                Ok(n) => self.keep(&block[..n]),
            }
        }
    }

    /// Reads what is still in the pipe after the command has ended. A pipe holds 1 MiB at most, unless root has
    /// made it larger; a background process that escaped its group and goes on writing is not listened to for longer.
    pub(crate) fn read_rest(&mut self) {
        for _ in 0..(1 << 20) / (READS * BLOCK) + 1 {
            self.read();
        }
        self.pipe = None;
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.limit - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.truncated |= room < bytes.len();
    }

    /// The text, and whether the limit cut it. Bytes that are not UTF-8 are replaced, and a character that the limit cut in
    /// two is left out. The replacements are longer than what they replace; the limit holds for the text too.
    pub(crate) fn into_text(self) -> (String, bool) {
        let mut bytes = &self.bytes[..];
        if self.truncated {
            bytes = &bytes[..bytes.len() - unfinished(bytes)];
        }
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        let cut = text.floor_char_boundary(self.limit);
        let truncated = self.truncated || cut < text.len();
        text.truncate(cut);
        (text, truncated)
    }
}

/// How many bytes at the end are the beginning of a character that goes on.
fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let length = match bytes[bytes.len() - back] {
            0b1100_0000..=0b1101_1111 => 2,
            0b1110_0000..=0b1110_1111 => 3,
            0b1111_0000..=0b1111_0111 => 4,
            0b1000_0000..=0b1011_1111 => continue,
            _ => 1,
        };
        return if back < length { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn output(bytes: &[u8], limit: usize) -> (String, bool) {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut output = Output::new(reader.into(), limit).unwrap();
        output.read();
        assert!(output.pipe().is_some());
        writer.write_all(bytes).unwrap();
        drop(writer);
        output.read();
        assert!(output.pipe().is_none());
        output.into_text()
    }

    #[test]
    fn the_limit_is_exact_and_said() {
        assert_eq!(output(b"", 5), (String::new(), false));
        assert_eq!(output(b"12345", 5), ("12345".into(), false));
        assert_eq!(output(b"123456", 5), ("12345".into(), true));
        assert_eq!(output(b"1", 0), (String::new(), true));
    }

    #[test]
    fn a_character_is_never_cut_in_two() {
        assert_eq!(output("aä€".as_bytes(), 6), ("aä€".into(), false));
        assert_eq!(output("aä€".as_bytes(), 5), ("aä".into(), true));
        assert_eq!(output("aä€".as_bytes(), 4), ("aä".into(), true));
        assert_eq!(output("aä€".as_bytes(), 3), ("aä".into(), true));
        assert_eq!(output("aä€".as_bytes(), 2), ("a".into(), true));
        assert_eq!(output("a😀".as_bytes(), 4), ("a".into(), true));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_within_the_limit() {
        assert_eq!(output(b"a\xffb", 10), ("a\u{fffd}b".into(), false));
        assert_eq!(output(b"\xff\xff\xff", 4), ("\u{fffd}".into(), true));
        // Not cut by the limit, so the half character at the end is shown for what it is.
        assert_eq!(output(b"a\xe2\x82", 10), ("a\u{fffd}".into(), false));
    }

    #[test]
    fn a_writer_that_stays_does_not_hold_the_reader() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut output = Output::new(reader.into(), 100).unwrap();
        writer.write_all(b"last words").unwrap();
        output.read_rest();
        assert!(output.pipe().is_none());
        assert_eq!(output.into_text(), ("last words".into(), false));
    }
}

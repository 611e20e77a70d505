//! A plugin's standard output and error, as log lines.

use super::outcome::Outcome;
use crate::guest::state::State;
use crate::host::LogLevel;
use alloc::{string::String, vec::Vec};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output: progress.
    Out,
    /// Standard error: something odd.
    Err,
}

/// A line that is not finished yet.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The beginning, up to the limit of a log line.
    text: Vec<u8>,
    /// How many bytes came after it.
    cut: usize,
}

impl Line {
    fn push(&mut self, bytes: &[u8], limit: usize) {
        let taken = bytes.len().min(limit.saturating_sub(self.text.len()));
        let (taken, cut) = bytes.split_at(taken);
        self.text.extend_from_slice(taken);
        self.cut += cut.len();
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.cut == 0
    }
}

/// Writes to a stream; every finished line is logged. Only as much of a line is kept as will be logged.
///
/// # Errors
///
/// A trap where there are too many lines.
pub(super) fn write(state: &mut State, stream: Stream, bytes: &[u8]) -> Outcome {
    let limit = state.limits.log_line_bytes;
    for part in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = part.strip_suffix(b"\n");
        state.wasi.line(stream).push(text.unwrap_or(part), limit);
        if text.is_some() {
            finish(state, stream)?;
        }
    }
    Ok(())
}

/// Logs what there is of a line.
///
/// # Errors
///
/// A trap where there are too many lines.
pub(super) fn flush(state: &mut State, stream: Stream) -> Result<(), wasmi::Error> {
    if state.wasi.line(stream).is_empty() { Ok(()) } else { finish(state, stream) }
}

fn finish(state: &mut State, stream: Stream) -> Result<(), wasmi::Error> {
    let Line { text, cut } = core::mem::take(state.wasi.line(stream));
    let mut text = text.strip_suffix(b"\r").unwrap_or(&text);
    let mut cut = cut;
    // A character that the limit went through belongs to what is cut.
    if let Err(error) = core::str::from_utf8(text)
        && cut > 0
        && error.error_len().is_none()
    {
        cut += text.len() - error.valid_up_to();
        text = &text[..error.valid_up_to()];
    }
    let level = match stream {
        Stream::Out => LogLevel::Info,
        Stream::Err => LogLevel::Warn,
    };
    state.log_cut(level, &String::from_utf8_lossy(text), &[], cut)
}

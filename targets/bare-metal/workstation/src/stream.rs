//! From a serial port's bytes to all that a board told.

use quoin::report::Moment;
use quoin_frames::{FrameError, Log, Message, Observed, Splitter, Started, Usage, decode};
use std::fmt;
use std::io::{self, Read};

/// All that a board told, and when it came.
#[derive(Debug)]
pub struct Told {
    /// Who reports, and of what.
    pub started: Started,
    /// When that came.
    pub at: Moment,
    /// What became of each observation of the profile, in its order, and when that came.
    pub observed: Vec<(Observed, Moment)>,
    /// What all of it took.
    pub usage: Usage,
}

/// Why there is no report.
#[derive(Debug)]
pub enum NoReport {
    /// Nothing can be read.
    Io(io::Error),
    /// The board said so.
    Stopped(String),
    /// What came is no report, or ended before one began; with the last frame that could not be read.
    Nothing(Option<FrameError>),
    /// It is of another release, or not what is looked for.
    Foreign(FrameError),
    /// It began and did not end as it should.
    Incomplete {
        /// Observations that it told of.
        observed: usize,
        /// Those that there are.
        of: usize,
        /// What came instead.
        why: String,
    },
}

impl fmt::Display for NoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the port cannot be read: {error}"),
            Self::Stopped(reason) => write!(f, "the board stopped: {reason}"),
            Self::Nothing(None) => f.write_str("no report came"),
            Self::Nothing(Some(error)) => write!(
                f,
                "no report came, but {error}: has the port the board's speed (115200 baud, 8 bits, no parity)?"
            ),
            Self::Foreign(error) => write!(f, "what came is {error}"),
            Self::Incomplete { observed, of, why } => {
                write!(
                    f,
                    "the report is incomplete: after {observed} of {of} observations came {why}; reset the board"
                )
            }
        }
    }
}

/// Reads to the end of a report. One that begins again, because the board was reset, is read from there.
///
/// # Errors
///
/// [`NoReport`].
pub fn read(input: &mut dyn Read, log: &dyn Fn(&Log)) -> Result<Told, NoReport> {
    let mut splitter = Splitter::default();
    let mut reader = Reader::default();
    let mut buffer = [0; 4096];
    loop {
        let length = match input.read(&mut buffer) {
            Ok(0) => return Err(reader.at_end(splitter.is_within())),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(NoReport::Io(error)),
        };
        for frame in buffer[..length].iter().filter_map(|byte| splitter.push(*byte)) {
            if let Some(told) = reader.take(frame.and_then(|frame| decode(&frame)), log)? {
                return Ok(told);
            }
        }
    }
}

/// How far a report has come.
#[derive(Default)]
struct Reader {
    begun: Option<(Started, Moment)>,
    observed: Vec<(Observed, Moment)>,
    unread: Option<FrameError>,
}

impl Reader {
    /// Observations that there are to be.
    fn expected(&self) -> usize {
        let controls = self.begun.iter().flat_map(|(started, _)| &started.profile.controls);
        controls.map(|control| control.observations.len()).sum()
    }

    fn incomplete(&self, why: impl Into<String>) -> NoReport {
        NoReport::Incomplete { observed: self.observed.len(), of: self.expected(), why: why.into() }
    }

    fn at_end(&self, within: bool) -> NoReport {
        match &self.begun {
            Some(_) => self.incomplete("the end"),
            None => NoReport::Nothing(self.unread.or(within.then_some(FrameError::Damaged))),
        }
    }

    fn take(
        &mut self,
        message: Result<Message, FrameError>,
        log: &dyn Fn(&Log),
    ) -> Result<Option<Told>, NoReport> {
        match message {
            Ok(Message::Started(started)) => {
                self.observed.clear();
                self.begun = Some((started, Moment::now()));
            }
            Ok(Message::Stopped { reason }) => return Err(NoReport::Stopped(reason)),
            Ok(Message::Log(line)) => log(&line),
            // What was told before somebody listened.
            Ok(Message::Observed(_) | Message::Finished(_)) if self.begun.is_none() => {}
            Ok(Message::Observed(_)) if self.observed.len() == self.expected() => {
                return Err(self.incomplete("one more"));
            }
            Ok(Message::Observed(observed)) => self.observed.push((observed, Moment::now())),
            Ok(Message::Finished(_)) if self.observed.len() < self.expected() => {
                return Err(self.incomplete("the end"));
            }
            Ok(Message::Finished(usage)) => {
                let observed = std::mem::take(&mut self.observed);
                return Ok(self.begun.take().map(|(started, at)| Told { started, at, observed, usage }));
            }
            Err(error @ (FrameError::Version(_) | FrameError::Kind { .. } | FrameError::Malformed)) => {
                return Err(NoReport::Foreign(error));
            }
            Err(error) if self.begun.is_some() => return Err(self.incomplete(error.to_string())),
            // The end of something, or noise.
            Err(error) => self.unread = Some(error),
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{evidence, finished, observed, started};
    use quoin_frames::{Level, Plan, Profile, encode};
    use std::cell::RefCell;

    fn bytes(messages: &[Message]) -> Vec<u8> {
        messages.iter().flat_map(|message| encode(message).unwrap()).collect()
    }

    fn read_all(bytes: &[u8]) -> Result<Told, String> {
        read(&mut &bytes[..], &|_| {}).map_err(|error| error.to_string())
    }

    #[test]
    fn a_report_is_read_whatever_was_on_the_line_before() {
        let report =
            bytes(&[started(&[&[], &[]]), observed(&evidence(true)), observed(&evidence(false)), finished()]);
        let cut_off = [&bytes(&[observed(&evidence(true))])[5..], &[0], &report].concat();
        let again = [&report[..report.len() / 2], &[0], &report].concat();
        let attached_late = [bytes(&[observed(&evidence(true)), finished()]), report.clone()].concat();
        for stream in [report.clone(), cut_off, attached_late] {
            let told = read_all(&stream).unwrap();
            assert_eq!(told.started.board, "bench");
            assert_eq!(told.observed.len(), 2);
        }
        // In the middle of a report a frame is missed: nobody knows what it said.
        assert!(read_all(&again).unwrap_err().contains("incomplete"));
    }

    #[test]
    fn a_board_that_is_reset_begins_again() {
        let first = bytes(&[started(&[&[], &[]]), observed(&evidence(false))]);
        let second = bytes(&[started(&[&[]]), observed(&evidence(true)), finished()]);
        assert_eq!(read_all(&[first, second].concat()).unwrap().observed.len(), 1);
    }

    #[test]
    fn what_is_no_report_is_said_to_be_none() {
        let report =
            bytes(&[started(&[&[], &[]]), observed(&evidence(true)), observed(&evidence(true)), finished()]);
        let plan = Plan {
            seed: [0; 32],
            net: String::new(),
            profile: Profile { name: String::new(), version: String::new(), controls: Vec::new() },
        };
        let mut damaged = report.clone();
        let last = damaged.len() - 3;
        damaged[last] ^= 0x41;
        let begun =
            |more: &[Message]| bytes(&[&[started(&[&[], &[]]), observed(&evidence(true))], more].concat());
        for (stream, says) in [
            (Vec::new(), "no report came"),
            (b"U-Boot 2026.01\n".to_vec(), "no report came, but a frame that was cut short"),
            (b"U-Boot\0\0".to_vec(), "115200 baud"),
            (report[..report.len() - 1].to_vec(), "after 2 of 2 observations came the end"),
            (begun(&[]), "after 1 of 2 observations came the end; reset the board"),
            (begun(&[finished()]), "after 1 of 2 observations came the end"),
            (begun(&[observed("{}"), observed("{}")]), "after 2 of 2 observations came one more"),
            (damaged, "after 2 of 2 observations came a frame that was cut short or changed"),
            (encode(&plan).unwrap(), "what came is a frame that is no report"),
            (bytes(&[Message::Stopped { reason: "no cable".into() }]), "the board stopped: no cable"),
        ] {
            let error = read_all(&stream).unwrap_err();
            assert!(error.contains(says), "{says}: {error}");
        }
    }

    #[test]
    fn log_lines_are_passed_on() {
        let line = Log { level: Level::Warn, plugin: "tcp".into(), message: "slow".into() };
        let stream = bytes(&[started(&[]), Message::Log(line.clone()), finished()]);
        let lines = RefCell::new(Vec::new());
        read(&mut &stream[..], &|line| lines.borrow_mut().push(line.clone())).unwrap();
        assert_eq!(lines.into_inner(), [line]);
    }
}

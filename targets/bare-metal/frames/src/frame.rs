//! Frames: values to bytes with an end and a checksum, and back.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use crc::{CRC_32_ISCSI, Crc};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The format's version.
pub const VERSION: u8 = 1;
/// The most bytes of a frame, without the zero that ends it.
pub const LONGEST: usize = 256 << 10;

/// By this name (iSCSI's) the catalogue has CRC-32C.
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// What can be in a frame.
pub trait Framed: Serialize + DeserializeOwned {
    /// The byte that tells it from the others.
    const KIND: u8;
    /// What it is called.
    const NAME: &'static str;
}

/// Why bytes are no frame, or not the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// More than [`LONGEST`] bytes without an end.
    TooLong,
    /// The bytes are not what was sent.
    Damaged,
    /// The bytes are what was sent, in another version of the format.
    Version(u8),
    /// Another kind of thing.
    Kind {
        /// What was expected.
        expected: &'static str,
    },
    /// The bytes are what was sent, and make no sense.
    Malformed,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "{LONGEST} bytes without the zero that ends a frame"),
            Self::Damaged => f.write_str("a frame that was cut short or changed on its way"),
            Self::Version(version) => write!(
                f,
                "a frame of version {version}, and this program knows version {VERSION}: firmware and quoin-board have to be \
                 of the same release"
            ),
            Self::Kind { expected } => write!(f, "a frame that is no {expected}"),
            Self::Malformed => f.write_str("a frame that holds something else than it says"),
        }
    }
}

impl core::error::Error for FrameError {}

/// A frame of `value`, with the zero that ends it.
///
/// # Errors
///
/// [`FrameError::TooLong`].
pub fn encode<T: Framed>(value: &T) -> Result<Vec<u8>, FrameError> {
    let body = postcard::to_allocvec(value).map_err(|_| FrameError::Malformed)?;
    let mut bytes = vec![VERSION, T::KIND];
    bytes.extend(body);
    let mut frame = seal(bytes);
    if frame.len() > LONGEST {
        return Err(FrameError::TooLong);
    }
    frame.push(0);
    Ok(frame)
}

/// A frame of any content, with its checksum and without the zero that ends it. [`encode`] makes those that mean something.
#[must_use]
pub fn seal(mut content: Vec<u8>) -> Vec<u8> {
    let check = CRC.checksum(&content);
    content.extend(check.to_le_bytes());
    let mut frame = vec![0; cobs::max_encoding_length(content.len())];
    let length = cobs::encode(&content, &mut frame);
    frame.truncate(length);
    frame
}

/// The value in a frame, which comes without the zero that ends it.
///
/// # Errors
///
/// What is wrong with it.
pub fn decode<T: Framed>(frame: &[u8]) -> Result<T, FrameError> {
    if frame.len() > LONGEST {
        return Err(FrameError::TooLong);
    }
    let mut bytes = vec![0; frame.len()];
    let length = cobs::decode(frame, &mut bytes).map_err(|_| FrameError::Damaged)?;
    let (content, check) =
        bytes.get(..length).and_then(<[u8]>::split_last_chunk).ok_or(FrameError::Damaged)?;
    if CRC.checksum(content) != u32::from_le_bytes(*check) {
        return Err(FrameError::Damaged);
    }
    match content {
        [VERSION, kind, body @ ..] if *kind == T::KIND => match postcard::take_from_bytes(body) {
            Ok((value, [])) => Ok(value),
            _ => Err(FrameError::Malformed),
        },
        [VERSION, ..] => Err(FrameError::Kind { expected: T::NAME }),
        [other, ..] => Err(FrameError::Version(*other)),
        [] => Err(FrameError::Damaged),
    }
}

/// Finds the frames in a stream of bytes.
#[derive(Debug, Default)]
pub struct Splitter {
    frame: Vec<u8>,
    too_long: bool,
}

impl Splitter {
    /// Takes a byte, and answers the frame that it ends, if any. Frames of nothing are passed over.
    pub fn push(&mut self, byte: u8) -> Option<Result<Vec<u8>, FrameError>> {
        if byte != 0 {
            // What follows belongs to something that is lost already.
            self.too_long |= self.frame.len() == LONGEST;
            if !self.too_long {
                self.frame.push(byte);
            }
            return None;
        }
        let frame = core::mem::take(&mut self.frame);
        if core::mem::take(&mut self.too_long) {
            return Some(Err(FrameError::TooLong));
        }
        (!frame.is_empty()).then_some(Ok(frame))
    }

    /// Whether a frame has begun that has not ended.
    #[must_use]
    pub fn is_within(&self) -> bool {
        !self.frame.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Control, Message, Observation, Observed, Plan, Profile, Usage};
    use proptest::prelude::*;

    fn stopped() -> Message {
        Message::Stopped { reason: "no\0cable".into() }
    }

    fn without_end(frame: Vec<u8>) -> Vec<u8> {
        assert_eq!(frame.last(), Some(&0));
        frame[..frame.len() - 1].to_vec()
    }

    /// What lies in somebody's flash must be read in the same way tomorrow.
    #[test]
    fn the_bytes_are_these() {
        assert_eq!(CRC.checksum(b"123456789"), 0xe306_9283);
        let frame = encode(&stopped()).unwrap();
        assert_eq!(&frame[..13], b"\x07\x01R\x04\x08no\x0acable".as_slice());
        assert_eq!(frame.len(), 1 + 2 + 2 + 8 + 4 + 1);
        assert_eq!(decode(&without_end(frame)), Ok(stopped()));
        let observed = Observed { outcome: Ok("{}".into()), microseconds: 300, fuel: 1, memory: 128 };
        assert_eq!(
            postcard::to_allocvec(&Message::Observed(observed)).unwrap(),
            [2, 0, 2, b'{', b'}', 0xac, 2, 1, 0x80, 1]
        );
        let usage =
            Usage { microseconds: 1, flash: 2, statics: 3, heap: 4, heap_size: 5, stack: 6, stack_size: 7 };
        assert_eq!(postcard::to_allocvec(&Message::Finished(usage)).unwrap(), [3, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let frame = without_end(encode(&stopped()).unwrap());
        assert_eq!(decode::<Plan>(&frame), Err(FrameError::Kind { expected: "plan" }));
        for cut in 0..frame.len() {
            assert_eq!(decode::<Message>(&frame[..cut]), Err(FrameError::Damaged), "{cut}");
        }
        for at in 0..frame.len() {
            let mut changed = frame.clone();
            changed[at] ^= 0x20;
            assert_eq!(decode::<Message>(&changed), Err(FrameError::Damaged), "{at}");
        }
        assert_eq!(decode::<Message>(&seal(b"\x02R".to_vec())), Err(FrameError::Version(2)));
        assert_eq!(decode::<Message>(&seal(b"".to_vec())), Err(FrameError::Damaged));
        assert_eq!(decode::<Message>(&seal(b"\x01R\xff".to_vec())), Err(FrameError::Malformed));
        assert_eq!(decode::<Message>(&seal(b"\x01R\x04\x00more".to_vec())), Err(FrameError::Malformed));
        assert_eq!(decode::<Message>(&vec![1; LONGEST + 1]), Err(FrameError::TooLong));
        let long = Message::Stopped { reason: "x".repeat(LONGEST) };
        assert_eq!(encode(&long), Err(FrameError::TooLong));
    }

    #[test]
    fn a_stream_is_split_whatever_comes_between() {
        let frame = encode(&stopped()).unwrap();
        let mut stream = b"\0\0noise".to_vec();
        stream.push(0);
        stream.extend(&frame);
        stream.extend(vec![7; LONGEST + 1]);
        stream.push(0);
        stream.extend(&frame);
        stream.extend(&frame[..3]);
        let mut splitter = Splitter::default();
        let frames: Vec<_> = stream.iter().filter_map(|byte| splitter.push(*byte)).collect();
        let good = Ok(without_end(frame));
        assert_eq!(frames, [Ok(b"noise".to_vec()), good.clone(), Err(FrameError::TooLong), good]);
        assert!(splitter.is_within());
    }

    fn plans() -> impl Strategy<Value = Plan> {
        let observation =
            (".*", ".*", prop::collection::vec(".*", 0..3), prop::collection::vec(".*", 0..3)).prop_map(
                |(plugin, config, capabilities, expect)| Observation { plugin, config, capabilities, expect },
            );
        let control = (".*", prop::option::of(".*"), any::<u64>(), prop::collection::vec(observation, 0..3))
            .prop_map(|(id, text, timeout_ms, observations)| Control {
                name: id.clone(),
                id,
                description: text.clone(),
                severity: text.clone(),
                owner: text.clone(),
                tags: text.into_iter().collect(),
                timeout_ms,
                observations,
            });
        (any::<[u8; 32]>(), ".*", prop::collection::vec(control, 0..3)).prop_map(|(seed, net, controls)| {
            let profile = Profile { name: net.clone(), version: String::new(), controls };
            Plan { seed, net, profile }
        })
    }

    proptest! {
        #[test]
        fn what_is_sent_is_received(plan in plans()) {
            let frame = without_end(encode(&plan).unwrap());
            prop_assert!(!frame.contains(&0));
            prop_assert_eq!(decode(&frame), Ok(plan));
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode::<Plan>(&bytes);
            let _ = decode::<Message>(&seal(bytes.clone()));
            let _ = decode::<Message>(&seal([&[VERSION, b'R'], bytes.as_slice()].concat()));
        }
    }
}

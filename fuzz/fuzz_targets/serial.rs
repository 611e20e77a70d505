//! What comes from a board's serial port, and what lies in its flash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_frames::{FrameError, Framed, Message, Plan, Splitter, VERSION, decode, encode, seal};
use std::fmt::Debug;

fuzz_target!(|bytes: &[u8]| {
    let mut splitter = Splitter::default();
    for byte in bytes.iter().chain([&0]) {
        if let Some(Ok(frame)) = splitter.push(*byte) {
            both(&frame);
        }
    }
    assert!(!splitter.is_within());
    // No fuzzer guesses a checksum.
    both(&seal(bytes.to_vec()));
    both(&seal([&[VERSION, Message::KIND], bytes].concat()));
    both(&seal([&[VERSION, Plan::KIND], bytes].concat()));
});

fn both(frame: &[u8]) {
    read::<Message>(frame);
    read::<Plan>(frame);
}

fn read<T: Framed + Debug + PartialEq>(frame: &[u8]) {
    let Ok(value) = decode::<T>(frame) else { return };
    match encode(&value) {
        Ok(again) => assert_eq!(decode(&again[..again.len() - 1]), Ok(value)),
        Err(error) => assert_eq!(error, FrameError::TooLong),
    }
}

//! Reading what a guest answers: one JSON value somewhere in its memory.

use crate::failure::Failure;
use crate::guest::memory::{Block, range};
use crate::limits::Exceeded;
use alloc::format;
use serde::de::IgnoredAny;
use serde_json::Value;

/// A value that was read, or why it could not be, and the block that it lay in, as far as its size is known: a block
/// has to be given back even where its content is no good.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) block: Option<Block>,
    pub(crate) value: Result<Value, Failure>,
}

impl Answer {
    fn unknown(failure: Failure) -> Self {
        Self { block: None, value: Err(failure) }
    }
}

/// Reads the JSON value that starts at `address`, delimited by JSON itself: a guest of the pointer generation does not
/// say how long it is and does not promise a NUL behind it.
pub(crate) fn delimited(memory: &[u8], address: u32, limit: usize, what: &str) -> Answer {
    if address == 0 {
        return Answer::unknown(Failure::Contract(format!(
            "{what} answered 0: it could not produce a result"
        )));
    }
    let Some(rest) = usize::try_from(address).ok().and_then(|start| memory.get(start..)) else {
        return Answer::unknown(Failure::Contract(format!(
            "{what} answered address {address:#x}, which is outside of its memory of {} bytes",
            memory.len()
        )));
    };
    let window = &rest[..rest.len().min(limit)];
    let mut stream = serde_json::Deserializer::from_slice(window).into_iter::<IgnoredAny>();
    match stream.next() {
        Some(Ok(IgnoredAny)) => {
            let length = stream.byte_offset();
            let size = u32::try_from(length).unwrap_or(u32::MAX);
            Answer { block: Some(Block { address, size }), value: parse(&window[..length], what) }
        }
        Some(Err(error)) if error.is_eof() && window.len() < rest.len() => {
            Answer::unknown(Failure::Exceeded(Exceeded::Result(limit)))
        }
        Some(Err(error)) if error.is_eof() => Answer::unknown(Failure::Contract(format!(
            "the JSON that {what} answered runs past the end of its memory"
        ))),
        Some(Err(error)) => Answer::unknown(not_json(what, &error)),
        None => Answer::unknown(Failure::Contract(format!("{what} answered no JSON, only blanks"))),
    }
}

/// Reads the JSON value of `length` bytes at `address`, as the packed and manifest generations answer it.
pub(crate) fn sized(memory: &[u8], address: u32, length: u32, limit: usize, what: &str) -> Answer {
    if address == 0 && length == 0 {
        return Answer::unknown(Failure::Contract(format!(
            "{what} answered 0: it could not produce a result"
        )));
    }
    let Some(bytes) = range(address, length, memory.len()).and_then(|range| memory.get(range)) else {
        return Answer::unknown(Failure::Contract(format!(
            "{what} answered {length} bytes at address {address:#x}, which is outside of its memory of {} bytes",
            memory.len()
        )));
    };
    let block = Some(Block { address, size: length });
    if bytes.len() > limit {
        return Answer { block, value: Err(Failure::Exceeded(Exceeded::Result(limit))) };
    }
    Answer { block, value: parse(bytes, what) }
}

fn parse(bytes: &[u8], what: &str) -> Result<Value, Failure> {
    serde_json::from_slice(bytes).map_err(|error| not_json(what, &error))
}

fn not_json(what: &str, error: &serde_json::Error) -> Failure {
    Failure::Contract(format!("what {what} answered is no JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use serde_json::json;

    fn at(text: &[u8]) -> alloc::vec::Vec<u8> {
        let mut memory = alloc::vec![0xff; 8];
        memory.extend_from_slice(text);
        memory
    }

    #[test]
    fn json_is_its_own_delimiter() {
        for behind in [&b""[..], b"\0", b"}", b"{\"status\":false}", b"\xff\xfe"] {
            let mut memory = at(br#"{"a":["}",1]}"#);
            memory.extend_from_slice(behind);
            let answer = delimited(&memory, 8, 1000, "observe");
            assert_eq!(answer.block, Some(Block { address: 8, size: 13 }));
            assert_eq!(answer.value, Ok(json!({"a": ["}", 1]})));
        }
    }

    #[test]
    fn a_value_that_never_ends_is_an_error() {
        let memory = at(br#"{"a":"bbbbbbbbbbbbbbbbbbb"#);
        let answer = delimited(&memory, 8, 1000, "observe");
        assert_eq!(answer.block, None);
        assert!(answer.value.unwrap_err().to_string().contains("past the end of its memory"));
        let answer = delimited(&memory, 8, 10, "observe");
        assert_eq!(answer.value, Err(Failure::Exceeded(Exceeded::Result(10))));
    }

    #[test]
    fn addresses_outside_of_memory_are_errors() {
        assert!(delimited(&[0; 8], 9, 10, "describe").value.unwrap_err().to_string().contains("0x9"));
        assert!(delimited(&[0; 8], 0, 10, "describe").value.unwrap_err().to_string().contains("answered 0"));
        assert!(sized(&[0; 8], u32::MAX, u32::MAX, 10, "describe").value.is_err());
    }

    #[test]
    fn a_sized_result_is_given_back_even_when_it_is_no_good() {
        let memory = at(b"nonsense");
        let answer = sized(&memory, 8, 8, 10, "observe");
        assert_eq!(answer.block, Some(Block { address: 8, size: 8 }));
        assert!(answer.value.unwrap_err().to_string().contains("no JSON"));
        let answer = sized(&memory, 8, 8, 7, "observe");
        assert_eq!(answer.value, Err(Failure::Exceeded(Exceeded::Result(7))));
        assert!(answer.block.is_some());
    }

    #[test]
    fn deep_nesting_and_broken_utf8_are_errors() {
        let deep = [b'['; 100_000];
        assert!(delimited(&at(&deep), 8, 1 << 20, "observe").value.is_err());
        assert!(delimited(&at(b"{\"a\":\"\xff\"}"), 8, 100, "observe").value.is_err());
    }
}

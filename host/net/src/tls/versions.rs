//! [`offered_versions`]: asks a server for each version on its own.

use super::hello::{Version, chosen_version, client_hello};
use crate::{Code, Error, Stream};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::net::IpAddr;

/// Warnings that a server may send before its answer.
const WARNINGS: usize = 8;
/// The longest record (RFC 5246, 6.2.3: compressed and encrypted).
const RECORD: usize = (1 << 14) + 2048;
/// The longest ServerHello that is read. It has no certificates in it.
const HELLO: usize = 1 << 14;

/// Which versions of SSL and TLS the server speaks that `connect` connects to, oldest first: `SSL 3`, `TLS 1.0`, `TLS 1.1`,
/// `TLS 1.2`, `TLS 1.3`. Each is asked for by a ClientHello of its own on a connection of its own, with all the cipher
/// suites that are of that version. `server_name` is sent as SNI if it is a name.
///
/// A ServerHello or HelloRetryRequest with the version that was asked for says that it is offered. An alert, a connection
/// that the server ends without a word, or another version in the ServerHello says that it is not, if it offers any at all.
///
/// # Errors
///
/// Everything else, since silence must not be mistaken for an answer: what `connect` fails with; [`Code::TimedOut`] when the server
/// does not answer by the stream's deadline; [`Code::UnexpectedEnd`] when its answer has no end; [`Code::Protocol`] when it answers what is not TLS, or just closes every time;
/// [`Code::Tls`] when it doesn't know `server_name`, or answers an alert every time.
pub fn offered_versions<'a>(
    connect: &mut dyn FnMut() -> Result<Box<dyn Stream + 'a>, Error>,
    server_name: &str,
) -> Result<Vec<&'static str>, Error> {
    let name = server_name.strip_suffix('.').unwrap_or(server_name);
    let name = Some(name).filter(|name| !name.starts_with('[') && name.parse::<IpAddr>().is_err());
    if name.is_some_and(|name| name.is_empty() || name.len() > 253) {
        return Err(Error::new(Code::Invalid, "the server's name is empty or too long"));
    }
    let mut offered = Vec::new();
    let mut alert = None;
    for version in Version::ALL {
        let answer = connect()
            .and_then(|mut stream| ask(&mut *stream, version, name))
            .map_err(|error| error.during(format_args!("asking for {}", version.name())))?;
        match answer {
            Answer::Version(number) if number == version.number() => offered.push(version.name()),
            Answer::Alert(number) => alert = Some(number),
            Answer::Version(_) | Answer::Ended => {}
        }
    }
    // A server that speaks none is nothing that could be said of one that does speak TLS.
    match (offered.is_empty(), alert) {
        (false, _) => Ok(offered),
        (true, Some(number)) => Err(Error::new(
            Code::Tls,
            format!("the peer refuses every version that it is asked for, the last with alert {number}"),
        )),
        (true, None) => Err(Error::new(
            Code::Protocol,
            "the peer does not speak TLS: it closes the connection whatever version it is asked for",
        )),
    }
}

/// What a server says to a ClientHello.
enum Answer {
    /// A ServerHello of this version.
    Version(u16),
    /// An alert of this number (RFC 8446, 6).
    Alert(u8),
    /// It ends the connection.
    Ended,
}

fn ask(stream: &mut dyn Stream, version: Version, server_name: Option<&str>) -> Result<Answer, Error> {
    match send(stream, &client_hello(version, server_name)) {
        Err(error) if error.code() == Code::ConnectionReset => return Ok(Answer::Ended),
        sent => sent?,
    }
    let mut message = Vec::new();
    let mut warnings = 0;
    loop {
        let Some(kind) = read_kind(stream)? else {
            return match (message.is_empty(), warnings) {
                (true, 0) => Ok(Answer::Ended),
                // Nothing came behind the warnings.
                (true, _) => Ok(Answer::Ended),
                (false, _) => Err(Code::UnexpectedEnd.into()),
            };
        };
        let record = read_rest(stream)?;
        match kind {
            // An alert is two bytes (RFC 8446, 6). A warning other than close_notify lets the handshake go on.
            21 => match *record.as_slice() {
                [2, 112] => {
                    return Err(Error::new(Code::Tls, "the peer does not know the server name"));
                }
                [1, number @ 0] | [2, number] => return Ok(Answer::Alert(number)),
                [1, _] if warnings < WARNINGS => warnings += 1,
                _ => return Err(not_tls()),
            },
            22 => {
                message.extend_from_slice(&record);
                if message.first().is_some_and(|kind| *kind != 2) || record.is_empty() {
                    return Err(not_tls());
                }
                let Some(&[_, high, middle, low]) = message.first_chunk::<4>() else { continue };
                let length = u32::from_be_bytes([0, high, middle, low]) as usize;
                if length > HELLO {
                    return Err(not_tls());
                }
                if let Some(hello) = message.get(4..4 + length) {
                    return chosen_version(hello).map(Answer::Version).ok_or_else(not_tls);
                }
            }
            _ => return Err(not_tls()),
        }
    }
}

fn send(stream: &mut dyn Stream, mut bytes: &[u8]) -> Result<(), Error> {
    while !bytes.is_empty() {
        match stream.write(bytes)? {
            0 => return Err(Code::Other.into()),
            written => bytes = &bytes[written..],
        }
    }
    stream.flush()
}

/// The next record's type; none where the peer ends the connection instead. It is read on its own, so that a peer that greets in
/// another protocol isn't waited for.
fn read_kind(stream: &mut dyn Stream) -> Result<Option<u8>, Error> {
    let mut kind = [0];
    match stream.read(&mut kind) {
        Ok(0) => Ok(None),
        Err(error) if error.code() == Code::ConnectionReset => Ok(None),
        Err(error) => Err(error),
        Ok(_) if matches!(kind, [21 | 22]) => Ok(Some(kind[0])),
        Ok(_) => Err(not_tls()),
    }
}

/// The record's content.
fn read_rest(stream: &mut dyn Stream) -> Result<Vec<u8>, Error> {
    let mut header = [0; 4];
    read_exact(stream, &mut header)?;
    let [major, _, high, low] = header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    if major != 3 || length > RECORD {
        return Err(not_tls());
    }
    let mut content = alloc::vec![0; length];
    read_exact(stream, &mut content)?;
    Ok(content)
}

fn read_exact(stream: &mut dyn Stream, buffer: &mut [u8]) -> Result<(), Error> {
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..])? {
            0 => return Err(Code::UnexpectedEnd.into()),
            read => filled += read,
        }
    }
    Ok(())
}

fn not_tls() -> Error {
    Error::new(Code::Protocol, "the peer answers something that is not TLS")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Event, ScriptStack};
    use crate::{Deadline, Stack as _};
    use core::net::SocketAddr;
    use core::time::Duration;
    use std::vec;

    /// A ServerHello, with a version of its own in an extension if `extension` says so.
    fn server_hello(legacy: u16, extension: Option<u16>) -> Vec<u8> {
        let mut hello = legacy.to_be_bytes().to_vec();
        hello.extend([7; 32]);
        hello.extend([4, 1, 2, 3, 4, 0xc0, 0x2f, 0]);
        if let Some(version) = extension {
            let [high, low] = version.to_be_bytes();
            hello.extend([0, 10, 0xff, 1, 0, 0, 0, 43, 0, 2, high, low]);
        }
        let mut message = vec![2, 0, 0, hello.len() as u8];
        message.extend(hello);
        message
    }

    fn record(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 3, 3, 0, content.len() as u8];
        record.extend(content);
        record
    }

    /// The version that a ClientHello asks for.
    fn asked(hello: &[u8]) -> u16 {
        match hello.windows(7).position(|bytes| *bytes == [0, 43, 0, 3, 2, 3, 4]) {
            Some(_) => 0x0304,
            None => u16::from_be_bytes([hello[9], hello[10]]),
        }
    }

    fn alert(description: u8) -> Vec<Event> {
        vec![Event::Send(record(21, &[2, description]))]
    }

    /// What is found of a server that answers so, given all of the version that it is asked for.
    fn probe(
        split: usize,
        answer: impl Fn(u16) -> Vec<Event> + Clone + 'static,
    ) -> Result<Vec<&'static str>, Error> {
        let at: SocketAddr = "192.0.2.1:443".parse().unwrap();
        let stack = ScriptStack::new();
        stack.split(split);
        stack.serve(at, move || {
            let answer = answer.clone();
            let mut heard = Vec::new();
            move |bytes: &[u8]| {
                heard.extend_from_slice(bytes);
                let whole =
                    heard.get(3..5).map(|length| 5 + usize::from(u16::from_be_bytes([length[0], length[1]])));
                if whole == Some(heard.len()) { answer(asked(&heard)) } else { vec![] }
            }
        });
        offered_versions(
            &mut || stack.connect(at, Deadline::after(stack.now(), Duration::from_secs(5))),
            "www.example",
        )
    }

    #[test]
    fn each_version_is_offered_or_not_however_the_bytes_come() {
        for split in [0, 1, 2, 3, 7] {
            let modern = probe(split, |asked| match asked {
                0x0304 => vec![Event::Send(record(22, &server_hello(0x0303, Some(0x0304))))],
                0x0303 => vec![Event::Send(record(22, &server_hello(0x0303, None)))],
                _ => alert(70),
            });
            assert_eq!(modern, Ok(vec!["TLS 1.2", "TLS 1.3"]));
            // An old one answers with what it has, whatever it is asked for.
            let old = probe(split, |asked| {
                vec![Event::Send(record(22, &server_hello(asked.min(0x0301), None))), Event::Close]
            });
            assert_eq!(old, Ok(vec!["SSL 3", "TLS 1.0"]));
        }
    }

    #[test]
    fn who_ends_the_connection_does_not_offer_that_version_but_somebody_who_always_does_is_an_error() {
        for end in [Event::Close, Event::Reset] {
            let only = end.clone();
            let found = probe(0, move |asked| match asked {
                0x0303 => vec![Event::Send(record(22, &server_hello(0x0303, None)))],
                _ => vec![only.clone()],
            });
            assert_eq!(found, Ok(vec!["TLS 1.2"]));
            let never = probe(0, move |_| vec![end.clone()]).unwrap_err();
            assert_eq!(never.code(), Code::Protocol);
            assert!(never.message().contains("does not speak TLS"), "{never}");
        }
    }

    #[test]
    fn silence_and_garbage_are_errors_that_name_the_version() {
        let silent =
            probe(0, |asked| if asked == 0x0302 { vec![Event::Stall] } else { alert(70) }).unwrap_err();
        assert_eq!(
            (silent.code(), silent.message()),
            (Code::TimedOut, "asking for TLS 1.1: no answer in time")
        );
        for garbage in [
            b"220 mail.example ESMTP\r\n".to_vec(),
            vec![0; 1000],
            vec![22, 2, 0, 0, 0],
            vec![22, 3, 3, 0xff, 0xff],
            record(22, b"\x01\0\0\0"),
            record(22, b"\x02\xff\xff\xff"),
            record(22, b"\x02\0\0\x02\x03\x03"),
            record(22, b""),
            record(21, &[9, 9]),
            record(21, &[2]),
            record(21, &[1, 90]).repeat(1000),
        ] {
            let error = probe(0, move |_| vec![Event::Send(garbage.clone()), Event::Stall]).unwrap_err();
            assert_eq!(error.code(), Code::Protocol);
        }
        let unknown = probe(0, |_| alert(112)).unwrap_err();
        assert_eq!(unknown.code(), Code::Tls);
        // An empty list would pass for "none of the old ones".
        let ill = probe(0, |_| alert(80)).unwrap_err();
        assert_eq!(ill.code(), Code::Tls);
        assert!(ill.message().ends_with("the last with alert 80"), "{ill}");
    }

    #[test]
    fn warnings_and_split_messages_are_read_over() {
        let found = probe(0, |asked| {
            let hello = server_hello(asked, None);
            let mut answer = record(21, &[1, 112]);
            answer.extend(record(22, &hello[..3]));
            answer.extend(record(22, &hello[3..20]));
            answer.extend(record(22, &hello[20..]));
            vec![Event::Send(answer)]
        });
        assert_eq!(found, Ok(vec!["SSL 3", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"]));
    }

    #[test]
    fn an_answer_that_is_cut_off_is_none() {
        let whole = record(22, &server_hello(0x0303, Some(0x0304)));
        for length in 1..whole.len() {
            let cut = whole[..length].to_vec();
            let found = probe(0, move |asked| match asked {
                0x0304 => vec![Event::Send(cut.clone()), Event::Close],
                _ => alert(70),
            });
            assert_eq!(found.unwrap_err().code(), Code::UnexpectedEnd);
        }
    }
}

//! [`offered_versions`]: asks a server for each version on its own.

use super::hello::{Version, chosen_version, client_hello};
use crate::{Code, Error, Stream};
use alloc::boxed::Box;
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
/// that the server ends, or another version in the ServerHello says that it is not.
///
/// # Errors
///
/// Everything else, since silence must not be mistaken for an answer: what `connect` fails with; [`Code::TimedOut`] when the server
/// does not answer by the stream's deadline; [`Code::Protocol`] when it answers what is not TLS, or just closes every time;
/// [`Code::Tls`] when it doesn't know `server_name`.
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
    let mut speaks_tls = false;
    for version in Version::ALL {
        let answer = connect()
            .and_then(|mut stream| ask(&mut *stream, version, name))
            .map_err(|error| error.during(format_args!("asking for {}", version.name())))?;
        speaks_tls |= !matches!(answer, Answer::Ended);
        if matches!(answer, Answer::Version(number) if number == version.number()) {
            offered.push(version.name());
        }
    }
    if !speaks_tls {
        return Err(Error::new(
            Code::Protocol,
            "the peer does not speak TLS: it closes the connection whatever version it is asked for",
        ));
    }
    Ok(offered)
}

/// What a server says to a ClientHello.
enum Answer {
    /// A ServerHello of this version.
    Version(u16),
    /// An alert.
    Alert,
    /// It ends the connection.
    Ended,
}

fn ask(stream: &mut dyn Stream, version: Version, server_name: Option<&str>) -> Result<Answer, Error> {
    match exchange(stream, version, server_name) {
        Err(error) if matches!(error.code(), Code::ConnectionReset | Code::UnexpectedEnd) => {
            Ok(Answer::Ended)
        }
        answer => answer,
    }
}

fn exchange(stream: &mut dyn Stream, version: Version, server_name: Option<&str>) -> Result<Answer, Error> {
    let hello = client_hello(version, server_name);
    let mut rest = hello.as_slice();
    while !rest.is_empty() {
        match stream.write(rest)? {
            0 => return Err(Code::Other.into()),
            written => rest = &rest[written..],
        }
    }
    stream.flush()?;

    let mut message = Vec::new();
    let mut warnings = 0;
    loop {
        let (kind, record) = read_record(stream)?;
        match kind {
            // An alert is two bytes (RFC 8446, 6). A warning other than close_notify lets the handshake go on.
            21 => match *record.as_slice() {
                [2, 112] => {
                    return Err(Error::new(Code::Tls, "the peer does not know the server name"));
                }
                [1, description] if description != 0 && warnings < WARNINGS => warnings += 1,
                [1 | 2, _] => return Ok(Answer::Alert),
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

/// A record's type and content.
fn read_record(stream: &mut dyn Stream) -> Result<(u8, Vec<u8>), Error> {
    let mut header = [0; 5];
    read_exact(stream, &mut header[..1])?;
    // Judged byte by byte, so that a peer that greets in another protocol isn't waited for.
    if !matches!(header[0], 21 | 22) {
        return Err(not_tls());
    }
    read_exact(stream, &mut header[1..])?;
    let [kind, major, _, high, low] = header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    if major != 3 || length > RECORD {
        return Err(not_tls());
    }
    let mut content = alloc::vec![0; length];
    read_exact(stream, &mut content)?;
    Ok((kind, content))
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

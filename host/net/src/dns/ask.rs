//! One server asked once: over UDP, over TCP if the answer does not fit (RFC 7766, 5), without EDNS if it must be (RFC 6891, 7).

use super::message::{Query, Reply};
use super::name::Name;
use super::record::RecordType;
use crate::{Code, Deadline, Error, Stack};
use alloc::vec;
use alloc::vec::Vec;
use core::net::SocketAddr;
use embedded_io::{Read, ReadExactError, Write};

/// How many messages that answer something else are passed over on a connection.
const MOST_STRANGERS: usize = 8;

/// Asks.
///
/// # Errors
///
/// As the stack says, and where the answer is malformed.
pub(super) fn ask(
    stack: &dyn Stack,
    server: SocketAddr,
    name: &Name,
    record_type: RecordType,
    deadline: Deadline,
) -> Result<Reply, Error> {
    let mut edns = true;
    loop {
        let mut id = [0; 2];
        stack.random(&mut id)?;
        let query = Query { id: u16::from_ne_bytes(id), name, record_type, edns };
        let bytes = query.bytes()?;
        let datagram =
            stack.exchange(server, &bytes, deadline, &mut |answer| query.is_answered_by(answer))?;
        let reply = match query.read(&datagram)? {
            Reply::Truncated => query.read(&over_tcp(stack, server, &query, &bytes, deadline)?)?,
            reply => reply,
        };
        match reply {
            Reply::NoEdns if edns => edns = false,
            Reply::Truncated => {
                return Err(Error::new(Code::Protocol, "the answer is cut off even over TCP"));
            }
            reply => return Ok(reply),
        }
    }
}

/// The answer over TCP, where each message has its length in front (RFC 1035, 4.2.2).
fn over_tcp(
    stack: &dyn Stack,
    server: SocketAddr,
    query: &Query<'_>,
    bytes: &[u8],
    deadline: Deadline,
) -> Result<Vec<u8>, Error> {
    let mut stream = stack.connect(server, deadline)?;
    // In one piece, so that it travels in one segment (RFC 7766, 8).
    let mut framed = Vec::with_capacity(2 + bytes.len());
    framed.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    framed.extend_from_slice(bytes);
    stream.write_all(&framed)?;
    stream.flush()?;
    for _ in 0..MOST_STRANGERS {
        let mut length = [0; 2];
        stream.read_exact(&mut length).map_err(ended)?;
        let mut answer = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut answer).map_err(ended)?;
        if query.is_answered_by(&answer) {
            return Ok(answer);
        }
    }
    Err(Error::new(Code::Protocol, "the name server answers what was not asked"))
}

fn ended(error: ReadExactError<Error>) -> Error {
    match error {
        ReadExactError::UnexpectedEof => {
            Error::new(Code::UnexpectedEnd, "the name server ended the connection before its answer")
        }
        ReadExactError::Other(error) => error,
    }
}

//! [`fetch`]: a request, its answer, and the redirects between them.

use super::body::Content;
use super::call::Call;
use super::head::{Head, Section};
use super::{Limits, Request, Response, Scheme};
use crate::connection::Connection;
use crate::excerpt::excerpt;
use crate::{Code, Deadline, Error, Network, Policy, Stream, tls};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;

/// What a stream is asked for at once while a head comes. Most waiting is done here, so it is little.
const AT_ONCE: usize = 4 << 10;

/// Sends a request and reads its answer (RFC 9110, RFC 9112), each over a connection of its own.
///
/// `policy` is asked about the host of every redirect, and about every address that a host leads to. It is not asked about the
/// host of the request itself, which the caller has decided on. `now_unix_seconds` is what certificates are held against.
///
/// # Errors
///
/// - [`Code::Invalid`] where the request can't be sent: see [`Request`].
/// - Those of [`Network::connect`], [`tls::connect`] and `policy`.
/// - [`Code::Protocol`] where the answer is not HTTP, or is framed ambiguously.
/// - [`Code::UnexpectedEnd`] where it ends early. Over TLS that includes content up to the end of the connection whose end
///   is not authenticated (RFC 9112 section 9.8).
/// - [`Code::TooLarge`] where it goes beyond the limits, other than that of the body.
/// - [`Code::Unsupported`] where a redirect leads to another scheme, or from `https` to `http` where the certificate was to be
///   verified.
pub fn fetch(
    network: &Network<'_>,
    request: &Request,
    trust: &tls::Trust,
    now_unix_seconds: u64,
    policy: &mut dyn Policy,
    deadline: Deadline,
    limits: &Limits,
) -> Result<Response, Error> {
    let started = network.stack.now();
    let mut call = Call::new(request, limits)?;
    let mut redirects = 0;
    loop {
        let origin = call.url.origin();
        let (stream, evidence) = connect(network, request, &call, trust, now_unix_seconds, policy, deadline)?;
        let mut connection = Connection::new(stream, network.stack, deadline);
        let head = ask(&mut connection, &call, limits).map_err(|error| error.during(&origin))?;
        let location = match request.follow_redirects {
            true => head.location().map_err(|error| error.during(&origin))?,
            false => None,
        };
        if let Some(location) = location {
            redirects += 1;
            let doing = format!("{origin}: redirected to {}", excerpt(location.as_bytes()));
            if redirects > limits.redirects {
                let message = format!(
                    "{doing}, after {} redirects, which is as many as are followed",
                    limits.redirects
                );
                return Err(Error::new(Code::TooLarge, message));
            }
            let to = call.url.join(location).map_err(|error| match error.code() {
                // It is the server that wrote the URL, not the caller.
                Code::Invalid => Error::new(Code::Protocol, error.message()).during(&doing),
                _ => error.during(&doing),
            })?;
            if request.verify_tls && call.url.scheme() == Scheme::Https && to.scheme() == Scheme::Http {
                let message = format!(
                    "{doing}, where nothing is encrypted or verified; to see the redirect itself, do not follow it"
                );
                return Err(Error::new(Code::Unsupported, message));
            }
            // Where it stays with its server, that has been decided.
            if !call.url.same_origin(&to) {
                policy.host(to.host(), to.port()).map_err(|error| error.during(&doing))?;
            }
            call.redirect(head.status, to);
            continue;
        }
        let content = head
            .framing(call.method)
            .and_then(|framing| Content::read(&mut connection, framing, limits))
            .map_err(|error| error.during(&origin))?;
        return Ok(Response {
            status: head.status,
            reason: head.reason,
            version: head.version,
            headers: head.fields,
            body: content.bytes,
            body_truncated: content.truncated,
            trailers: content.trailers,
            url: call.url.to_string(),
            remote_addr: connection.peer_addr(),
            local_addr: connection.local_addr(),
            tls: evidence,
            elapsed: network.stack.now().since(started),
        });
    }
}

/// Connects to the server of the call's URL, and with `https` shakes hands.
fn connect<'a>(
    network: &Network<'a>,
    request: &Request,
    call: &Call<'_>,
    trust: &tls::Trust,
    now_unix_seconds: u64,
    policy: &mut dyn Policy,
    deadline: Deadline,
) -> Result<(Box<dyn Stream + 'a>, Option<tls::Evidence>), Error> {
    let url = &call.url;
    let stream = network.connect(url.host(), url.port(), policy, deadline)?;
    if url.scheme() == Scheme::Http {
        return Ok((stream, None));
    }
    let verify = if request.verify_tls { tls::Verify::Require } else { tls::Verify::Report };
    let (stream, evidence) = tls::connect(stream, url.host(), trust, now_unix_seconds, verify)
        .map_err(|error| error.during(url.origin()))?;
    Ok((stream, Some(evidence)))
}

/// Sends the request, and reads the head of its final response.
fn ask(connection: &mut Connection<'_>, call: &Call<'_>, limits: &Limits) -> Result<Head, Error> {
    let mut first = call.head();
    // What is small goes into one segment: a second write would wait for the first one's acknowledgement.
    let (with_head, rest) = match call.body() {
        body if body.len() <= AT_ONCE => (body, &[][..]),
        body => (&[][..], body),
    };
    first.extend_from_slice(with_head);
    let sent = connection.send(&first).and_then(|()| connection.send(rest));
    drop(first);
    match sent {
        Ok(()) => final_head(connection, limits),
        // A server may answer before it has read everything, and close (RFC 9112 section 9.5).
        Err(error) if matches!(error.code(), Code::ConnectionReset | Code::UnexpectedEnd) => {
            final_head(connection, limits).map_err(|_| error.during("sending the request"))
        }
        Err(error) => Err(error.during("sending the request")),
    }
}

/// Reads heads until one is not informational (RFC 9110 section 15.2).
fn final_head(connection: &mut Connection<'_>, limits: &Limits) -> Result<Head, Error> {
    for _ in 0..=limits.informational {
        let head = read_head(connection, limits)?;
        match head.status {
            101 => {
                let message = "the server switches to another protocol (101), which it was not asked for";
                return Err(Error::new(Code::Protocol, message));
            }
            100..200 => {}
            _ => return Ok(head),
        }
    }
    let message = format!("the server sends more than {} informational responses", limits.informational);
    Err(Error::new(Code::TooLarge, message))
}

fn read_head(connection: &mut Connection<'_>, limits: &Limits) -> Result<Head, Error> {
    let mut section = Section::default();
    loop {
        let bytes = connection.bytes();
        Head::begins(bytes)?;
        match section.end(bytes) {
            Some(end) if end <= limits.head_bytes => {
                let head = Head::parse(&bytes[..end], limits)?;
                connection.take(end);
                return Ok(head);
            }
            None if bytes.len() < limits.head_bytes => {}
            _ => {
                let message = format!("the response's head has more than {} bytes", limits.head_bytes);
                return Err(Error::new(Code::TooLarge, message));
            }
        }
        if connection.fill(AT_ONCE)? == 0 {
            let message = match connection.bytes() {
                [] => "the server ended the connection without an answer".into(),
                bytes => {
                    format!("the server ended the connection within the response's head: {}", excerpt(bytes))
                }
            };
            return Err(Error::new(Code::UnexpectedEnd, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ScriptStack;
    use crate::{Instant, Stack};
    use alloc::vec;
    use core::net::SocketAddr;

    /// Takes some of the request, then resets; what it had answered by then can be read.
    struct Early {
        takes: usize,
        answer: &'static [u8],
    }

    impl embedded_io::ErrorType for Early {
        type Error = Error;
    }

    impl embedded_io::Read for Early {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
            let read = self.answer.len().min(buffer.len());
            if read == 0 {
                return Err(Code::ConnectionReset.into());
            }
            buffer[..read].copy_from_slice(&self.answer[..read]);
            self.answer = &self.answer[read..];
            Ok(read)
        }
    }

    impl embedded_io::Write for Early {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
            let taken = bytes.len().min(self.takes);
            self.takes -= taken;
            if taken == 0 { Err(Code::ConnectionReset.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    impl Stream for Early {
        fn local_addr(&self) -> SocketAddr {
            SocketAddr::from(([192, 0, 2, 200], 1))
        }

        fn peer_addr(&self) -> SocketAddr {
            SocketAddr::from(([192, 0, 2, 1], 80))
        }
    }

    #[test]
    fn a_server_may_answer_before_it_has_read_everything() {
        let stack = ScriptStack::new();
        let request =
            Request { method: "POST".into(), body: vec![b'x'; 100_000], ..Request::get("http://192.0.2.1/") };
        let limits = Limits::default();
        let call = Call::new(&request, &limits).unwrap();
        for takes in [0, 10, 50_000] {
            let answered = |answer| {
                let deadline = Deadline::after(Instant::from_nanos(0), core::time::Duration::from_secs(1));
                let mut connection =
                    Connection::new(Box::new(Early { takes, answer }), &stack as &dyn Stack, deadline);
                ask(&mut connection, &call, &limits)
            };
            assert_eq!(answered(b"HTTP/1.1 413 Too Large\r\n\r\n").unwrap().status, 413);
            for nothing in [&b""[..], b"HTTP/1.1 413 Too"] {
                let error = answered(nothing).unwrap_err();
                assert_eq!(error.code(), Code::ConnectionReset);
                assert!(error.message().starts_with("sending the request: "), "{error}");
            }
        }
    }
}

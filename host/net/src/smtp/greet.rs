//! [`greet`]: a connection from the server's greeting to `QUIT`.

use super::reply::Reply;
use super::{Failure, Greeting, Limits, Request, Security};
use crate::connection::Connection;
use crate::{Code, Deadline, Error, Network, Policy, Stream, dns, tls};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;
use core::time::Duration;

/// Reads a server's greeting, asks it for its extensions (`EHLO`, else `HELO`), begins TLS if `request` says so, and takes its leave.
///
/// With STARTTLS, nothing that came before TLS is trusted after it: the extensions are asked for again, and a server
/// (or who is between it and us) that sends more than its answer to `STARTTLS` ahead of the handshake is an error.
///
/// `policy` is asked about every address that the host leads to. `now_unix_seconds` is what certificates are held against.
///
/// # Errors
///
/// With what had been seen by then:
///
/// - Those of [`Network::connect`], [`tls::connect`] and `policy`.
/// - [`Code::ServerRefused`] where the server refuses: its service (421, 554), `EHLO` and `HELO`, or `STARTTLS`.
/// - [`Code::Unsupported`] where it does not offer STARTTLS.
/// - [`Code::Protocol`] where it does not speak SMTP, and for bytes ahead of the handshake.
/// - [`Code::UnexpectedEnd`] where it ends the connection early, [`Code::TooLarge`] beyond the limits.
pub fn greet(
    network: &Network<'_>,
    request: &Request,
    trust: &tls::Trust,
    now_unix_seconds: u64,
    policy: &mut dyn Policy,
    deadline: Deadline,
    limits: &Limits,
) -> Result<Greeting, Failure> {
    let started = network.stack.now();
    let name = dns::ascii_host(&request.host)?;
    let stream = network.connect(&request.host, request.port, policy, deadline)?;
    let mut seen = Greeting {
        banner: String::new(),
        extensions: Vec::new(),
        tls: None,
        remote_addr: stream.peer_addr(),
        local_addr: stream.local_addr(),
        elapsed: Duration::ZERO,
    };
    let connect = |stream| Connection::new(stream, network.stack, deadline);
    let mut handshake = |stream| tls::connect(stream, &name, trust, now_unix_seconds, tls::Verify::Report);
    let mut session = Session { connection: None, limits };
    let said = session.converse(stream, request.security, &connect, &mut handshake, &mut seen);
    seen.elapsed = network.stack.now().since(started);
    // Only to who speaks SMTP, and whatever comes of it.
    if said
        .as_ref()
        .map_or_else(|error| matches!(error.code(), Code::ServerRefused | Code::Unsupported), |()| true)
    {
        session.quit();
    }
    match said {
        Ok(()) => Ok(seen),
        Err(error) => Err(Failure { error, seen: Some(Box::new(seen)) }),
    }
}

struct Session<'a, 'l> {
    /// None in a handshake, and if it fails for good.
    connection: Option<Connection<'a>>,
    limits: &'l Limits,
}

type Secured<'a> = Result<(Box<dyn Stream + 'a>, tls::Evidence), Error>;

impl<'a> Session<'a, '_> {
    fn converse(
        &mut self,
        mut stream: Box<dyn Stream + 'a>,
        security: Security,
        connect: &dyn Fn(Box<dyn Stream + 'a>) -> Connection<'a>,
        handshake: &mut dyn FnMut(Box<dyn Stream + 'a>) -> Secured<'a>,
        seen: &mut Greeting,
    ) -> Result<(), Error> {
        if security == Security::Tls {
            let (secured, evidence) = handshake(stream)?;
            (stream, seen.tls) = (secured, Some(evidence));
        }
        self.connection = Some(connect(stream));
        let banner = self.reply("the greeting")?;
        seen.banner = banner.text();
        banner.expect(220, "service")?;
        seen.extensions = self.hello(seen)?;
        if security != Security::StartTls {
            return Ok(());
        }
        let keyword =
            |line: &String| line.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case("STARTTLS"));
        if !seen.extensions.iter().any(keyword) {
            return Err(Error::new(Code::Unsupported, "the server does not offer STARTTLS"));
        }
        self.ask("STARTTLS", "STARTTLS")?.expect(220, "STARTTLS")?;
        let Some(connection) = self.connection.take() else {
            return Err(Code::Other.into());
        };
        let early = connection.bytes().len();
        if early > 0 {
            let message = format!(
                "{early} bytes came behind the answer to STARTTLS and ahead of TLS: someone injects commands or answers"
            );
            return Err(Error::new(Code::Protocol, message));
        }
        // They are not known to be the server's.
        seen.extensions.clear();
        let (secured, evidence) = handshake(connection.into_stream())?;
        seen.tls = Some(evidence);
        self.connection = Some(connect(secured));
        seen.extensions = self.hello(seen)?;
        Ok(())
    }

    /// Says who we are, and answers the extensions that the server has (RFC 5321 section 4.1.1.1).
    fn hello(&mut self, seen: &Greeting) -> Result<Vec<String>, Error> {
        let own = address_literal(seen.local_addr.ip());
        let reply = self.ask("EHLO", &format!("EHLO {own}"))?;
        if !(500..600).contains(&reply.code) {
            let lines = reply.expect(250, "EHLO")?.lines;
            return Ok(lines.into_iter().skip(1).filter(|line| !line.trim().is_empty()).collect());
        }
        self.ask("HELO", &format!("HELO {own}"))?.expect(250, "EHLO and HELO")?;
        Ok(Vec::new())
    }

    /// Takes leave. The answer is not waited for: nothing that it could say matters, and a server that says none would keep
    /// everybody waiting.
    fn quit(&mut self) {
        if let Some(connection) = &mut self.connection {
            let _ = connection.send(b"QUIT\r\n");
        }
    }

    fn ask(&mut self, what: &str, line: &str) -> Result<Reply, Error> {
        if let Some(connection) = &mut self.connection {
            connection
                .send(format!("{line}\r\n").as_bytes())
                .map_err(|error| error.during(format!("sending {what}")))?;
        }
        self.reply(&format!("the answer to {what}"))
    }

    fn reply(&mut self, what: &str) -> Result<Reply, Error> {
        let connection = self.connection.as_mut().ok_or(Code::UnexpectedEnd)?;
        Reply::read(connection, self.limits).map_err(|error| error.during(format!("waiting for {what}")))
    }
}

/// RFC 5321 section 4.1.3: who has no name says its address.
fn address_literal(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses() {
        for (address, literal) in [
            ("192.0.2.1", "[192.0.2.1]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("::ffff:192.0.2.1", "[192.0.2.1]"),
        ] {
            assert_eq!(address_literal(address.parse().unwrap()), literal);
        }
    }
}

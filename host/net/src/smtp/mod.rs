//! SMTP (RFC 5321, RFC 3207): what a mail server says of itself, with or without TLS. No mail is sent.
//!
//! ```
//! # #[cfg(feature = "script")] {
//! use quoin_net::policy::AllowAll;
//! use quoin_net::script::{Event, ScriptStack};
//! use quoin_net::smtp::{self, Limits, Request, Security};
//! use quoin_net::{Deadline, Network, Stack, dns, tls};
//! use std::time::Duration;
//!
//! let stack = ScriptStack::new();
//! let says = b"220 mail.example ESMTP\r\n250-mail.example\r\n250 SIZE 1000\r\n221 Bye\r\n";
//! stack.serve("192.0.2.1:25".parse().unwrap(), || vec![Event::Send(says.into())]);
//! let config = dns::Config::default();
//! let network = Network { stack: &stack, dns: &config };
//! let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
//! let request = Request { host: "192.0.2.1".into(), port: 25, security: Security::Plain };
//! let greeting =
//!     smtp::greet(&network, &request, &tls::Trust::embedded(), 0, &mut AllowAll, deadline, &Limits::default()).unwrap();
//! assert_eq!(greeting.banner, "220 mail.example ESMTP");
//! assert_eq!(greeting.extensions, ["SIZE 1000"]);
//! # }
//! ```

mod greet;
mod reply;

pub use greet::greet;

use crate::{Error, tls};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Never.
    Plain,
    /// Before the server says anything (RFC 8314 section 3; port 465).
    Tls,
    /// By the command `STARTTLS` (RFC 3207).
    StartTls,
}

/// Who is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// A name or an address.
    pub host: String,
    /// 25, 465 or 587, as a rule.
    pub port: u16,
    /// When TLS begins. Its certificate is not an error but evidence: see [`Greeting::tls`].
    pub security: Security,
}

/// How much is taken from a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a line. RFC 5321 section 4.5.3.1.5 allows servers 512.
    pub line_bytes: usize,
    /// Bytes of a reply, all its lines together.
    pub reply_bytes: usize,
}

impl Default for Limits {
    /// 2 KiB a line, 16 KiB a reply.
    fn default() -> Self {
        Self { line_bytes: 2 << 10, reply_bytes: 16 << 10 }
    }
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Its first reply with the code, line by line: `220 mail.example ESMTP`. With STARTTLS nobody vouches for it, because it
    /// came before TLS.
    pub banner: String,
    /// The lines of its answer to `EHLO` behind the first, without their code: `SIZE 10240000`. With TLS it is what was
    /// answered inside TLS. Empty where the server knows only `HELO`.
    pub extensions: Vec<String>,
    /// What the handshake showed.
    pub tls: Option<tls::Evidence>,
    /// What was connected to.
    pub remote_addr: SocketAddr,
    /// Our end.
    pub local_addr: SocketAddr,
    /// From the start to the last answer. That to `QUIT` is not waited for.
    pub elapsed: Duration,
}

/// What went wrong, and how far it went until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// Where there was a connection: what had been seen by then. What was not is empty.
    pub seen: Option<Box<Greeting>>,
}

impl From<Error> for Failure {
    /// A failure without a connection.
    fn from(error: Error) -> Self {
        Self { error, seen: None }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for Failure {}

#[cfg(test)]
mod tests;

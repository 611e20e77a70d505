//! HTTP/1.1 (RFC 9110, RFC 9112): one request, its redirects, and the answer.
//!
//! ```
//! # #[cfg(feature = "script")] {
//! use quoin_net::http::{self, Limits, Request};
//! use quoin_net::policy::AllowAll;
//! use quoin_net::script::{Event, ScriptStack};
//! use quoin_net::{Deadline, Network, Stack, dns, tls};
//! use std::time::Duration;
//!
//! let stack = ScriptStack::new();
//! let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
//! stack.serve("192.0.2.1:80".parse().unwrap(), || vec![Event::Send(answer.into())]);
//! let config = dns::Config::default();
//! let network = Network { stack: &stack, dns: &config };
//! let deadline = Deadline::after(stack.now(), Duration::from_secs(5));
//! let request = Request::get("http://192.0.2.1/");
//! let response =
//!     http::fetch(&network, &request, &tls::Trust::embedded(), 0, &mut AllowAll, deadline, &Limits::default()).unwrap();
//! assert_eq!((response.status, response.body.as_slice()), (200, &b"hello"[..]));
//! # }
//! ```

mod body;
mod call;
mod chunked;
mod fetch;
mod head;
mod reference;
mod url;

pub use fetch::fetch;
pub use url::{Scheme, Url};

use crate::tls;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Any word of RFC 9110 section 5.6.2, in the case that it is meant in; not `CONNECT`.
    pub method: String,
    /// See [`Url`] for what is taken.
    pub url: String,
    /// In the order that they are sent in, after `Host`. `Host`, `User-Agent`, `Accept` and `Accept-Encoding` take the place of
    /// Quoin's own; those that frame the request (`Content-Length`, `Transfer-Encoding`, `Connection`, …) are refused unless they
    /// say what is sent anyway.
    pub headers: Vec<(String, String)>,
    /// Sent with its length, if there is any.
    pub body: Vec<u8>,
    /// Whether a redirect is followed. If not, it is the answer.
    ///
    /// Redirects may lead from `https` to `http`: `policy` decides on every one of them. `Authorization`, `Cookie` and
    /// `Host` are not sent to another scheme, host or port than they were given for.
    pub follow_redirects: bool,
    /// Whether a bad certificate is an error. If not, [`Response::tls`] says what is wrong with it.
    pub verify_tls: bool,
}

impl Request {
    /// `GET`, without headers of one's own; redirects are followed, and certificates verified.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: "GET".into(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            follow_redirects: true,
            verify_tls: true,
        }
    }
}

/// How much is taken from a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of content. More is not read, and [`Response::body_truncated`] says so.
    pub body_bytes: usize,
    /// Bytes of a response's head, of its trailers, of a chunk's size with its extensions, and of the request's own head.
    pub head_bytes: usize,
    /// Fields of a response's head or trailers.
    pub fields: usize,
    /// Redirects in a row.
    pub redirects: usize,
    /// Informational (1xx) responses before the final one.
    pub informational: usize,
}

impl Default for Limits {
    /// 10 MiB of content, 64 KiB and 256 fields of head, 10 redirects, 16 informational responses.
    fn default() -> Self {
        Self { body_bytes: 10 << 20, head_bytes: 64 << 10, fields: 256, redirects: 10, informational: 16 }
    }
}

/// The final response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 999; what is not 1xx to 5xx is for the reader to judge (RFC 9110 section 15).
    pub status: u16,
    /// What stands behind the status; may be empty.
    pub reason: String,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: &'static str,
    /// In their order, with their names as they were sent. A value that is not UTF-8 is read as ISO-8859-1.
    pub headers: Vec<(String, String)>,
    /// The content, without chunks around it and otherwise as it came.
    pub body: Vec<u8>,
    /// There is more content than [`Limits::body_bytes`].
    pub body_truncated: bool,
    /// Fields that came behind chunked content.
    pub trailers: Vec<(String, String)>,
    /// Where the response came from, after redirects.
    pub url: String,
    /// What was connected to for it.
    pub remote_addr: SocketAddr,
    /// Our end.
    pub local_addr: SocketAddr,
    /// What that server's handshake showed, with `https`.
    pub tls: Option<tls::Evidence>,
    /// From the start, through all redirects, to the last byte.
    pub elapsed: Duration,
}

#[cfg(test)]
mod tests;

//! [`Call`]: a request as it is sent, and what a redirect makes of it.

use super::{Limits, Request, Url};
use crate::{Code, Error};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A request that can be sent. What is in it can't break out of its line.
pub(super) struct Call<'r> {
    pub url: Url,
    pub method: &'r str,
    /// The caller's fields, without those that come from the body and from how connections are used.
    fields: Vec<(&'r str, &'r str)>,
    body: &'r [u8],
}

/// Fields that say how the connection and the message are, which is not the caller's to say.
const FRAMING: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Fields that another server gets as well. Any other may be a secret between the caller and the server that it was meant for
/// (RFC 9110 section 15.4): a cookie, a password, a key under a name of its own.
const FOR_ANY_SERVER: [&str; 11] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-type",
    "pragma",
    "range",
    "user-agent",
];

impl<'r> Call<'r> {
    /// # Errors
    ///
    /// [`Code::Invalid`] where the request can't be written as HTTP, or would be something else than it seems.
    pub fn new(request: &'r Request, limits: &Limits) -> Result<Self, Error> {
        let method = request.method.as_str();
        if !is_token(method.as_bytes()) {
            return Err(invalid("the method is no word of letters, digits and !#$%&'*+-.^_`|~"));
        }
        if method == "CONNECT" {
            return Err(invalid("the method `CONNECT` asks for a tunnel, and has no URL"));
        }
        if method == "TRACE" && !request.body.is_empty() {
            return Err(invalid("a `TRACE` request has no body"));
        }
        let url = Url::parse(&request.url)?;
        let mut fields = Vec::with_capacity(request.headers.len());
        for (name, value) in &request.headers {
            let value = value.trim_matches([' ', '\t']);
            if is_sent(name, value, request.body.len())? {
                fields.push((name.as_str(), value));
            }
        }
        if fields.iter().filter(|field| field.0.eq_ignore_ascii_case("host")).count() > 1 {
            return Err(invalid("the header `Host` is given twice"));
        }
        let call = Self { url, method, fields, body: &request.body };
        if call.head().len() > limits.head_bytes {
            return Err(invalid(format!(
                "the URL and the headers have more than {} bytes",
                limits.head_bytes
            )));
        }
        Ok(call)
    }

    /// The request line, the fields and the empty line (RFC 9112 sections 3 and 5).
    pub fn head(&self) -> Vec<u8> {
        let mut head = String::with_capacity(256);
        let mut line = |parts: [&str; 3], end: &str| {
            parts.iter().for_each(|part| head.push_str(part));
            head.push_str(end);
        };
        line([self.method, " ", self.url.target()], " HTTP/1.1\r\n");
        let own = |name: &str| self.fields.iter().find(|field| field.0.eq_ignore_ascii_case(name));
        // RFC 9110 section 7.2: `Host` comes first.
        let authority = self.url.authority();
        line(["Host", ": ", own("host").map_or(authority.as_str(), |field| field.1)], "\r\n");
        for (name, value) in [
            ("User-Agent", concat!("quoin/", env!("CARGO_PKG_VERSION"))),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
        ] {
            if own(name).is_none() {
                line([name, ": ", value], "\r\n");
            }
        }
        for (name, value) in &self.fields {
            if !name.eq_ignore_ascii_case("host") {
                line([name, ": ", value], "\r\n");
            }
        }
        // RFC 9110 section 8.6: methods that mean something by their content say so when there is none.
        if !self.body.is_empty() || matches!(self.method, "POST" | "PUT" | "PATCH") {
            line(["Content-Length", ": ", &self.body.len().to_string()], "\r\n");
        }
        line(["Connection", ": ", "close"], "\r\n\r\n");
        head.into_bytes()
    }

    pub const fn body(&self) -> &'r [u8] {
        self.body
    }

    /// Becomes what a redirect asks for (RFC 9110 section 15.4).
    pub fn redirect(&mut self, status: u16, to: Url) {
        let to_get = match status {
            303 => self.method != "HEAD",
            // What every client does, and the RFC allows.
            301 | 302 => self.method == "POST",
            _ => false,
        };
        if to_get {
            self.method = "GET";
            self.body = &[];
            let about_content =
                |name: &str| name.get(..8).is_some_and(|front| front.eq_ignore_ascii_case("content-"));
            self.fields.retain(|field| !about_content(field.0));
        }
        if !self.url.same_origin(&to) {
            self.fields.retain(|field| is_one_of(field.0, &FOR_ANY_SERVER));
        }
        self.url = to;
    }
}

/// Whether a field of the caller's is sent as it is; not, if what is sent anyway says the same.
fn is_sent(name: &str, value: &str, body_bytes: usize) -> Result<bool, Error> {
    if !is_token(name.as_bytes()) {
        let shown = name.escape_debug();
        return Err(invalid(format!(
            "the header `{shown}` has a name that is no word of letters, digits and !#$%&'*+-.^_`|~"
        )));
    }
    if value.bytes().any(|b| b.is_ascii_control() && b != b'\t') {
        return Err(invalid(format!(
            "the header `{name}` has a line break or another control character in its value"
        )));
    }
    if name.eq_ignore_ascii_case("host") && (value.is_empty() || !value.bytes().all(is_of_authority)) {
        return Err(invalid("the header `Host` is a host, and perhaps `:` and a port"));
    }
    if is_one_of(name, &FRAMING) {
        let same = name.eq_ignore_ascii_case("content-length") && value.parse() == Ok(body_bytes)
            || name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close");
        if !same {
            return Err(invalid(format!(
                "the header `{name}` is not for a request to set: its length and its connection are Quoin's to manage"
            )));
        }
        return Ok(false);
    }
    Ok(true)
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// RFC 9110 section 5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

fn is_of_authority(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:[]".contains(&byte)
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, headers: &[(&str, &str)], body: &str) -> Request {
        Request {
            method: method.into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            body: body.into(),
            ..Request::get("http://a.example/x")
        }
    }

    fn head(request: &Request) -> Result<String, Error> {
        Call::new(request, &Limits::default()).map(|call| String::from_utf8(call.head()).unwrap())
    }

    const AGENT: &str = concat!("User-Agent: quoin/", env!("CARGO_PKG_VERSION"), "\r\n");

    #[test]
    fn what_is_sent() {
        assert_eq!(
            head(&request("GET", &[], "")).unwrap(),
            format!(
                "GET /x HTTP/1.1\r\nHost: a.example\r\n{AGENT}Accept: */*\r\nAccept-Encoding: identity\r\n\
                 Connection: close\r\n\r\n"
            )
        );
        let headers = [
            ("accept", "text/html"),
            ("X-Name", " é\t"),
            ("HOST", "b.example:8080"),
            ("content-length", "2"),
            ("Connection", "Close"),
            ("X-Name", ""),
        ];
        assert_eq!(
            head(&request("POST", &headers, "hi")).unwrap(),
            format!(
                "POST /x HTTP/1.1\r\nHost: b.example:8080\r\n{AGENT}Accept-Encoding: identity\r\n\
                 accept: text/html\r\nX-Name: é\r\nX-Name: \r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
            )
        );
        assert!(head(&request("PUT", &[], "")).unwrap().contains("\r\nContent-Length: 0\r\n"));
        assert!(head(&request("M-SEARCH", &[], "")).unwrap().starts_with("M-SEARCH /x HTTP/1.1\r\n"));
    }

    #[test]
    fn what_can_not_be_sent() {
        for (method, headers, body) in [
            ("", vec![], ""),
            ("GET /evil", vec![], ""),
            ("GET\r\n", vec![], ""),
            ("GÉT", vec![], ""),
            ("CONNECT", vec![], ""),
            ("TRACE", vec![], "x"),
            ("GET", vec![("", "x")], ""),
            ("GET", vec![("X Y", "x")], ""),
            ("GET", vec![("X:", "x")], ""),
            ("GET", vec![("X\r\nY", "x")], ""),
            ("GET", vec![("X", "a\r\nY: b")], ""),
            ("GET", vec![("X", "a\nb")], ""),
            ("GET", vec![("X", "a\0")], ""),
            ("GET", vec![("X", "a\x7f")], ""),
            ("GET", vec![("Host", "a"), ("host", "a")], ""),
            ("GET", vec![("Host", "")], ""),
            ("GET", vec![("Host", "a/b")], ""),
            ("GET", vec![("Host", "user@a")], ""),
            ("POST", vec![("Content-Length", "3")], "hi"),
            ("POST", vec![("Transfer-Encoding", "chunked")], "hi"),
            ("GET", vec![("Connection", "keep-alive")], ""),
            ("GET", vec![("Upgrade", "websocket")], ""),
            ("GET", vec![("TE", "trailers")], ""),
        ] {
            let error = head(&request(method, &headers, body)).unwrap_err();
            assert_eq!(error.code(), Code::Invalid, "{method:?} {headers:?}");
        }
        let long = "x".repeat(64 << 10);
        assert_eq!(head(&request("GET", &[("X", &long)], "")).unwrap_err().code(), Code::Invalid);
        let error = head(&Request::get("ftp://a/")).unwrap_err();
        assert_eq!(error.code(), Code::Invalid);
    }

    #[test]
    fn redirects_rewrite_what_rfc_9110_says() {
        let after = |method: &str, status: u16| {
            let request = request(method, &[("Content-Type", "text/plain"), ("X", "y")], "hi");
            let mut call = Call::new(&request, &Limits::default()).unwrap();
            call.redirect(status, Url::parse("http://a.example/y").unwrap());
            let fields = call.fields.len();
            assert_eq!(fields == 2, !call.body.is_empty(), "{method} {status}");
            (String::from(call.method), call.body.len())
        };
        for (method, status, then) in [
            ("POST", 301, ("GET", 0)),
            ("POST", 302, ("GET", 0)),
            ("POST", 303, ("GET", 0)),
            ("POST", 307, ("POST", 2)),
            ("POST", 308, ("POST", 2)),
            ("PUT", 301, ("PUT", 2)),
            ("PUT", 302, ("PUT", 2)),
            ("PUT", 303, ("GET", 0)),
            ("DELETE", 302, ("DELETE", 2)),
            ("HEAD", 303, ("HEAD", 2)),
            ("GET", 302, ("GET", 2)),
        ] {
            assert_eq!(after(method, status), (then.0.into(), then.1), "{method} {status}");
        }
    }

    #[test]
    fn credentials_stay_with_their_server() {
        let headers = [
            ("authorization", "Basic x"),
            ("Cookie", "a=b"),
            ("Host", "vhost"),
            ("Proxy-Authorization", "y"),
            ("X-Api-Key", "s3cret"),
            ("Accept-Language", "de"),
        ];
        let request = request("GET", &headers, "");
        for (to, kept) in [
            ("http://a.example/y", 6),
            ("http://A.example:80/", 6),
            ("http://a.example:81/", 1),
            ("https://a.example/", 1),
            ("https://a.example:80/", 1),
            ("http://b.a.example/", 1),
        ] {
            let mut call = Call::new(&request, &Limits::default()).unwrap();
            call.redirect(307, Url::parse(to).unwrap());
            assert_eq!(call.fields.len(), kept, "{to}");
            // Having been elsewhere, they don't come back.
            call.redirect(307, Url::parse("http://a.example/").unwrap());
            assert_eq!(call.fields.len(), kept, "{to}");
        }
    }
}

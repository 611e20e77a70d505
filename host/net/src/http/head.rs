//! [`Head`]: the head of a response, and how its content is framed.

use super::Limits;
use crate::excerpt::excerpt;
use crate::{Code, Error};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use httparse::Status;

/// A field's name as it was sent, and its value: UTF-8, or where it is none, each byte as the character of that number
/// (ISO-8859-1, which RFC 9110 section 5.5 remembers).
pub(super) type Field = (String, String);

/// A status line and fields (RFC 9112 sections 4 and 5).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub version: &'static str,
    pub status: u16,
    pub reason: String,
    pub fields: Vec<Field>,
}

/// How long a response's content is (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none.
    Nothing,
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// Up to the end of the connection.
    Close,
}

/// Looks for the end of a section of lines, each byte once.
#[derive(Default)]
pub(super) struct Section {
    searched: usize,
}

impl Section {
    /// The length of the section at the start of `bytes`, its empty line included; none while it has not come.
    /// `bytes` are those of the last call, and more.
    pub fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let searched = core::mem::replace(&mut self.searched, bytes.len().saturating_sub(2));
        let line_end = |at: usize| bytes.get(at) == Some(&b'\n');
        (searched..bytes.len()).find_map(|at| {
            if !line_end(at) {
                return None;
            }
            let crlf = usize::from(bytes.get(at + 1) == Some(&b'\r'));
            line_end(at + 1 + crlf).then_some(at + 2 + crlf)
        })
    }
}

impl Head {
    /// Whether `bytes`, the first that a server sends, can be the start of a response.
    ///
    /// # Errors
    ///
    /// Where they can't: an answer in another protocol has no end to wait for.
    pub fn begins(bytes: &[u8]) -> Result<(), Error> {
        const START: &[u8] = b"HTTP/1.";
        if bytes.iter().zip(START).all(|(a, b)| a == b) {
            return Ok(());
        }
        // An alert or a handshake of TLS: `http://` asks a port that speaks it.
        let advice = if matches!(bytes, [0x15 | 0x16, 3, ..]) { " but TLS: write `https://`" } else { "" };
        Err(protocol(format!("the server answers {}, which is not HTTP/1{advice}", excerpt(bytes))))
    }

    /// Reads a head that ends in its empty line.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let mut fields = vec![httparse::EMPTY_HEADER; limits.fields];
        let mut response = httparse::Response::new(&mut fields);
        let mut parser = httparse::ParserConfig::default();
        // RFC 9112 section 5.2: a user agent reads obs-fold as spaces.
        parser.allow_obsolete_multiline_headers_in_responses(true);
        match parser.parse_response(&mut response, bytes) {
            Ok(Status::Complete(length)) if length == bytes.len() => {}
            Ok(_) => return Err(malformed(bytes)),
            Err(error) => return Err(refuse(error, bytes, limits)),
        }
        let (version, status) = match (response.version, response.code) {
            (Some(1), Some(status @ 100..)) => ("HTTP/1.1", status),
            (Some(0), Some(status @ 100..)) => ("HTTP/1.0", status),
            _ => return Err(malformed(bytes)),
        };
        let reason = response.reason.unwrap_or_default().to_owned();
        Ok(Self { version, status, reason, fields: owned(response.headers) })
    }

    /// The values of a field, however its name is written.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |field| field.0.eq_ignore_ascii_case(name))
            .map(|field| field.1.as_str())
    }

    /// How long the content is that answers `method`.
    ///
    /// # Errors
    ///
    /// Where the response says it twice and differently, or in a way that nobody asked for. Reading on could take one
    /// response for another.
    pub fn framing(&self, method: &str) -> Result<Framing, Error> {
        let length = self.content_length()?;
        let codings = self.transfer_codings();
        if method == "HEAD" || matches!(self.status, 100..200 | 204 | 304) {
            return Ok(Framing::Nothing);
        }
        match codings.as_slice() {
            [] => Ok(length.map_or(Framing::Close, Framing::Length)),
            _ if self.version == "HTTP/1.0" => Err(protocol(
                "the server answers in HTTP/1.0, with `Transfer-Encoding`, which that does not have",
            )),
            _ if length.is_some() => Err(protocol(
                "the response has both `Content-Length` and `Transfer-Encoding`, of which one must be false",
            )),
            [coding] if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
            codings => Err(protocol(format!(
                "the response has the transfer coding {}, which was not asked for",
                excerpt(codings.join(", ").as_bytes())
            ))),
        }
    }

    /// Where the response sends the client, if it is a redirect that says so.
    ///
    /// # Errors
    ///
    /// Where it says several places.
    pub fn location(&self) -> Result<Option<&str>, Error> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let mut values = self.values("location");
        let first = values.next();
        if values.any(|other| Some(other) != first) {
            return Err(protocol("the redirect has more than one `Location`"));
        }
        Ok(first)
    }

    /// RFC 9110 section 8.6: the same number may stand there several times.
    fn content_length(&self) -> Result<Option<u64>, Error> {
        let mut length = None;
        for value in self.values("content-length").flat_map(|value| value.split(',')) {
            let value = value.trim_matches([' ', '\t']);
            let number = Some(value).filter(|value| value.bytes().all(|b| b.is_ascii_digit()));
            let number = number.and_then(|value| value.parse::<u64>().ok()).ok_or_else(|| {
                protocol(format!("the response's `Content-Length` is {}", excerpt(value.as_bytes())))
            })?;
            if length.is_some_and(|length| length != number) {
                return Err(protocol("the response has two different `Content-Length`s"));
            }
            length = Some(number);
        }
        Ok(length)
    }

    fn transfer_codings(&self) -> Vec<&str> {
        self.values("transfer-encoding")
            .flat_map(|value| value.split(','))
            .map(|coding| coding.trim_matches([' ', '\t']))
            .filter(|coding| !coding.is_empty())
            .collect()
    }
}

/// Reads the fields of a trailer section (RFC 9112 section 7.1.2) that ends in its empty line.
pub(super) fn trailers(bytes: &[u8], limits: &Limits) -> Result<Vec<Field>, Error> {
    let mut fields = vec![httparse::EMPTY_HEADER; limits.fields];
    match httparse::parse_headers(bytes, &mut fields) {
        Ok(Status::Complete((length, fields))) if length == bytes.len() => Ok(owned(fields)),
        Ok(_) => Err(malformed(bytes)),
        Err(error) => Err(refuse(error, bytes, limits)),
    }
}

fn owned(fields: &[httparse::Header<'_>]) -> Vec<Field> {
    let text = |value: &[u8]| {
        let mut value = match core::str::from_utf8(value) {
            Ok(value) => value.to_owned(),
            Err(_) => value.iter().copied().map(char::from).collect(),
        };
        // What is left of obs-fold.
        if value.contains(['\r', '\n']) {
            value = value.replace(['\r', '\n'], " ");
        }
        value
    };
    fields.iter().map(|field| (field.name.to_owned(), text(field.value))).collect()
}

fn refuse(error: httparse::Error, bytes: &[u8], limits: &Limits) -> Error {
    match error {
        httparse::Error::TooManyHeaders => {
            Error::new(Code::TooLarge, format!("the response has more than {} fields", limits.fields))
        }
        _ => malformed(bytes),
    }
}

fn malformed(bytes: &[u8]) -> Error {
    protocol(format!("the response is malformed: {}", excerpt(bytes)))
}

fn protocol(message: impl Into<String>) -> Error {
    Error::new(Code::Protocol, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Head, Error> {
        Head::parse(text.as_bytes(), &Limits::default())
    }

    fn framing(fields: &str) -> Result<Framing, Code> {
        let head = head(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).unwrap();
        head.framing("GET").map_err(|error| error.code())
    }

    #[test]
    fn the_end_is_found_however_the_bytes_come() {
        for (text, end) in
            [("a\r\nb\r\n\r\nrest", 8), ("a\n\nrest", 3), ("a\n\r\nrest", 4), ("a\r\n\nrest", 4)]
        {
            let bytes = text.as_bytes();
            assert_eq!(Section::default().end(bytes), Some(end), "{text:?}");
            let mut section = Section::default();
            for length in 0..end {
                assert_eq!(section.end(&bytes[..length]), None, "{text:?} {length}");
            }
            assert_eq!(section.end(&bytes[..end]), Some(end), "{text:?}");
        }
        assert_eq!(Section::default().end(b"\r\r\n\rx\n"), None);
    }

    #[test]
    fn heads() {
        let found = head("HTTP/1.0 404 Not Found\r\nA: b\r\na:  c \r\nE:\r\n\r\n").unwrap();
        assert_eq!((found.version, found.status, found.reason.as_str()), ("HTTP/1.0", 404, "Not Found"));
        assert_eq!(found.values("a").collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(found.values("E").collect::<Vec<_>>(), [""]);
        let found = head("HTTP/1.1 200\nA: b\r\n c\r\n\td\n\n").unwrap();
        assert_eq!((found.reason.as_str(), &found.fields[0].1[..3]), ("", "b  "));
        assert_eq!(found.fields[0].1.split_whitespace().collect::<Vec<_>>(), ["b", "c", "d"]);
        let found =
            Head::parse(b"HTTP/1.1 200 \r\nA: \xe9\r\nB: \xc3\xa9\r\n\r\n", &Limits::default()).unwrap();
        assert_eq!((found.fields[0].1.as_str(), found.fields[1].1.as_str()), ("é", "é"));
        for text in [
            "HTTP/1.1 099 x\r\n\r\n",
            "HTTP/1.1 20 x\r\n\r\n",
            "HTTP/1.1 2000 x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.2 200 OK\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n",
        ] {
            assert_eq!(head(text).unwrap_err().code(), Code::Protocol, "{text:?}");
        }
        let limits = Limits { fields: 2, ..Limits::default() };
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\nA: b\r\nA: b\r\n\r\n", &limits).is_ok());
        let many = Head::parse(b"HTTP/1.1 200 OK\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", &limits);
        assert_eq!(many.unwrap_err().code(), Code::TooLarge);
    }

    #[test]
    fn what_is_not_http_is_known_by_its_first_bytes() {
        for bytes in [&b""[..], b"H", b"HTTP/1.", b"HTTP/1.1 200"] {
            assert_eq!(Head::begins(bytes), Ok(()));
        }
        for (bytes, message) in [
            (&b"SSH-2.0-OpenSSH\r\n"[..], r#"the server answers "SSH-2.0-OpenSSH\r\n", which is not HTTP/1"#),
            (b"HTTP/2", r#"the server answers "HTTP/2", which is not HTTP/1"#),
            (b"\r\nHTTP/1.1 200", r#"the server answers "\r\nHTTP/1.1 200", which is not HTTP/1"#),
            (
                b"\x15\x03\x01\0\x02",
                r#"the server answers "\x15\x03\x01\x00\x02", which is not HTTP/1 but TLS: write `https://`"#,
            ),
        ] {
            let error = Head::begins(bytes).unwrap_err();
            assert_eq!((error.code(), error.message()), (Code::Protocol, message));
        }
    }

    #[test]
    fn content_is_framed_in_one_way() {
        for (fields, found) in [
            ("", Ok(Framing::Close)),
            ("Content-Length: 0\r\n", Ok(Framing::Length(0))),
            ("content-length: 5\r\nContent-Length: 05, 5\r\n", Ok(Framing::Length(5))),
            ("Content-Length: 18446744073709551615\r\n", Ok(Framing::Length(u64::MAX))),
            ("Transfer-Encoding: Chunked\r\n", Ok(Framing::Chunked)),
            ("Transfer-Encoding: , chunked,\r\n", Ok(Framing::Chunked)),
            ("Content-Length: 18446744073709551616\r\n", Err(Code::Protocol)),
            ("Content-Length: 5\r\nContent-Length: 6\r\n", Err(Code::Protocol)),
            ("Content-Length: 5,\r\n", Err(Code::Protocol)),
            ("Content-Length: +5\r\n", Err(Code::Protocol)),
            ("Content-Length:\r\n", Err(Code::Protocol)),
            ("Content-Length: 5\r\n 6\r\n", Err(Code::Protocol)),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", Err(Code::Protocol)),
            ("Transfer-Encoding: gzip, chunked\r\n", Err(Code::Protocol)),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Err(Code::Protocol)),
            ("Transfer-Encoding: chunked, gzip\r\n", Err(Code::Protocol)),
            ("Transfer-Encoding: identity\r\n", Err(Code::Protocol)),
        ] {
            assert_eq!(framing(fields), found, "{fields:?}");
        }
        let with_status = |status: u16, method: &str| {
            head(&format!("HTTP/1.1 {status} x\r\nContent-Length: 5\r\n\r\n")).unwrap().framing(method)
        };
        assert_eq!(with_status(204, "GET"), Ok(Framing::Nothing));
        assert_eq!(with_status(304, "GET"), Ok(Framing::Nothing));
        assert_eq!(with_status(200, "HEAD"), Ok(Framing::Nothing));
        assert_eq!(with_status(205, "GET"), Ok(Framing::Length(5)));
        let old = head("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        assert_eq!(old.framing("GET").unwrap_err().code(), Code::Protocol);
    }

    #[test]
    fn redirects_say_one_place() {
        let location = |status: u16, fields: &str| {
            head(&format!("HTTP/1.1 {status} x\r\n{fields}\r\n"))
                .unwrap()
                .location()
                .map(|location| location.map(String::from))
                .map_err(|error| error.code())
        };
        for status in [301, 302, 303, 307, 308] {
            assert_eq!(location(status, "LOCATION: /x\r\n"), Ok(Some("/x".into())));
            assert_eq!(location(status, ""), Ok(None));
        }
        for status in [200, 201, 300, 304, 305, 399] {
            assert_eq!(location(status, "Location: /x\r\n"), Ok(None));
        }
        assert_eq!(location(302, "Location: /x\r\nLocation: /x\r\n"), Ok(Some("/x".into())));
        assert_eq!(location(302, "Location: /x\r\nLocation: /y\r\n"), Err(Code::Protocol));
    }

    #[test]
    fn trailers_are_fields() {
        let read = |text: &str| trailers(text.as_bytes(), &Limits::default()).map_err(|error| error.code());
        assert_eq!(read("\r\n"), Ok(vec![]));
        assert_eq!(read("A: b\r\n\r\n"), Ok(vec![("A".into(), "b".into())]));
        assert_eq!(read("A b\r\n\r\n"), Err(Code::Protocol));
    }
}

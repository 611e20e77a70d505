//! `http_request`.

use super::handshake::handshake;
use super::{Checkpoint, Gate, Operations, detail, milliseconds};
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use core::net::IpAddr;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{HttpRequest, HttpResponse};
use quoin_engine::host::Destination;
use quoin_net::dns::ascii_host;
use quoin_net::http::{self, Limits, Request, Url};

impl Operations<'_> {
    /// Makes a request and follows its redirects.
    #[must_use]
    pub fn http_request(
        &self,
        to: Destination<'_>,
        request: &HttpRequest,
        gate: &mut Gate<'_>,
        body_bytes: usize,
    ) -> HttpResponse {
        self.fetch(to, request, gate, body_bytes)
            .unwrap_or_else(|error| HttpResponse { error: Some(error), ..HttpResponse::default() })
    }

    fn fetch(
        &self,
        to: Destination<'_>,
        request: &HttpRequest,
        gate: &mut Gate<'_>,
        body_bytes: usize,
    ) -> Result<HttpResponse, ErrorDetail> {
        let config = |message: String| ErrorDetail::new(ErrorType::Config, "EINVAL", message);
        let url = Url::parse(&request.url).map_err(|error| config(format!("`url`: {error}")))?;
        if !is_same(&url, to) {
            return Err(config("`url` can be read in two ways; write scheme, host and port plainly".into()));
        }
        let body = BASE64_STANDARD
            .decode(&request.body)
            .map_err(|error| config(format!("`body` is not base64: {error}")))?;
        let fields = request.headers.iter();
        let asked = Request {
            method: if request.method.is_empty() { "GET".into() } else { request.method.clone() },
            url: request.url.clone(),
            headers: fields
                .flat_map(|(name, values)| values.iter().map(|v| (name.clone(), v.clone())))
                .collect(),
            body,
            follow_redirects: request.follow_redirects.unwrap_or(true),
            verify_tls: request.verify_tls.unwrap_or(true),
        };
        let limits = Limits::default();
        let limits = Limits { body_bytes: limits.body_bytes.min(body_bytes), ..limits };
        let mut policy = Checkpoint::new(gate);
        let (network, now) = (&self.network, self.unix_seconds);
        let response = http::fetch(network, &asked, self.trust, now, &mut policy, self.deadline, &limits)
            .map_err(|error| detail(&error))?;
        let mut headers = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in response.headers {
            headers.entry(canonical(&name)).or_default().push(value);
        }
        Ok(HttpResponse {
            status_code: response.status,
            headers,
            body: BASE64_STANDARD.encode(response.body),
            body_truncated: response.body_truncated,
            proto: response.version.to_owned(),
            url: response.url,
            remote_addr: response.remote_addr.to_string(),
            response_time_ms: milliseconds(response.elapsed),
            handshake: response.tls.map(handshake).unwrap_or_default(),
            error: None,
        })
    }
}

/// Whether the client goes where the engine has decided that it may. The two read URLs apart from each other; the client takes
/// only what leaves no room for two readings, so that this never fails but for a mistake of ours.
fn is_same(url: &Url, to: Destination<'_>) -> bool {
    let plain =
        |host: &str| ascii_host(host).ok().map(|host| host.trim_matches(['[', ']']).to_ascii_lowercase());
    let address = |host: &str| plain(host)?.parse::<IpAddr>().ok();
    let (asked, read) = (plain(to.host), plain(url.host()));
    url.port() == to.port
        && asked.is_some()
        && (asked == read || address(to.host).is_some_and(|it| Some(it) == address(url.host())))
}

/// A header's name as Go's library, which the contract's first plugins were written with, has it: `Content-Type`.
fn canonical(name: &str) -> String {
    let mut upper = true;
    name.chars()
        .map(|c| {
            let c = if upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            upper = c == '-';
            c
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quoin_engine::capability::http_target;

    #[test]
    fn names_of_headers_have_one_form() {
        for (name, expected) in
            [("content-type", "Content-Type"), ("ETAG", "Etag"), ("x--y", "X--Y"), ("", "")]
        {
            assert_eq!(canonical(name), expected);
        }
    }

    /// What both readers take, they read the same.
    fn agree(text: &str) -> bool {
        match (Url::parse(text), http_target(text)) {
            (Ok(url), Some((host, port))) => is_same(&url, Destination { host, port }),
            _ => true,
        }
    }

    #[test]
    fn the_two_readers_of_urls_agree() {
        for text in [
            "http://a.example",
            "HTTP://A.Example.:8080/x?y#z",
            "https://[2001:DB8::0001]:443/",
            "http://[::ffff:10.0.0.1]/",
            "http://192.0.2.1?x@y",
            "http://bücher.example/",
        ] {
            assert!(agree(text), "{text}");
            assert!(http_target(text).is_some(), "{text}");
            assert!(Url::parse(text).is_ok() || !text.is_ascii(), "{text}");
        }
        let url = Url::parse("http://a.example:81").unwrap();
        assert!(is_same(&url, Destination { host: "A.Example.", port: 81 }));
        assert!(!is_same(&url, Destination { host: "a.example", port: 80 }));
        assert!(!is_same(&url, Destination { host: "b.example", port: 81 }));
        assert!(!is_same(&url, Destination { host: "", port: 81 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn whatever_the_text(
            scheme in "(http|https|HTTP|ftp)?(://|:/|//|:)?",
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "B.example", "xn--a", ".", "..", ":", ":80", ":443", ":0", ":080", "/", "//", "\\", "?", "#", "@",
                    "u:p@", "[::1]", "[::1", "::1", "]", "127.0.0.1", "127.1", "0x7f", "1", "%41", "%", "%2e", " ", "\t",
                    "\n", "é", "\u{3002}", "\u{200b}", "_", "-", "*", ",", "x:y",
                ]),
                0..8,
            ),
        ) {
            let text = scheme + &pieces.concat();
            prop_assert!(agree(&text), "{text:?}");
        }

        #[test]
        fn whatever_the_characters(text in "(http://)?[a-cA-C0-9.:/?#@\\\\\\[\\]% é_-]{0,24}") {
            prop_assert!(agree(&text), "{text:?}");
        }
    }
}

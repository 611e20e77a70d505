//! The configuration of an observation.

use alloc::{string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use quoin_plugin::{Config, HttpRequest, Map, Milliseconds, NonEmpty, Schema, Setting, Value, Wrong};

/// What to fetch, and what is expected of it.
#[derive(Debug, Config)]
pub struct Request {
    /// http:// or https://. A redirect to another host or port needs a grant of its own.
    #[config(capability = "network:outbound:{value}")]
    url: NonEmpty,
    /// The request's method.
    #[config(default = "GET")]
    method: Method,
    /// Header fields, each with its value or a list of values.
    headers: Option<Headers>,
    /// The request's body.
    #[config(default = "")]
    body: String,
    /// Milliseconds, bounded by the control's timeout.
    #[config(default = 10000)]
    timeout_ms: Milliseconds,
    /// Go where redirects lead, ten times at most.
    #[config(default = true)]
    follow_redirects: bool,
    /// A certificate that is not trusted is an error.
    #[config(default = true)]
    verify_tls: bool,
    /// The status code that has to come. Without it, any below 400 will do.
    pub(crate) expected_status: Option<StatusCode>,
    /// Text that has to be somewhere in the body.
    #[config(default = "")]
    pub(crate) expected_body_contains: String,
    /// Characters of the body to give; 0 gives only its size and digest, -1 all of it, up to 512 KiB.
    #[config(default = 200)]
    pub(crate) body_preview_length: Preview,
}

impl Request {
    /// The request to the host.
    pub(crate) fn http(&mut self) -> HttpRequest {
        HttpRequest {
            method: core::mem::take(&mut self.method.0),
            url: (*self.url).into(),
            headers: self.headers.take().map(|headers| headers.0).unwrap_or_default(),
            body: STANDARD.encode(&self.body),
            timeout_ms: self.timeout_ms.get(),
            follow_redirects: self.follow_redirects,
            verify_tls: self.verify_tls,
        }
    }
}

/// RFC 9110, 9.1: a token, which the host looks at; here only what the field's own error tells better.
#[derive(Debug)]
struct Method(String);

impl Setting for Method {
    const SCHEMA: Schema = Schema::Text(r#""type":"string","minLength":1"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        let method = String::read(value)?.to_ascii_uppercase();
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("has to be a word such as GET".into());
        }
        Ok(Self(method))
    }
}

/// Header fields, each as a list of texts.
#[derive(Debug)]
struct Headers(Map<String, Value>);

impl Setting for Headers {
    const SCHEMA: Schema = Schema::Text(
        r#""type":"object","additionalProperties":{"type":["string","array"],"items":{"type":"string"}}"#,
    );

    fn read(value: Value) -> Result<Self, Wrong> {
        lists(value).map(Self).ok_or_else(|| "has to be an object of texts or lists of texts".into())
    }
}

fn lists(value: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut map) = value else { return None };
    for (_, value) in &mut map {
        if value.is_string() {
            *value = Value::Array(Vec::from([value.take()]));
        }
        if !value.as_array()?.iter().all(Value::is_string) {
            return None;
        }
    }
    Some(map)
}

/// A status code of HTTP.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatusCode(pub(crate) u16);

impl Setting for StatusCode {
    const SCHEMA: Schema = Schema::Text(r#""type":"integer","minimum":100,"maximum":999"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match value.as_i64() {
            Some(code @ 100..=999) => Ok(Self(code as u16)),
            _ => Err("has to be a number from 100 to 999".into()),
        }
    }
}

/// Characters of the body to give; -1 is all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preview(pub(crate) i32);

impl Setting for Preview {
    const SCHEMA: Schema = Schema::Text(r#""type":"integer","minimum":-1"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match i32::read(value) {
            Ok(length) if length >= -1 => Ok(Self(length)),
            _ => Err("has to be -1 (all), 0 (none) or more".into()),
        }
    }
}

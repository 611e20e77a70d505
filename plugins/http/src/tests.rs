//! What the plugin answers to what servers say.

use crate::Http;
use crate::body::BODY_BYTES;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use quoin_abi::evidence::Evidence;
use quoin_plugin::ErrorType;
use quoin_plugin::fake::FakeHost;
use serde_json::{Value, json};

fn observe(config: &Value, response: Value) -> (Evidence, Vec<Value>) {
    let host = FakeHost::new().network("http_request", response);
    let answer = quoin_plugin::observe::<Http>(config.to_string().as_bytes(), &host);
    let asked = host.asked().into_iter().map(|(_, request)| request).collect();
    (serde_json::from_slice(&answer).expect("an evidence record"), asked)
}

/// The evidence of a response with this body.
fn body(bytes: impl AsRef<[u8]>, config: Value) -> Evidence {
    let mut all = json!({"url": "http://a/"});
    all.as_object_mut().expect("an object").extend(config.as_object().expect("an object").clone());
    observe(&all, json!({"status_code": 200, "body": STANDARD.encode(bytes)})).0
}

#[test]
fn a_response_is_described() {
    let response = json!({"status_code": 200, "headers": {"server": ["x"]}, "body": STANDARD.encode("hello"),
        "proto": "HTTP/1.1", "url": "https://a/", "remote_addr": "192.0.2.1:443", "response_time_ms": 12, "tls": true,
        "tls_verified": true, "tls_cert_not_after": "1970-01-03T00:00:00Z"});
    let (evidence, asked) = observe(&json!({"url": "https://a/"}), response);
    assert!(evidence.status && evidence.error.is_none());
    assert_eq!(
        Value::Object(evidence.data),
        json!({
            "status_code": 200, "protocol": "HTTP/1.1", "headers": {"server": ["x"]}, "response_time_ms": 12,
            "url": "https://a/", "remote_addr": "192.0.2.1:443", "body_size": 5, "body_preview": "hello",
            "body_sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "tls": true, "tls_verified": true, "tls_cert_not_after": "1970-01-03T00:00:00Z",
            "tls_cert_days_remaining": 2,
        })
    );
    assert_eq!(
        asked,
        [json!({"method": "GET", "url": "https://a/", "headers": {}, "body": "", "timeout_ms": 10000,
            "follow_redirects": true, "verify_tls": true})]
    );
}

#[test]
fn the_request_is_what_was_configured() {
    let config = json!({"url": "http://a/", "method": "post", "headers": {"x-a": "1", "x-b": ["2", "3"]}, "body": "hi",
        "timeout_ms": 1, "follow_redirects": false, "verify_tls": false});
    let (_, asked) = observe(&config, json!({"status_code": 200}));
    assert_eq!(
        asked,
        [
            json!({"method": "POST", "url": "http://a/", "headers": {"x-a": ["1"], "x-b": ["2", "3"]}, "body": "aGk=",
            "timeout_ms": 1, "follow_redirects": false, "verify_tls": false})
        ]
    );
}

#[test]
fn the_status_is_that_of_the_response_or_what_is_expected_of_it() {
    let status = |code: u16, config: Value| {
        let mut all = json!({"url": "http://a/"});
        all.as_object_mut().expect("an object").extend(config.as_object().expect("an object").clone());
        observe(&all, json!({"status_code": code, "body": STANDARD.encode("all is well")})).0
    };
    for (code, config, expected) in [
        (200, json!({}), true),
        (304, json!({}), true),
        (404, json!({}), false),
        (500, json!({}), false),
        (404, json!({"expected_status": 404}), true),
        (200, json!({"expected_status": 404}), false),
        (200, json!({"expected_body_contains": "is well"}), true),
        (200, json!({"expected_body_contains": "is ill"}), false),
        (500, json!({"expected_body_contains": "is well"}), false),
        (404, json!({"expected_status": 404, "expected_body_contains": "is ill"}), false),
    ] {
        assert_eq!(status(code, config.clone()).status, expected, "{code} {config}");
    }
    let both = status(200, json!({"expected_status": 404, "expected_body_contains": "is ill"}));
    assert_eq!(both.data["expectation_failed"], json!(true));
    assert_eq!(both.data["expectation_error"], json!("expected status 404, and the server answered 200"));
    let one = status(200, json!({"expected_body_contains": "is ill"}));
    assert_eq!(one.data["expectation_error"], json!("the body does not contain \"is ill\""));
    assert!(!status(200, json!({})).data.contains_key("expectation_failed"));
}

#[test]
fn of_the_body_comes_what_is_asked_for() {
    let long = "ü".repeat(300);
    assert_eq!(body(&long, json!({})).data["body_preview"], json!("ü".repeat(200)));
    assert_eq!(body(&long, json!({"body_preview_length": 3})).data["body_preview"], json!("üüü"));
    assert_eq!(body(&long, json!({"body_preview_length": 1000})).data["body_preview"], json!(long));
    let all = body(&long, json!({"body_preview_length": -1}));
    assert_eq!(all.data["body"], json!(long));
    assert_eq!(all.data["body_size"], json!(600));
    for absent in ["body_preview", "body_truncated"] {
        assert!(!all.data.contains_key(absent), "{absent}");
    }
    let none = body(&long, json!({"body_preview_length": 0}));
    assert!(!none.data.contains_key("body") && !none.data.contains_key("body_preview"));
    assert_eq!(none.data["body_sha256"].as_str().map(str::len), Some(64));
    assert_eq!(body("", json!({})).data["body_preview"], json!(""));
    assert_eq!(body([b'a', 0xff, b'b'], json!({})).data["body_preview"], json!("a\u{fffd}b"));
}

#[test]
fn a_long_body_is_cut_and_its_digest_is_not() {
    let long = "x".repeat(BODY_BYTES - 1) + "üü";
    let all = body(&long, json!({"body_preview_length": -1, "expected_body_contains": "üü"}));
    assert!(all.status, "the whole body is searched");
    assert_eq!(all.data["body"].as_str().map(str::len), Some(BODY_BYTES - 1));
    assert_eq!(all.data["body_size"], json!(BODY_BYTES + 3));
    assert_eq!(all.data["body_truncated"], json!(true));
    assert!(!body(&long, json!({})).data.contains_key("body_truncated"), "a preview is not meant to be all");
    let response = json!({"status_code": 200, "body": "aGk=", "body_truncated": true});
    let (evidence, _) = observe(&json!({"url": "http://a/"}), response);
    assert_eq!(evidence.data["body_truncated"], json!(true));
}

#[test]
fn no_response_is_an_error() {
    for (kind, code) in
        [("network", "ECONNREFUSED"), ("timeout", "ETIMEDOUT"), ("network", "ECERT"), ("config", "EINVAL")]
    {
        let error = json!({"message": "as told", "type": kind, "code": code});
        let (evidence, _) = observe(&json!({"url": "http://a/"}), json!({"status_code": 0, "error": error}));
        assert_eq!(evidence.error.expect(code).code, code);
        assert!(evidence.data.is_empty());
    }
    let (evidence, _) = observe(&json!({"url": "http://a/"}), json!({"status_code": 200, "body": "*"}));
    assert_eq!(evidence.error.expect("no base64").code, "EPROTO");
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, field) in [
        (json!({}), "`url` is missing"),
        (json!({"url": ""}), "`url` is empty"),
        (json!({"url": "http://a/", "method": ""}), "`method` has to be a word"),
        (json!({"url": "http://a/", "method": "GET /"}), "`method` has to be a word"),
        (json!({"url": "http://a/", "headers": ["x"]}), "`headers` has to be an object"),
        (json!({"url": "http://a/", "headers": {"x": 1}}), "`headers` has to be an object"),
        (json!({"url": "http://a/", "headers": {"x": ["1", 2]}}), "`headers` has to be an object"),
        (json!({"url": "http://a/", "expected_status": 99}), "`expected_status` has to be"),
        (json!({"url": "http://a/", "expected_status": "200"}), "`expected_status` has to be"),
        (json!({"url": "http://a/", "body_preview_length": -2}), "`body_preview_length` has to be"),
        (json!({"url": "http://a/", "timeout": 1}), "`timeout` is not known here"),
    ] {
        let (evidence, asked) = observe(&config, json!({}));
        let error = evidence.error.expect("an error");
        assert_eq!(error.kind, ErrorType::Config, "{config}");
        assert!(error.message.starts_with(field), "{config}: {}", error.message);
        assert!(asked.is_empty());
    }
}

#[test]
fn what_the_configuration_names_is_what_it_needs() {
    let schema: Value = serde_json::from_slice(&quoin_plugin::schema::<Http>()).expect("JSON");
    assert_eq!(schema["properties"]["url"]["x-capability"], json!("network:outbound:{value}"));
}

//! What the plugin answers to what the network says.

use crate::Tcp;
use quoin_abi::evidence::Evidence;
use quoin_plugin::ErrorType;
use quoin_plugin::fake::FakeHost;
use serde_json::{Value, json};

/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600_000_000_000;

fn observe(config: &Value, response: Value) -> (Evidence, Vec<Value>) {
    let host = FakeHost::new().network("tcp_connect", response).at(NOW);
    let answer = quoin_plugin::observe::<Tcp>(config.to_string().as_bytes(), &host);
    let asked = host.asked().into_iter().map(|(_, request)| request).collect();
    (serde_json::from_slice(&answer).expect("an evidence record"), asked)
}

fn error(kind: &str, code: &str) -> Value {
    json!({"connected": false, "address": "a:22", "response_time_ms": 4,
        "error": {"message": format!("as told: {code}"), "type": kind, "code": code}})
}

#[test]
fn an_open_port_is_told_with_what_was_connected_to() {
    let response = json!({"connected": true, "address": "a:22", "remote_addr": "192.0.2.1:22",
        "local_addr": "192.0.2.9:40000", "response_time_ms": 4});
    let (evidence, asked) = observe(&json!({"host": "a", "port": 22}), response.clone());
    assert!(evidence.status);
    assert_eq!(evidence.error, None);
    assert_eq!(Value::Object(evidence.data), response);
    let request = json!({"context": {}, "host": "a", "port": "22", "timeout_ms": 5000, "tls": false});
    assert_eq!(asked, [request]);
}

#[test]
fn the_request_is_what_was_configured() {
    let config =
        json!({"host": "::1", "port": "443", "timeout_ms": 100, "tls": true, "probe_tls_versions": true});
    let (_, asked) = observe(&config, json!({"connected": true}));
    assert_eq!(asked[0]["timeout_ms"], 100);
    assert_eq!(asked[0]["port"], "443");
    assert_eq!((&asked[0]["tls"], &asked[0]["probe_tls_versions"]), (&json!(true), &json!(true)));
}

#[test]
fn a_closed_port_is_evidence() {
    for (kind, code) in [
        ("network", "ECONNREFUSED"),
        ("timeout", "ETIMEDOUT"),
        ("network", "EHOSTUNREACH"),
        ("network", "EACCES"),
    ] {
        let (evidence, _) = observe(&json!({"host": "a", "port": 22}), error(kind, code));
        assert!(!evidence.status);
        assert_eq!(evidence.error, None);
        assert_eq!(
            Value::Object(evidence.data),
            json!({"connected": false, "address": "a:22", "response_time_ms": 4, "error_code": code,
                "error_message": format!("as told: {code}")})
        );
    }
}

#[test]
fn what_says_nothing_about_the_port_is_an_error() {
    for (kind, code) in [
        ("network", "ENOTFOUND"),
        ("network", "ENODATA"),
        ("timeout", "EAI_AGAIN"),
        ("capability", "ENOTCAPABLE"),
        ("config", "EINVAL"),
        ("network", "ENOTSUP"),
    ] {
        let (evidence, _) = observe(&json!({"host": "a", "port": 22}), error(kind, code));
        assert!(!evidence.status);
        assert_eq!(evidence.error.expect(code).code, code);
        assert!(evidence.data.is_empty(), "`data.connected == false` must not be true of it");
    }
    let mut broken = error("network", "ECONNRESET");
    broken["connected"] = json!(true);
    let (evidence, _) = observe(&json!({"host": "a", "port": 22, "tls": true}), broken);
    assert_eq!(evidence.error.expect("the handshake failed").code, "ECONNRESET");
}

#[test]
fn a_handshake_is_told_with_the_days_that_are_left() {
    let response = |not_after: &str| {
        json!({"connected": true, "tls": true, "tls_version": "TLS 1.2", "tls_verified": false,
            "tls_verify_error": "expired", "tls_cert_not_after": not_after, "tls_cert_sans": ["a"],
            "tls_versions_offered": ["TLS 1.1", "TLS 1.2"]})
    };
    let config = json!({"host": "a", "port": 443, "tls": true});
    for (not_after, days) in [
        ("2026-01-31T00:00:00Z", 30),
        ("2026-01-01T23:59:59Z", 0),
        ("2025-12-31T23:59:59Z", -1),
        ("2024-01-01T00:00:00Z", -731),
    ] {
        let (evidence, _) = observe(&config, response(not_after));
        assert!(evidence.status, "whatever the certificate: expectations are the profile's");
        assert_eq!(evidence.data["tls_cert_days_remaining"], json!(days));
        assert_eq!(evidence.data["tls_verified"], json!(false));
        assert_eq!(evidence.data["tls_versions_offered"], json!(["TLS 1.1", "TLS 1.2"]));
    }
}

#[test]
fn an_expected_version_has_to_be_negotiated() {
    let config =
        |version: &str| json!({"host": "a", "port": 443, "tls": true, "expected_tls_version": version});
    let response = || json!({"connected": true, "tls": true, "tls_version": "TLS 1.2"});
    let (evidence, _) = observe(&config("TLS 1.2"), response());
    assert!(evidence.status && !evidence.data.contains_key("expectation_failed"));
    let (evidence, _) = observe(&config("TLS 1.3"), response());
    assert!(!evidence.status);
    assert_eq!(evidence.data["expectation_failed"], json!(true));
    assert_eq!(
        evidence.data["expectation_error"],
        json!("expected TLS 1.3, and the server negotiated TLS 1.2")
    );
    let (evidence, _) = observe(&config("TLS 1.3"), error("network", "ECONNREFUSED"));
    assert!(!evidence.status && evidence.data["connected"] == json!(false));
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, field) in [
        (json!({"port": 22}), "`host` is missing"),
        (json!({"host": "", "port": 22}), "`host` is empty"),
        (json!({"host": 7, "port": 22}), "`host` has to be text"),
        (json!({"host": "a"}), "`port` is missing"),
        (json!({"host": "a", "port": 0}), "`port` has to be a port"),
        (json!({"host": "a", "port": "ssh"}), "`port` has to be a port"),
        (json!({"host": "a", "port": 22, "timeout_ms": 0}), "`timeout_ms` has to be"),
        (json!({"host": "a", "port": 22, "tls": "yes"}), "`tls` has to be true or false"),
        (json!({"host": "a", "port": 22, "expected_tls_version": "TLS 1.2"}), "`expected_tls_version` needs"),
        (
            json!({"host": "a", "port": 22, "tls": true, "expected_tls_version": "1.0"}),
            "`expected_tls_version` has to be one of TLS 1.2, TLS 1.3",
        ),
        (json!({"host": "a", "port": 22, "prot": 1}), "`prot` is not known here"),
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
    let schema: Value = serde_json::from_slice(&quoin_plugin::schema::<Tcp>()).expect("JSON");
    assert_eq!(schema["properties"]["host"]["x-capability"], json!("network:outbound:{host}:{port}"));
}

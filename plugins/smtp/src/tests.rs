//! What the plugin answers to what the network says.

use crate::Smtp;
use quoin_abi::evidence::Evidence;
use quoin_plugin::ErrorType;
use quoin_plugin::fake::FakeHost;
use serde_json::{Value, json};

fn observe(config: &Value, response: Value) -> (Evidence, Vec<Value>) {
    let host = FakeHost::new().network("smtp_connect", response);
    let answer = quoin_plugin::observe::<Smtp>(config.to_string().as_bytes(), &host);
    let asked = host.asked().into_iter().map(|(_, request)| request).collect();
    (serde_json::from_slice(&answer).expect("an evidence record"), asked)
}

#[test]
fn a_mail_server_is_described() {
    let response = json!({"connected": true, "address": "a:587", "remote_addr": "192.0.2.1:587", "banner": "220 mx ESMTP",
        "extensions": ["PIPELINING", "SIZE 10240000"], "response_time_ms": 4, "tls": true,
        "tls_cert_not_after": "1970-01-02T00:00:00Z"});
    let (evidence, asked) = observe(&json!({"host": "a", "port": 587, "starttls": true}), response.clone());
    assert!(evidence.status && evidence.error.is_none());
    let mut expected = response;
    expected["tls_cert_days_remaining"] = json!(1);
    assert_eq!(Value::Object(evidence.data), expected);
    assert_eq!(
        asked,
        [
            json!({"context": {}, "host": "a", "port": "587", "timeout_ms": 5000, "tls": false, "starttls": true})
        ]
    );
}

#[test]
fn a_closed_port_is_evidence_and_a_server_of_another_kind_an_error() {
    let config = json!({"host": "a", "port": 25});
    let error = |code: &str| json!({"type": "network", "code": code, "message": "as told"});
    let (evidence, _) = observe(&config, json!({"connected": false, "error": error("ECONNREFUSED")}));
    assert_eq!(
        Value::Object(evidence.data),
        json!({"connected": false, "response_time_ms": 0, "error_code": "ECONNREFUSED", "error_message": "as told"})
    );
    assert!(!evidence.status && evidence.error.is_none());
    for (connected, code) in [(true, "EPROTO"), (true, "ETIMEDOUT"), (false, "ENOTFOUND")] {
        let (evidence, _) = observe(&config, json!({"connected": connected, "error": error(code)}));
        assert_eq!(evidence.error.expect(code).code, code);
        assert!(evidence.data.is_empty());
    }
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, field) in [
        (json!({"port": 25}), "`host` is missing"),
        (json!({"host": "", "port": 25}), "`host` is empty"),
        (json!({"host": "a"}), "`port` is missing"),
        (json!({"host": "a", "port": 65536}), "`port` has to be a port"),
        (json!({"host": "a", "port": 25, "timeout_ms": "5s"}), "`timeout_ms` has to be"),
        (json!({"host": "a", "port": 25, "tls": true, "starttls": true}), "`starttls` can't be"),
        (json!({"host": "a", "port": 25, "start_tls": true}), "`start_tls` is not known here"),
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
    let schema: Value = serde_json::from_slice(&quoin_plugin::schema::<Smtp>()).expect("JSON");
    assert_eq!(schema["properties"]["host"]["x-capability"], json!("network:outbound:{host}:{port}"));
}

//! What the plugin answers to what name servers say.

use crate::Dns;
use quoin_abi::evidence::Evidence;
use quoin_plugin::ErrorType;
use quoin_plugin::fake::FakeHost;
use serde_json::{Value, json};

fn observe(config: &Value, response: Value) -> (Evidence, Vec<Value>) {
    let host = FakeHost::new().network("dns_lookup", response);
    let answer = quoin_plugin::observe::<Dns>(config.to_string().as_bytes(), &host);
    let asked = host.asked().into_iter().map(|(_, request)| request).collect();
    (serde_json::from_slice(&answer).expect("an evidence record"), asked)
}

#[test]
fn records_are_told() {
    let (evidence, asked) = observe(
        &json!({"hostname": "a.example"}),
        json!({"records": ["192.0.2.1", "192.0.2.2"], "query_time_ms": 3}),
    );
    assert!(evidence.status && evidence.error.is_none());
    assert_eq!(
        Value::Object(evidence.data),
        json!({"hostname": "a.example", "record_type": "A", "records": ["192.0.2.1", "192.0.2.2"], "record_count": 2,
            "query_time_ms": 3, "is_timeout": false, "is_not_found": false})
    );
    assert_eq!(asked, [json!({"context": {"timeout_ms": 5000}, "hostname": "a.example", "type": "A"})]);
}

#[test]
fn mail_exchangers_come_with_their_preference() {
    let response =
        json!({"records": ["10 mx.example."], "mx_records": [{"host": "mx.example.", "pref": 10}]});
    let config =
        json!({"hostname": "a.example", "record_type": "MX", "nameserver": "192.0.2.53", "timeout_ms": 100});
    let (evidence, asked) = observe(&config, response);
    assert_eq!(evidence.data["mx_records"], json!([{"host": "mx.example.", "pref": 10}]));
    assert_eq!(evidence.data["record_type"], json!("MX"));
    assert_eq!(
        asked,
        [
            json!({"context": {"timeout_ms": 100}, "hostname": "a.example", "type": "MX", "nameserver": "192.0.2.53"})
        ]
    );
}

#[test]
fn that_there_is_nothing_is_evidence() {
    for (code, not_found, timeout) in
        [("ENOTFOUND", true, false), ("ENODATA", true, false), ("ETIMEDOUT", false, true)]
    {
        let error = json!({"message": "as told", "type": if timeout { "timeout" } else { "network" }, "code": code,
            "is_not_found": not_found, "is_timeout": timeout});
        let (evidence, _) = observe(&json!({"hostname": "a"}), json!({"error": error, "query_time_ms": 9}));
        assert!(!evidence.status && evidence.error.is_none());
        assert_eq!(
            Value::Object(evidence.data),
            json!({"hostname": "a", "record_type": "A", "records": [], "record_count": 0, "query_time_ms": 9,
                "is_timeout": timeout, "is_not_found": not_found, "error_code": code, "error_message": "as told"})
        );
    }
}

#[test]
fn what_says_nothing_about_the_name_is_an_error() {
    for (kind, code) in [
        ("network", "ESERVFAIL"),
        ("network", "EREFUSED"),
        ("capability", "ENOTCAPABLE"),
        ("config", "EINVAL"),
    ] {
        let error = json!({"message": "as told", "type": kind, "code": code});
        let (evidence, _) = observe(&json!({"hostname": "a"}), json!({"error": error}));
        assert_eq!(evidence.error.expect(code).code, code);
        assert!(evidence.data.is_empty());
    }
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, field) in [
        (json!({}), "`hostname` is missing"),
        (json!({"hostname": ""}), "`hostname` is empty"),
        (json!({"hostname": "a", "record_type": "HINFO"}), "`record_type` has to be one of A, AAAA"),
        (json!({"hostname": "a", "nameserver": 1}), "`nameserver` has to be text"),
        (json!({"hostname": "a", "timeout_ms": 0}), "`timeout_ms` has to be"),
        (json!({"hostname": "a", "type": "A"}), "`type` is not known here"),
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
    let schema: Value = serde_json::from_slice(&quoin_plugin::schema::<Dns>()).expect("JSON");
    assert_eq!(schema["properties"]["hostname"]["x-capability"], json!("network:outbound:{value}:53"));
    assert_eq!(schema["properties"]["nameserver"]["x-capability"], json!("network:outbound:{value}:53"));
}

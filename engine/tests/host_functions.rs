//! Host functions: both calling forms, capabilities before the host, errors as responses.

mod machine;

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use machine::{Machine, data, failure, guest, observe};
use quoin_engine::capability::{CapabilitySet, Grants};
use quoin_engine::{Limits, Observation};
use serde_json::json;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);

/// Calls an imported function in the packed form with a request at address 1000, and answers its response as evidence
/// under `data.response` by writing `{"status":true,"response":` … `}` around it.
fn packed(function: &str, request: &str) -> String {
    let request_len = request.len();
    let text = request.replace('"', "\\\"");
    let parts = format!(
        r#"(import "{module}" "{function}" (func $host (param i64) (result i64)))
           (data (i32.const 1000) "{text}")
           (data (i32.const 900) "{{\"status\":true,\"response\":")"#,
        module = if function == "file_stat" { "quoin_host" } else { "reglet_host" },
    );
    let observe = format!(
        r#"(local $r i64) (local $p i32) (local $n i32) (local $out i32)
           (local.set $r (call $host (i64.const {packed})))
           (local.set $p (i32.wrap_i64 (i64.shr_u (local.get $r) (i64.const 32))))
           (local.set $n (i32.wrap_i64 (local.get $r)))
           (local.set $out (call $allocate (i32.add (local.get $n) (i32.const 27))))
           (memory.copy (local.get $out) (i32.const 900) (i32.const 26))
           (memory.copy (i32.add (local.get $out) (i32.const 26)) (local.get $p) (local.get $n))
           (i32.store8 (i32.add (i32.add (local.get $out) (i32.const 26)) (local.get $n)) (i32.const 125))
           (call $deallocate (local.get $p) (local.get $n))
           (local.get $out)"#,
        packed = (1000u64 << 32) | request_len as u64,
    );
    guest(&parts, &observe)
}

fn run(wat: &str, grants: Grants) -> (Observation, Vec<String>) {
    let machine = Machine::new();
    let observation = observe(&machine, Limits::default(), wat, grants, LONG);
    (observation, machine.lines())
}

#[test]
fn a_refused_operation_never_reaches_the_host_and_is_the_observation_s_error() {
    let (observation, log) = run(&packed("exec_command", r#"{"command":"echo"}"#), Grants::none());
    assert_eq!(log, ["Info balanced"], "the guest owns the response and gave it back");
    let evidence = observation.evidence.unwrap();
    assert_eq!(evidence.data["response"]["error"]["type"], "capability");
    assert_eq!(evidence.data["response"]["exit_code"], -1);
    let error = evidence.error.unwrap();
    assert!(error.message.contains("exec:"), "{error}");
    assert!(!evidence.status, "whatever the guest made of it");
    assert_eq!(observation.refusals.len(), 1);
}

#[test]
fn requests_that_cannot_be_read_are_answered_with_an_error() {
    for (request, message) in [
        ("nonsense", "no JSON"),
        (r#"{"command":7}"#, "invalid type"),
        (r#"["echo"]"#, "invalid"),
        (r#"{"command":""}"#, "`command` is missing"),
        (r#"{"command":null}"#, "`command` is missing"),
    ] {
        let (observation, _) = run(&packed("exec_command", request), Grants::none());
        let error = data(observation)["response"]["error"].clone();
        assert!(error["message"].as_str().unwrap().contains(message), "{request}: {error}");
    }
}

#[test]
fn network_requests_are_validated_field_by_field() {
    for (function, request, field) in [
        ("tcp_connect", r#"{"port":"22"}"#, "`host`"),
        ("tcp_connect", r#"{"host":"a b","port":"22"}"#, "`host`"),
        ("smtp_connect", r#"{"host":"1.2.3.256","port":"25"}"#, "`host`"),
        ("tcp_connect", r#"{"host":"a","port":"0"}"#, "`port`"),
        ("tcp_connect", r#"{"host":"a","port":"ssh"}"#, "`port`"),
        ("smtp_connect", r#"{"host":"a","port":"70000"}"#, "`port`"),
        ("http_request", r#"{"url":"ftp:nowhere"}"#, "`url`"),
        ("http_request", r#"{"url":"http:///x"}"#, "`url`"),
        ("http_request", r#"{"url":"http://a b/"}"#, "`url`"),
        ("http_request", r#"{"url":"http://a:99999/"}"#, "`url`"),
        ("dns_lookup", r#"{"type":"A"}"#, "`hostname`"),
        ("dns_lookup", r#"{"type":"A","hostname":"a b"}"#, "`hostname`"),
        ("dns_resolve", r#"{"hostname":"a","type":"HINFO"}"#, "`type`"),
        ("dns_lookup", r#"{"hostname":"a","nameserver":"[x"}"#, "`nameserver`"),
    ] {
        let (observation, _) = run(&packed(function, request), Grants::none());
        let error = data(observation)["response"]["error"].clone();
        assert_eq!(error["type"], "config");
        assert!(error["message"].as_str().unwrap().contains(field), "{request}: {error}");
    }
}

fn granted(rules: &[&str]) -> Grants {
    let set = |rules: &[&str]| {
        let rules = rules.iter().map(|rule| rule.parse().expect("a capability"));
        CapabilitySet::new(rules).expect("few of them")
    };
    Grants::new(set(&["network:outbound:*", "network:outbound:private"]), set(rules), [])
}

#[test]
fn an_address_that_a_name_leads_to_is_decided_on_while_connecting() {
    let request = r#"{"host":"a.example","port":"1"}"#;
    // Both addresses are tried; the private one was refused, so the closed port of the other proves nothing.
    let (observation, _) = run(&packed("tcp_connect", request), granted(&["network:outbound:a.example:1"]));
    assert_eq!(observation.refusals[0].capability, "network:outbound:private");
    let evidence = observation.evidence.unwrap();
    assert!(evidence.error.unwrap().message.contains("because a.example leads to 10.0.0.1; pass --grant"));
    assert_eq!(evidence.data["response"]["error"]["type"], "capability");
    // With it granted, the answer is the network's.
    let private = granted(&["network:outbound:a.example:1", "network:outbound:private"]);
    let (observation, _) = run(&packed("tcp_connect", request), private);
    assert_eq!(data(observation)["response"]["error"]["code"], "ECONNREFUSED");
    // Where the other address was connected to, nothing is missing.
    let request = r#"{"host":"a.example","port":"2"}"#;
    let (observation, _) = run(&packed("tcp_connect", request), granted(&["network:outbound:a.example:2"]));
    assert_eq!(observation.refusals, []);
    assert_eq!(data(observation)["response"]["connected"], true);
}

#[test]
fn a_redirect_is_decided_on_like_the_request() {
    let request = packed("http_request", r#"{"url":"http://a.example/"}"#);
    let (observation, _) = run(&request, granted(&["network:outbound:a.example:80"]));
    assert_eq!(observation.refusals[0].capability, "network:outbound:next.example:80");
    assert!(!observation.evidence.unwrap().status);
    let (observation, _) =
        run(&request, granted(&["network:outbound:a.example:80", "network:outbound:next.example:80"]));
    let body = data(observation)["response"]["body"].clone();
    assert_eq!(BASE64.decode(body.as_str().unwrap()).unwrap(), b"http://a.example/ 10485760");
}

#[test]
fn a_name_server_is_who_is_talked_to() {
    let request = packed("dns_lookup", r#"{"hostname":"a.example","nameserver":"[2001:db8::1]:54"}"#);
    let (observation, _) = run(&request, granted(&["network:outbound:a.example:53"]));
    assert_eq!(observation.refusals[0].capability, "network:outbound:[2001:db8::1]:54");
    let (observation, _) = run(&request, granted(&["network:outbound:[2001:db8::1]:54"]));
    assert_eq!(data(observation)["response"]["records"], json!(["[2001:db8::1] 54"]));
}

#[test]
fn requests_outside_of_memory_are_answered_with_an_error() {
    let wat = packed("exec_command", "{}")
        .replace("(i64.const 4294967296002)", "(i64.const 0xffff_fff0_0000_00ff)");
    let (observation, _) = run(&wat, Grants::none());
    let message = data(observation)["response"]["error"]["message"].clone();
    assert!(message.as_str().unwrap().contains("outside of the plugin's memory"), "{message}");
}

#[test]
fn log_message_levels_and_garbage() {
    let parts =
        r#"(data (i32.const 1000) "{\"level\":\"ERROR\",\"message\":\"boom\"}not json{\"level\":null}")"#;
    let log = |at: u64, len: u64| format!("(call $log (i64.const {}))", ((1000 + at) << 32) | len);
    let body =
        format!("{}{}{}(call $answer (i32.const 200) (i32.const 15))", log(0, 34), log(34, 8), log(42, 14));
    let (observation, lines) = run(&guest(parts, &body), Grants::none());
    assert!(observation.evidence.unwrap().status);
    assert_eq!(lines[0], "Error boom");
    assert!(lines[1].starts_with("Warn not json"), "{}", lines[1]);
    assert_eq!(lines[2], "Info ");
}

#[test]
fn what_a_guest_said_before_it_trapped_is_told() {
    let parts = r#"(data (i32.const 1000) "{\"level\":\"ERROR\",\"message\":\"index out of bounds\"}")"#;
    let last = format!("(call $log (i64.const {}))(unreachable)", (1000_u64 << 32) | 49);
    let text = failure(run(&guest(parts, &last), Grants::none()).0);
    assert!(text.ends_with("the last error that it logged: index out of bounds"), "{text}");
    let text = failure(run(&guest(parts, "(unreachable)"), Grants::none()).0);
    assert!(!text.contains("logged"), "{text}");
}

#[test]
fn calling_the_host_from_inside_allocate_is_refused() {
    let parts = r#"(import "reglet_host" "exec_command" (func $host (param i64) (result i64)))"#;
    let wat = guest(parts, "").replace(
        "(result i32) (local $p i32)\n    (local.set $p (i32.add",
        "(result i32) (local $p i32)\n    (drop (call $host (i64.const 0)))\n    (local.set $p (i32.add",
    );
    let (observation, _) = run(&wat, Grants::none());
    let text = failure(observation);
    assert!(text.contains("from inside `allocate`"), "{text}");
    // Logging needs no memory and is fine there.
    let wat = guest("", "").replace(
        "(result i32) (local $p i32)\n    (local.set $p (i32.add",
        "(result i32) (local $p i32)\n    (call $log (i64.const 0x10_0000_0025))\n    (local.set $p (i32.add",
    );
    let (observation, _) = run(&wat, Grants::none());
    assert!(observation.evidence.unwrap().status);
}

#[test]
fn positional_forms_answer_flat_objects() {
    let parts = r#"(import "reglet_host" "tcp_connect" (func $tcp (param i32 i32 i32 i32 i32 i32) (result i32)))
                   (data (i32.const 1000) "router")
                   (data (i32.const 1010) "22")"#;
    let call = "(call $tcp (i32.const 1000) (i32.const 6) (i32.const 1010) (i32.const 2) (i32.const 500) (i32.const 0))";
    // The response is an object with `status`, so a copy of it, up to the NUL behind it, can be the guest's own result.
    let copy = |call: &str| {
        format!(
            "(local $p i32) (local $n i32) (local.set $p {call})
             (loop $l (local.set $n (i32.add (local.get $n) (i32.const 1)))
                      (br_if $l (i32.load8_u (i32.add (local.get $p) (local.get $n)))))
             (call $answer (local.get $p) (local.get $n))"
        )
    };
    let (observation, _) = run(&guest(parts, &copy(call)), Grants::none());
    let evidence = observation.evidence.unwrap();
    assert!(!evidence.status);
    assert!(evidence.error.unwrap().wrapped.unwrap().message.contains("network:outbound:router:22"));
    // What the handshake showed is beside the other fields, as in the packed form.
    let with_tls = call.replace("(i32.const 0))", "(i32.const 1))");
    let rules = ["network:outbound:router:22", "network:outbound:private"];
    let (observation, _) = run(&guest(parts, &copy(&with_tls)), granted(&rules));
    let seen = data(observation);
    assert_eq!(
        (&seen["connected"], &seen["tls"], &seen["address"]),
        (&json!(true), &json!(true), &json!("router:22"))
    );
    let bad = call.replace("(i32.const 1010) (i32.const 2)", "(i32.const 70000000) (i32.const 2)");
    let (observation, _) = run(&guest(parts, &copy(&bad)), Grants::none());
    assert!(observation.evidence.unwrap().error.unwrap().message.contains("outside of the plugin's memory"));
}

#[test]
fn one_module_may_mix_the_forms() {
    let parts = r#"(import "reglet_host" "tcp_connect" (func $tcp (param i32 i32 i32 i32 i32 i32) (result i32)))
                   (import "reglet_host" "dns_lookup" (func $dns (param i64) (result i64)))
                   (import "reglet_host" "dns_resolve" (func $dns2 (param i32 i32 i32 i32) (result i32)))
                   (import "reglet_host" "http_request" (func $http (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))"#;
    let (observation, _) = run(&guest(parts, ""), Grants::none());
    assert_eq!(data(observation), json!({}));
}

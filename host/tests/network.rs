//! Network checks through the command line, with servers on loopback.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod program;

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// `quoin check` of one observation for each of these lines, as YAML flow maps.
fn quoin(observations: &[String], options: &[&str]) -> (tempfile::TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    let mut profile = String::from("profile: {name: Test, version: 1.0.0}\ncontrols:\n  items:\n");
    for (number, observation) in observations.iter().enumerate() {
        profile += &format!("    - {{id: c{number}, timeout: 20s, observations: [{observation}]}}\n");
    }
    let path = folder.path().join("profile.yaml");
    std::fs::write(&path, profile).unwrap();
    let mut command = program::quoin();
    command.arg("check").arg(path).args(["--format", "json"]).args(options).stdin(Stdio::null());
    command.env_remove("SSL_CERT_FILE");
    (folder, command)
}

/// The observations of the report, in their order.
fn check(observations: &[String], options: &[&str]) -> Vec<Value> {
    let (_folder, mut command) = quoin(observations, options);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let controls = report["controls"].as_array().unwrap();
    controls.iter().map(|control| control["observations"][0].clone()).collect()
}

fn one(observation: String, options: &[&str]) -> Value {
    check(&[observation], options).remove(0)
}

fn tcp(host: &str, port: u16, expect: &str) -> String {
    format!(
        "{{plugin: tcp, config: {{host: \"{host}\", port: {port}, timeout_ms: 3000}}, expect: [{expect}]}}"
    )
}

fn message(observation: &Value) -> &str {
    observation["error"]["message"].as_str().unwrap_or_default()
}

/// A server on loopback; each connection is answered by `answer` on a thread of its own.
fn serve(answer: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || answer(stream));
        }
    });
    port
}

/// An HTTP server: reads a request's head and answers this, with the request's first line in place of `LINE`.
fn http(response: impl Fn(u16) -> String + Send + Sync + Clone + 'static) -> u16 {
    serve(move |mut stream| {
        let port = stream.local_addr().unwrap().port();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|_| line.trim() != "") {
            line.clear();
        }
        let _ = stream.write_all(response(port).replace("LINE", first.trim()).as_bytes());
    })
}

fn silent() -> u16 {
    serve(|mut stream| _ = stream.read_to_end(&mut Vec::new()))
}

/// A port that nobody listens on.
fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn an_open_port_and_a_closed_one_are_both_answers() {
    let (open, closed) = (silent(), closed());
    let seen = check(
        &[
            tcp("127.0.0.1", open, "data.connected"),
            tcp("127.0.0.1", closed, "data.connected == false"),
            tcp("::ffff:127.0.0.1", open, "data.connected"),
            tcp("127.0.0.1", closed, "data.connected"),
            format!("{{plugin: tcp, config: {{host: 127.0.0.1, port: {closed}}}}}"),
        ],
        &[],
    );
    let status: Vec<_> = seen.iter().map(|seen| seen["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["pass", "pass", "pass", "fail", "fail"], "{seen:#?}");
    let data = &seen[0]["evidence"]["data"];
    assert_eq!(data["address"], format!("127.0.0.1:{open}"));
    assert_eq!(data["remote_addr"], format!("127.0.0.1:{open}"));
    assert!(data["local_addr"].as_str().unwrap().starts_with("127.0.0.1:"));
    assert!(data["response_time_ms"].is_u64());
    assert_eq!(seen[1]["evidence"]["data"]["error_code"], "ECONNREFUSED");
}

#[test]
fn a_name_that_leads_to_a_private_address_needs_a_grant_and_is_never_a_closed_port() {
    let (open, shut) = (silent(), closed());
    let refused = |seen: &Value| {
        assert_eq!(seen["status"], "error", "{seen:#}");
        assert_eq!(seen["error"]["type"], "capability");
        let text = message(seen);
        assert!(text.contains("because localhost leads to"), "{text}");
        assert!(text.contains("pass --grant network:outbound:private"), "{text}");
    };
    for expect in ["data.connected == false", "\"!data.connected\"", "error != nil"] {
        refused(&one(tcp("localhost", shut, expect), &[]));
    }
    // Another port of that address, and any host at all, are other grants.
    let other = format!("network:outbound:127.0.0.1:{shut}");
    refused(&one(tcp("localhost", open, "data.connected"), &["--grant", &other]));
    refused(&one(tcp("localhost", open, "data.connected"), &["--grant", "network:outbound:*"]));
    let granted = one(tcp("localhost", open, "data.connected"), &["--grant", "network:outbound:private"]);
    assert_eq!(granted["status"], "pass", "{granted:#}");
    let shut =
        one(tcp("localhost", shut, "data.connected == false"), &["--grant", "network:outbound:private"]);
    assert_eq!(shut["status"], "pass", "{shut:#}");
}

#[test]
fn a_response_is_told_and_held_against_what_is_expected() {
    let port = http(|_| {
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 9\r\n\r\nno such x".into()
    });
    let config =
        |more: &str| format!("{{plugin: http, config: {{url: \"http://127.0.0.1:{port}/\"{more}}}}}");
    let seen = check(
        &[
            config(", expected_status: 404, expected_body_contains: such"),
            config(""),
            config(", expected_status: 200"),
            config(", expected_status: 404, body_preview_length: -1"),
            config(", expected_status: 404, expected_body_contains: all well"),
        ],
        &[],
    );
    let status: Vec<_> = seen.iter().map(|seen| seen["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["pass", "fail", "fail", "pass", "fail"], "{seen:#?}");
    let data = &seen[0]["evidence"]["data"];
    assert_eq!(data["status_code"], 404);
    assert_eq!(data["protocol"], "HTTP/1.1");
    assert_eq!(data["headers"]["Content-Type"], serde_json::json!(["text/plain"]));
    assert_eq!(data["headers"]["X-A"], serde_json::json!(["1", "2"]));
    assert_eq!((&data["body_size"], &data["body_preview"]), (&9.into(), &"no such x".into()));
    assert_eq!(data["remote_addr"], format!("127.0.0.1:{port}"));
    assert_eq!(seen[2]["evidence"]["data"]["expectation_failed"], true);
    assert_eq!(seen[3]["evidence"]["data"]["body"], "no such x");
    // The module is built without `{:?}`, which its native tests don't show.
    let text = "the body does not contain \"all well\"";
    assert_eq!(seen[4]["evidence"]["data"]["expectation_error"], text);
}

#[test]
fn a_redirect_needs_a_grant_of_its_own() {
    let target = http(|_| "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nthere".into());
    let redirect = |to: String| {
        http(move |_| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"))
    };
    let fetch = |port: u16, options: &[&str]| {
        let observation = format!("{{plugin: http, config: {{url: \"http://127.0.0.1:{port}/\"}}}}");
        one(observation, options)
    };
    // To another port of the same address.
    let by_address = redirect(format!("http://127.0.0.1:{target}/x"));
    let needed = format!("network:outbound:127.0.0.1:{target}");
    let refused = fetch(by_address, &[]);
    assert_eq!((&refused["status"], &refused["error"]["type"]), (&"error".into(), &"capability".into()));
    assert!(message(&refused).contains(&needed), "{}", message(&refused));
    let granted = fetch(by_address, &["--grant", &needed]);
    assert_eq!(granted["status"], "pass", "{granted:#}");
    assert_eq!(granted["evidence"]["data"]["url"], format!("http://127.0.0.1:{target}/x"));
    // To a name that leads to a private address: both are asked about, one after the other.
    let by_name = redirect(format!("http://localhost:{target}/x"));
    let needed = format!("network:outbound:localhost:{target}");
    assert!(message(&fetch(by_name, &[])).contains(&needed));
    let refused = fetch(by_name, &["--grant", &needed]);
    assert_eq!(refused["error"]["type"], "capability");
    assert!(message(&refused).contains("network:outbound:private"), "{}", message(&refused));
    let granted = fetch(by_name, &["--grant", &needed, "--grant", "network:outbound:private"]);
    assert_eq!(granted["status"], "pass", "{granted:#}");
    // Not followed, it is the answer.
    let observation = format!(
        "{{plugin: http, config: {{url: \"http://127.0.0.1:{by_address}/\", follow_redirects: false}}}}"
    );
    assert_eq!(one(observation, &[])["evidence"]["data"]["status_code"], 302);
    // For ever.
    let round = http(|port| {
        format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n")
    });
    assert_eq!(fetch(round, &[])["status"], "error");
}

#[test]
fn a_mail_server_is_greeted() {
    let port = serve(|mut stream| {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        stream.write_all(b"220 mail.example ESMTP\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let answer: &[u8] = match line.split(' ').next() {
                Some("EHLO") => b"250-mail.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n",
                _ => b"221 bye\r\n",
            };
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    });
    let other = serve(|mut stream| _ = stream.write_all(b"SSH-2.0-x\r\n"));
    let smtp = |port: u16| format!("{{plugin: smtp, config: {{host: 127.0.0.1, port: {port}}}}}");
    let seen = check(&[smtp(port), smtp(closed()), smtp(other)], &[]);
    let data = &seen[0]["evidence"]["data"];
    assert_eq!(seen[0]["status"], "pass", "{:#}", seen[0]);
    assert_eq!(data["banner"], "220 mail.example ESMTP");
    assert_eq!(data["extensions"], serde_json::json!(["PIPELINING", "SIZE 1000"]));
    assert_eq!(
        (&seen[1]["status"], &seen[1]["evidence"]["data"]["connected"]),
        (&"fail".into(), &false.into())
    );
    assert_eq!((&seen[2]["status"], &seen[2]["error"]["code"]), (&"error".into(), &"EPROTO".into()));
}

/// A name server on loopback that knows `a.test` and nothing else, and is silent about `slow.test`.
fn name_server() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut buffer = [0; 2_000];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let question = &buffer[12..length];
            let end = question.iter().position(|byte| *byte == 0).unwrap() + 5;
            let question = &question[..end];
            if question.starts_with(b"\x04slow") {
                continue;
            }
            let known = question.starts_with(b"\x01a\x04test\0");
            let is_a = question[end - 4..] == [0, 1, 0, 1];
            let mut answer = buffer[..2].to_vec();
            answer.extend([
                0x84,
                if known { 0x00 } else { 0x03 },
                0,
                1,
                0,
                u8::from(known && is_a),
                0,
                0,
                0,
                0,
            ]);
            answer.extend(question);
            if known && is_a {
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 7]);
            }
            socket.send_to(&answer, from).unwrap();
        }
    });
    port
}

#[test]
fn names_are_looked_up_at_the_server_that_is_named() {
    let port = name_server();
    let dns = |name: &str, kind: &str, server: &str| {
        format!(
            "{{plugin: dns, config: {{hostname: {name}, record_type: {kind}, nameserver: \"{server}\", timeout_ms: 1500}}}}"
        )
    };
    let server = format!("127.0.0.1:{port}");
    let named = format!("localhost:{port}");
    let seen = check(
        &[
            dns("a.test", "A", &server),
            dns("a.test", "AAAA", &server),
            dns("b.test", "A", &server),
            dns("slow.test", "A", &server),
            dns("a.test", "A", &named),
            dns("a.test", "A", "a b"),
            dns("\"a b\"", "A", ""),
        ],
        &[],
    );
    let status: Vec<_> = seen.iter().map(|seen| seen["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["pass", "fail", "fail", "fail", "error", "error", "error"], "{seen:#?}");
    let data = |number: usize| &seen[number]["evidence"]["data"];
    assert_eq!(data(0)["records"], serde_json::json!(["192.0.2.7"]));
    assert_eq!((&data(1)["is_not_found"], &data(1)["error_code"]), (&true.into(), &"ENODATA".into()));
    assert_eq!((&data(2)["is_not_found"], &data(2)["error_code"]), (&true.into(), &"ENOTFOUND".into()));
    assert_eq!((&data(3)["is_timeout"], &data(3)["is_not_found"]), (&true.into(), &false.into()));
    assert!(message(&seen[4]).contains("network:outbound:private"), "{}", message(&seen[4]));
    for (number, field) in [(5, "`nameserver`"), (6, "`hostname`")] {
        assert_eq!(seen[number]["error"]["type"], "config");
        assert!(message(&seen[number]).contains(field), "{}", message(&seen[number]));
    }
}

#[test]
fn bad_input_is_an_error_that_names_the_field() {
    let bad = [
        ("{plugin: tcp, config: {host: \"a b\", port: 22}}", "`host`"),
        ("{plugin: tcp, config: {host: 1.2.3.256, port: 22}}", "`host`"),
        ("{plugin: http, config: {url: \"ftp://a.example/\"}}", "`url`"),
        ("{plugin: http, config: {url: \"http://a.example:99999/\"}}", "`url`"),
        ("{plugin: http, config: {url: \"http:///x\"}}", "`url`"),
        ("{plugin: http, config: {url: nonsense}}", "`url`"),
        ("{plugin: http, config: {url: \"http://admin:hunter2@a.example/\"}}", "`Authorization`"),
    ];
    let seen = check(&bad.map(|(observation, _)| observation.to_owned()), &[]);
    for (seen, (observation, field)) in seen.iter().zip(bad) {
        assert_eq!(
            (&seen["status"], &seen["error"]["type"]),
            (&"error".into(), &"config".into()),
            "{observation}"
        );
        assert!(message(seen).contains(field), "{observation}: {}", message(seen));
        assert!(!message(seen).contains("hunter2"));
    }
}

#[test]
fn a_port_out_of_range_is_found_before_anything_runs() {
    let written =
        |port: &str| refused(format!("{{plugin: tcp, config: {{host: 127.0.0.1, port: {port}}}}}"), &[]);
    for port in ["65536", "'65536'", "'99999'", "0", "'0'", "'00000'", "'100000'", "''", "ssh"] {
        assert!(written(port).contains("`port`: "), "{port}: {}", written(port));
    }
    let closed = closed();
    for port in [format!("'{closed}'"), format!("'0{closed}'")] {
        let seen = one(format!("{{plugin: tcp, config: {{host: 127.0.0.1, port: {port}}}}}"), &[]);
        assert_eq!(seen["evidence"]["data"]["address"], format!("127.0.0.1:{closed}"));
    }
}

/// A server that speaks TLS 1.0 and nothing newer.
#[cfg(feature = "tls")]
fn old_tls() -> u16 {
    serve(|mut stream| {
        let mut header = [0; 5];
        stream.read_exact(&mut header).unwrap();
        let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
        stream.read_exact(&mut hello).unwrap();
        // The alert `protocol_version`, or a ServerHello without session and compression.
        let answer = if hello[4..6] == [3, 1] {
            let mut answer = vec![22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
            answer.extend([7; 32]);
            answer.extend([0, 0, 0x2f, 0]);
            answer
        } else {
            vec![21, 3, 1, 0, 2, 2, 70]
        };
        let _ = stream.write_all(&answer);
    })
}

#[cfg(feature = "tls")]
#[test]
fn a_server_with_old_versions_only_is_found_out() {
    let port = old_tls();
    let look = |more: &str, expect: &str| {
        one(
            format!(
                "{{plugin: tcp, config: {{host: 127.0.0.1, port: {port}, {more}}}, expect: ['{expect}']}}"
            ),
            &[],
        )
    };
    let old = look("probe_tls_versions: true", r#"data.tls_versions_offered == ["TLS 1.0"]"#);
    assert_eq!(old["status"], "pass", "{old:#}");
    let both = look("probe_tls_versions: true, tls: true", "data.connected");
    assert_eq!(both["status"], "error");
    assert!(message(&both).ends_with("the versions that it offers: TLS 1.0"), "{}", message(&both));
}

#[test]
fn a_peer_that_stalls_costs_its_own_time_only() {
    let (stalls, open) = (silent(), silent());
    let started = Instant::now();
    let seen = check(
        &[
            format!("{{plugin: smtp, config: {{host: 127.0.0.1, port: {stalls}, timeout_ms: 700}}}}"),
            format!("{{plugin: http, config: {{url: \"http://127.0.0.1:{stalls}/\", timeout_ms: 700}}}}"),
            format!(
                "{{plugin: tcp, config: {{host: 127.0.0.1, port: {stalls}, timeout_ms: 700, tls: true}}}}"
            ),
            tcp("127.0.0.1", open, "data.connected"),
        ],
        &[],
    );
    for stalled in &seen[..3] {
        assert_eq!(
            (&stalled["status"], &stalled["error"]["code"]),
            (&"error".into(), &"ETIMEDOUT".into()),
            "{stalled:#}"
        );
    }
    assert_eq!(seen[3]["status"], "pass");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn an_interrupt_ends_what_waits_for_the_network() {
    let (accepted, waits) = mpsc::channel();
    let port = serve(move |mut stream| {
        accepted.send(()).unwrap();
        _ = stream.read_to_end(&mut Vec::new());
    });
    let smtp = format!("{{plugin: smtp, config: {{host: 127.0.0.1, port: {port}, timeout_ms: 15000}}}}");
    let (_folder, mut command) = quoin(&[smtp], &[]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    waits.recv_timeout(Duration::from_secs(15)).unwrap();
    let started = Instant::now();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// What is said of a run that does not begin.
fn refused(observation: String, options: &[&str]) -> String {
    let (_folder, mut command) = quoin(&[observation], options);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{options:?} {text}");
    text
}

#[test]
fn a_network_that_cannot_be_opened_is_said_before_any_check_runs() {
    let fails = |options| refused(tcp("127.0.0.1", closed(), "data.connected == false"), options);
    let text = fails(&["--ca-file", "/nowhere/ca.pem"]);
    assert!(text.contains("--ca-file") && text.contains("/nowhere/ca.pem"), "{text}");
    let text = fails(&["--net", "wlan"]);
    assert!(text.contains("--net"), "{text}");
    let text = fails(&["--net", "raw:no-such-if0,addr=192.0.2.5/24"]);
    assert!(text.contains("--net") && text.contains("no-such-if0"), "{text}");
}

#[test]
fn an_image_is_on_no_network() {
    let image = tempfile::tempdir().unwrap();
    let root = image.path().to_str().unwrap();
    let seen = one(tcp("127.0.0.1", closed(), "data.connected == false"), &["--root", root]);
    assert_eq!((&seen["status"], &seen["error"]["code"]), (&"error".into(), &"ENOTSUP".into()));
    assert!(message(&seen).contains("--net"), "{}", message(&seen));
}

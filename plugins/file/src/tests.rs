//! What the plugin answers on machines made up for it.

use crate::File;
use crate::content::CONTENT_BYTES;
use alloc::{format, string::String, string::ToString, vec, vec::Vec};
use quoin_abi::evidence::Evidence;
use quoin_plugin::fake::FakeHost;
use quoin_plugin::{ErrorDetail, ErrorType, FileStatResponse};
use serde_json::{Value, json};

fn observe(config: &Value, host: &FakeHost) -> Evidence {
    let answer = quoin_plugin::observe::<File>(config.to_string().as_bytes(), host);
    serde_json::from_slice(&answer).expect("an evidence record")
}

fn stat(kind: &str, mode: &str) -> Result<FileStatResponse, ErrorDetail> {
    Ok(FileStatResponse {
        kind: kind.into(),
        size: 6,
        mode: mode.into(),
        uid: 0,
        gid: 42,
        owner: "root".into(),
        mtime: "2024-05-06T07:08:09Z".into(),
        nlink: 1,
        ..FileStatResponse::default()
    })
}

fn error(kind: ErrorType, code: &str) -> ErrorDetail {
    ErrorDetail::new(kind, code, format!("as told: {code}"))
}

/// `/f` with this content.
fn with_content(content: impl Into<Vec<u8>>) -> FakeHost {
    FakeHost::new().stat("/f", stat("file", "0640")).content("/f", content)
}

#[test]
fn a_file_is_described() {
    let host = with_content("hello\n");
    let evidence = observe(&json!({"path": "/f"}), &host);
    assert!(evidence.status);
    assert_eq!(evidence.error, None);
    assert_eq!(
        Value::Object(evidence.data),
        json!({
            "path": "/f", "exists": true, "readable": true, "is_dir": false, "is_symlink": false,
            "size": 6, "mode": "0640", "permissions": "-rw-r-----", "uid": 0, "gid": 42, "owner": "root",
            "group": "42", "mod_time": "2024-05-06T07:08:09Z",
        })
    );
    assert_eq!(host.opened(), ["/f"], "that it is readable was tried");
}

#[test]
fn a_missing_file_is_evidence() {
    for code in ["ENOENT", "ENOTDIR"] {
        let host = FakeHost::new().stat("/f", Err(error(ErrorType::Internal, code)));
        let evidence = observe(&json!({"path": "/f", "read_content": true, "hash": true}), &host);
        assert!(!evidence.status);
        assert_eq!(evidence.error, None);
        assert_eq!(
            Value::Object(evidence.data),
            json!({"path": "/f", "exists": false, "readable": false, "is_dir": false, "is_symlink": false})
        );
        assert_eq!(host.opened(), [""; 0]);
    }
}

#[test]
fn a_link_is_followed_and_told() {
    let host = FakeHost::new().link("/l", "../f", stat("file", "4755")).content("/l", "x");
    let evidence = observe(&json!({"path": "/l", "read_content": true}), &host);
    assert!(evidence.status);
    assert_eq!(evidence.data["is_symlink"], json!(true));
    assert_eq!(evidence.data["symlink_target"], json!("../f"));
    assert_eq!(evidence.data["permissions"], json!("-rwsr-xr-x"));
    assert_eq!(evidence.data["content"], json!("x"));
}

#[test]
fn a_link_that_leads_nowhere_is_evidence() {
    for code in ["ENOENT", "ELOOP", "ENOTDIR"] {
        let host = FakeHost::new().link("/l", "gone", Err(error(ErrorType::Internal, code)));
        let evidence = observe(&json!({"path": "/l"}), &host);
        assert!(!evidence.status);
        assert_eq!(
            Value::Object(evidence.data),
            json!({
                "path": "/l", "exists": false, "readable": false, "is_dir": false, "is_symlink": true,
                "symlink_target": "gone",
            })
        );
    }
}

#[test]
fn an_unreadable_file_says_so() {
    let host = FakeHost::new()
        .stat("/f", stat("file", "0600"))
        .closed("/f", error(ErrorType::Internal, "EACCES"))
        .stat("/d", stat("directory", "0700"))
        .directory("/d", Err(error(ErrorType::Internal, "EACCES")));
    for path in ["/f", "/d"] {
        let evidence = observe(&json!({"path": path, "hash": true}), &host);
        assert!(evidence.status, "it exists");
        assert_eq!(evidence.data["exists"], json!(true));
        assert_eq!(evidence.data["readable"], json!(false));
        assert_eq!(evidence.data["read_error"], json!("as told: EACCES"));
        assert!(!evidence.data.contains_key("sha256"));
    }
}

#[test]
fn a_file_that_breaks_off_has_no_content() {
    let broken = error(ErrorType::Internal, "EIO");
    let host = FakeHost::new().stat("/f", stat("file", "0600")).broken_content("/f", "half", broken);
    let evidence = observe(&json!({"path": "/f", "hash": true, "read_content": true}), &host);
    assert_eq!(evidence.data["readable"], json!(true));
    assert_eq!(evidence.data["read_error"], json!("as told: EIO"));
    for absent in ["content", "content_b64", "encoding", "sha256"] {
        assert!(!evidence.data.contains_key(absent), "{absent}");
    }
}

#[test]
fn a_refusal_is_an_error_wherever_it_comes() {
    let refusal = error(ErrorType::Capability, "ENOENT");
    for host in [
        FakeHost::new().stat("/p", Err(refusal.clone())),
        FakeHost::new().link("/p", "/secret", Err(refusal.clone())),
        FakeHost::new().stat("/p", stat("file", "0644")).closed("/p", refusal.clone()),
        FakeHost::new().stat("/p", stat("file", "0644")).broken_content("/p", "", refusal.clone()),
        FakeHost::new().stat("/p", stat("directory", "0755")).directory("/p", Err(refusal.clone())),
    ] {
        let evidence = observe(&json!({"path": "/p", "hash": true}), &host);
        assert!(!evidence.status);
        assert_eq!(evidence.error, Some(refusal.clone()));
        assert!(evidence.data.is_empty());
    }
}

#[test]
fn what_cannot_be_found_out_is_an_error() {
    let host = FakeHost::new().stat("/p", Err(error(ErrorType::Internal, "EACCES")));
    let evidence = observe(&json!({"path": "/p"}), &host);
    assert_eq!(evidence.error.expect("an error").code, "EACCES");

    let host = FakeHost::new().stat("/p", stat("file", "rw-r--r--"));
    let evidence = observe(&json!({"path": "/p"}), &host);
    assert_eq!(evidence.error.expect("an error").code, "EPROTO");
}

#[test]
fn a_directory_is_listed_and_has_no_content() {
    let host = FakeHost::new().stat("/d", stat("directory", "1777")).directory("/d", Ok(()));
    let evidence = observe(&json!({"path": "/d"}), &host);
    assert_eq!(evidence.data["is_dir"], json!(true));
    assert_eq!(evidence.data["readable"], json!(true));
    assert_eq!(evidence.data["permissions"], json!("drwxrwxrwt"));
    assert!(!evidence.data.contains_key("read_error"));

    let evidence = observe(&json!({"path": "/d", "read_content": true}), &host);
    assert_eq!(evidence.data["readable"], json!(true));
    assert_eq!(evidence.data["read_error"], json!("is a directory"));
    assert!(!evidence.data.contains_key("content"));
}

#[test]
fn devices_and_their_like_are_never_opened() {
    for kind in ["char_device", "block_device", "fifo", "socket"] {
        let host = FakeHost::new().stat("/dev/watchdog", stat(kind, "0600")).content("/dev/watchdog", "bang");
        let config = json!({"path": "/dev/watchdog", "read_content": true, "hash": true});
        let evidence = observe(&config, &host);
        assert!(evidence.status);
        assert_eq!(evidence.data["readable"], json!(false));
        assert_eq!(evidence.data["read_error"], json!(format!("is a {kind}, which is never opened")));
        assert_eq!(host.opened(), [""; 0]);
    }
}

#[test]
fn content_and_digest_come_when_asked() {
    let host = with_content("abc");
    let evidence = observe(&json!({"path": "/f", "read_content": true}), &host);
    assert_eq!(evidence.data["content"], json!("abc"));
    assert!(!evidence.data.contains_key("sha256"));
    let evidence = observe(&json!({"path": "/f", "hash": true}), &host);
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(evidence.data["sha256"], json!(digest));
    assert!(!evidence.data.contains_key("content"));
    let evidence = observe(&json!({"path": "/f", "read_content": false, "hash": false}), &host);
    assert!(!evidence.data.contains_key("content") && !evidence.data.contains_key("sha256"));
}

#[test]
fn content_is_read_to_its_end_and_kept_as_it_is() {
    // `file_stat` says 6 bytes, as it says 0 for /proc.
    for content in [String::new(), "1\n".into(), "grüße \u{1f600} \0 \"\\\n".into(), "x".repeat(20_000)] {
        let evidence = observe(&json!({"path": "/f", "read_content": true}), &with_content(content.clone()));
        assert_eq!(evidence.data["content"], json!(content));
        assert!(!evidence.data.contains_key("content_truncated"));
    }
}

#[test]
fn content_that_is_no_text_comes_in_base64() {
    let evidence = observe(&json!({"path": "/f", "read_content": true}), &with_content([0xff, 0xfe, 0, 1]));
    assert_eq!(evidence.data["content_b64"], json!("//4AAQ=="));
    assert_eq!(evidence.data["encoding"], json!("base64"));
    assert!(!evidence.data.contains_key("content"));
    // A text whose last character is cut in two by its own end.
    let evidence = observe(&json!({"path": "/f", "read_content": true}), &with_content(&b"gr\xc3"[..]));
    assert_eq!(evidence.data["content_b64"], json!("Z3LD"));
}

#[test]
fn long_content_is_cut_and_the_digest_is_not() {
    let host = with_content("x".repeat(CONTENT_BYTES));
    let evidence = observe(&json!({"path": "/f", "read_content": true}), &host);
    assert_eq!(evidence.data["content"].as_str().map(str::len), Some(CONTENT_BYTES));
    assert!(!evidence.data.contains_key("content_truncated"), "it just fits");

    let host = with_content("x".repeat(1_000_000));
    let evidence = observe(&json!({"path": "/f", "read_content": true, "hash": true}), &host);
    assert_eq!(evidence.data["content"].as_str().map(str::len), Some(CONTENT_BYTES));
    assert_eq!(evidence.data["content_truncated"], json!(true));
    // head -c 1000000 /dev/zero | tr "\0" x | sha256sum
    let digest = "1b977e9f84f1b26b6ed7f68b0498faee2385ea4125bd29adce4a7d9106ba3134";
    assert_eq!(evidence.data["sha256"], json!(digest));
}

#[test]
fn the_cut_does_not_split_a_character() {
    let text = "x".repeat(CONTENT_BYTES - 1) + "üüü";
    let evidence = observe(&json!({"path": "/f", "read_content": true}), &with_content(text));
    assert_eq!(evidence.data["content"].as_str().map(str::len), Some(CONTENT_BYTES - 1));
    assert_eq!(evidence.data["content_truncated"], json!(true));

    let bytes = vec![0xff; CONTENT_BYTES + 1];
    let evidence = observe(&json!({"path": "/f", "read_content": true}), &with_content(bytes));
    assert_eq!(evidence.data["encoding"], json!("base64"));
    assert_eq!(evidence.data["content_truncated"], json!(true));
}

#[test]
fn a_wrong_configuration_names_the_field() {
    for (config, field) in [
        (json!({}), "`path` is missing"),
        (json!({"path": ""}), "`path` is empty"),
        (json!({"path": "etc/passwd"}), "`path` is relative"),
        (json!({"path": "/etc\0/passwd"}), "`path` has a NUL"),
        (json!({"path": null}), "`path` has to be text"),
        (json!({"path": 7}), "`path` has to be text"),
        (json!({"path": "/f", "hash": "yes"}), "`hash` has to be true or false"),
        (json!({"path": "/f", "read_content": null}), "`read_content` has to be true or false"),
        (json!({"path": "/f", "read_contents": true}), "`read_contents` is not known here"),
        (json!(null), "the configuration has to be a JSON object"),
        (json!(["/f"]), "the configuration has to be a JSON object"),
    ] {
        let evidence = observe(&config, &with_content(""));
        let error = evidence.error.expect("an error");
        assert_eq!(error.kind, ErrorType::Config, "{config}");
        assert!(error.message.starts_with(field), "{config}: {}", error.message);
        assert!(!evidence.status);
    }
}

#[test]
fn what_the_configuration_names_is_what_it_needs() {
    let schema: Value = serde_json::from_slice(&quoin_plugin::schema::<File>()).expect("JSON");
    assert_eq!(schema["properties"]["path"]["x-capability"], json!("fs:read:{value}"));
}

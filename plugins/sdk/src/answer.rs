//! The host's answers, read into the types of `quoin-abi`. What is missing takes its empty value, as the contract has it.

use crate::fields::Fields;
use crate::network::{Connection, HttpAnswer, Lookup};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use quoin_abi::error::{ErrorDetail, ErrorType};
#[cfg(any(target_family = "wasm", test))]
use quoin_abi::host::{ExecResponse, FileStatResponse};
use serde_json::Value;

/// Answer of `file_stat`.
///
/// # Errors
///
/// The host's own, and where the answer is not what the contract has.
#[cfg(any(target_family = "wasm", test))]
pub(crate) fn file_stat(json: &[u8]) -> Result<FileStatResponse, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    if let Some(error) = fields.object("error")? {
        return Err(detail(error)?);
    }
    Ok(FileStatResponse {
        kind: fields.optional("kind")?.unwrap_or_default(),
        size: fields.optional("size")?.unwrap_or_default(),
        mode: fields.optional("mode")?.unwrap_or_default(),
        uid: fields.optional("uid")?.unwrap_or_default(),
        gid: fields.optional("gid")?.unwrap_or_default(),
        owner: fields.optional("owner")?.unwrap_or_default(),
        group: fields.optional("group")?.unwrap_or_default(),
        mtime: fields.optional("mtime")?.unwrap_or_default(),
        nlink: fields.optional("nlink")?.unwrap_or_default(),
        symlink_target: fields.optional("symlink_target")?.unwrap_or_default(),
        resolved_path: fields.optional("resolved_path")?.unwrap_or_default(),
        error: None,
    })
}

/// Answer of `exec_command`. A command that the deadline ended did run, so that its answer is none of the errors.
///
/// # Errors
///
/// The host's own, and where the answer is not what the contract has.
#[cfg(any(target_family = "wasm", test))]
pub(crate) fn exec_command(json: &[u8]) -> Result<ExecResponse, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    let is_timeout: bool = fields.optional("is_timeout")?.unwrap_or_default();
    let error = fields.object("error")?.map(detail).transpose()?;
    if let (false, Some(error)) = (is_timeout, &error) {
        return Err(error.clone());
    }
    Ok(ExecResponse {
        stdout: fields.optional("stdout")?.unwrap_or_default(),
        stderr: fields.optional("stderr")?.unwrap_or_default(),
        exit_code: fields.optional("exit_code")?.unwrap_or_default(),
        duration_ms: fields.optional("duration_ms")?.unwrap_or_default(),
        is_timeout,
        stdout_truncated: fields.optional("stdout_truncated")?.unwrap_or_default(),
        stderr_truncated: fields.optional("stderr_truncated")?.unwrap_or_default(),
        error,
    })
}

/// Answer of `tcp_connect` and `smtp_connect`.
///
/// # Errors
///
/// The host's own, unless it is the network's answer, and where the answer is not what the contract has.
pub(crate) fn connect(json: &[u8]) -> Result<Connection, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    let connected: bool = fields.optional("connected")?.unwrap_or_default();
    let error = fields.object("error")?.map(detail).transpose()?;
    match error {
        Some(error) if connected || !error.is_unreachable() => Err(error),
        error => Ok(Connection { connected, error, data: fields.rest() }),
    }
}

/// Answer of `dns_lookup`.
///
/// # Errors
///
/// The host's own, unless it says that there is nothing, and where the answer is not what the contract has.
pub(crate) fn dns_lookup(json: &[u8]) -> Result<Lookup, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    let error = fields.object("error")?.map(detail).transpose()?;
    let records = fields.value("records").unwrap_or_else(|| Value::Array(Vec::new()));
    match error {
        Some(error) if error.kind == ErrorType::Capability || !(error.is_not_found || error.is_timeout) => {
            Err(error)
        }
        error => Ok(Lookup { error, records, data: fields.rest() }),
    }
}

/// Answer of `http_request`.
///
/// # Errors
///
/// The host's own, and where the answer is not what the contract has.
pub(crate) fn http_request(json: &[u8]) -> Result<HttpAnswer, ErrorDetail> {
    let mut fields = Fields::answer(json)?;
    if let Some(error) = fields.object("error")? {
        return Err(detail(error)?);
    }
    Ok(HttpAnswer {
        status_code: fields.optional("status_code")?.unwrap_or_default(),
        body: fields.optional("body")?.unwrap_or_default(),
        body_truncated: fields.optional("body_truncated")?.unwrap_or_default(),
        data: fields.rest(),
    })
}

/// The error record.
fn detail(mut fields: Fields) -> Result<ErrorDetail, ErrorDetail> {
    let kind: String = fields.optional("type")?.unwrap_or_default();
    let wrapped = match fields.object("wrapped")? {
        Some(wrapped) => Some(Box::new(detail(wrapped)?)),
        None => None,
    };
    Ok(ErrorDetail {
        message: fields.optional("message")?.unwrap_or_default(),
        kind: KINDS.into_iter().find(|known| known.as_str() == kind).unwrap_or_default(),
        code: fields.optional("code")?.unwrap_or_default(),
        is_timeout: fields.optional("is_timeout")?.unwrap_or_default(),
        is_not_found: fields.optional("is_not_found")?.unwrap_or_default(),
        wrapped,
    })
}

/// All types but `internal`, which an unknown word is read as.
const KINDS: [ErrorType; 7] = [
    ErrorType::Network,
    ErrorType::Timeout,
    ErrorType::Config,
    ErrorType::Capability,
    ErrorType::Execution,
    ErrorType::Validation,
    ErrorType::Panic,
];

#[cfg(test)]
mod tests {
    use super::{KINDS, connect, dns_lookup, exec_command, file_stat, http_request};
    use alloc::{boxed::Box, vec::Vec};
    use quoin_abi::error::{ErrorDetail, ErrorType};
    use quoin_abi::host::{
        ConnectResponse, DnsResponse, ExecResponse, FileStatResponse, Handshake, HttpResponse,
    };
    use serde_json::{Value, json as value};

    fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
        serde_json::to_vec(value).expect("serialises")
    }

    #[test]
    fn reads_what_the_host_writes() {
        let stat = FileStatResponse {
            kind: "symlink".into(),
            size: 5 << 40,
            mode: "4755".into(),
            uid: u32::MAX,
            gid: 12,
            owner: "root".into(),
            group: "shadow".into(),
            mtime: "2024-01-01T00:00:00Z".into(),
            nlink: 3,
            symlink_target: "../b".into(),
            resolved_path: "/b".into(),
            error: None,
        };
        assert_eq!(file_stat(&json(&stat)), Ok(stat));
        assert_eq!(file_stat(&json(&FileStatResponse::default())), Ok(FileStatResponse::default()));

        let exec = ExecResponse {
            stdout: "out".into(),
            stderr: "err".into(),
            exit_code: -1,
            duration_ms: 20,
            is_timeout: true,
            stdout_truncated: true,
            stderr_truncated: true,
            error: Some(ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", "ended after 20 ms")),
        };
        assert_eq!(exec_command(&json(&exec)), Ok(exec.clone()));
        let failed = ExecResponse { is_timeout: false, ..exec };
        assert_eq!(exec_command(&json(&failed)), Err(failed.error.expect("is there")));
    }

    #[test]
    fn reads_what_the_host_writes_of_the_network() {
        let handshake = Handshake { tls: true, version: "TLS 1.3".into(), ..Handshake::default() };
        let response = ConnectResponse {
            connected: true,
            remote_addr: "192.0.2.1:443".into(),
            response_time_ms: 7,
            handshake,
            ..ConnectResponse::default()
        };
        let connection = connect(&json(&response)).expect("connected");
        assert!(connection.connected);
        assert_eq!(
            Value::Object(connection.data),
            value!({"remote_addr": "192.0.2.1:443", "response_time_ms": 7, "tls": true, "tls_version": "TLS 1.3"})
        );
        let response =
            DnsResponse { records: ["a".into()].into(), query_time_ms: 3, ..DnsResponse::default() };
        let lookup = dns_lookup(&json(&response)).expect("records");
        assert_eq!(
            (lookup.records, Value::Object(lookup.data)),
            (value!(["a"]), value!({"query_time_ms": 3}))
        );
        let response = HttpResponse {
            status_code: 204,
            body_truncated: true,
            proto: "HTTP/1.1".into(),
            ..HttpResponse::default()
        };
        let answer = http_request(&json(&response)).expect("a response");
        assert_eq!((answer.status_code, answer.body_truncated, answer.body.as_str()), (204, true, ""));
        assert_eq!(Value::Object(answer.data), value!({"proto": "HTTP/1.1"}));
    }

    #[test]
    fn tells_an_answer_of_the_network_from_a_question_that_could_not_be_asked() {
        let failed = |connected, kind, code: &str| {
            let error = Some(ErrorDetail::new(kind, code, "as told"));
            connect(&json(&ConnectResponse { connected, error, ..ConnectResponse::default() }))
        };
        for (kind, code) in [
            (ErrorType::Network, "ECONNREFUSED"),
            (ErrorType::Timeout, "ETIMEDOUT"),
            (ErrorType::Network, "EHOSTUNREACH"),
        ] {
            let connection = failed(false, kind, code).expect(code);
            assert_eq!((connection.connected, connection.error.expect(code).code.as_str()), (false, code));
            assert!(failed(true, kind, code).is_err(), "something went wrong afterwards");
        }
        for (kind, code) in [
            (ErrorType::Network, "ENOTFOUND"),
            (ErrorType::Timeout, "EAI_AGAIN"),
            (ErrorType::Capability, "ENOTCAPABLE"),
            (ErrorType::Config, "EINVAL"),
            (ErrorType::Network, "EPROTO"),
        ] {
            assert_eq!(failed(false, kind, code).expect_err(code).code, code);
        }
        let looked_up = |kind, code: &str| {
            let error = Some(ErrorDetail::new(kind, code, "as told"));
            dns_lookup(&json(&DnsResponse { error, ..DnsResponse::default() }))
        };
        for (kind, code) in [
            (ErrorType::Network, "ENOTFOUND"),
            (ErrorType::Network, "ENODATA"),
            (ErrorType::Timeout, "ETIMEDOUT"),
        ] {
            assert_eq!(looked_up(kind, code).expect(code).error.expect(code).code, code);
        }
        for (kind, code) in [(ErrorType::Network, "ESERVFAIL"), (ErrorType::Capability, "ENOENT")] {
            assert_eq!(looked_up(kind, code).expect_err(code).code, code);
        }
    }

    #[test]
    fn reads_every_error_the_host_writes() {
        for kind in KINDS.into_iter().chain([ErrorType::Internal]) {
            let mut error = ErrorDetail::new(kind, "ENOENT", "above");
            error.wrapped = Some(Box::new(ErrorDetail::new(ErrorType::Network, "EPIPE", "below")));
            let response = FileStatResponse { error: Some(error.clone()), ..FileStatResponse::default() };
            assert_eq!(file_stat(&json(&response)), Err(error));
        }
    }

    #[test]
    fn is_an_error_where_the_answer_breaks_the_contract() {
        for answer in ["", "[]", r#"{"kind": 1}"#, r#"{"size": "1"}"#, r#"{"uid": -1}"#, r#"{"error": "no"}"#]
        {
            let error = file_stat(answer.as_bytes()).expect_err(answer);
            assert_eq!((error.kind, error.code.as_str()), (ErrorType::Internal, "EPROTO"), "{answer}");
        }
    }
}

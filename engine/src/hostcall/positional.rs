//! The positional calling form of the pointer generation: arguments one by one, the answer the address of a flat JSON
//! object with `status`, which the guest delimits as the host delimits results (there is a NUL behind it too).

use super::packed::{answer, bytes, invalid};
use super::{dns, http, tcp};
use crate::guest::state::State;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use quoin_abi::error::ErrorDetail;
use quoin_abi::host::{DnsRequest, HttpRequest, TcpRequest};
use serde::Serialize;
use serde_json::{Map, Value, json};
use wasmi::{Caller, Linker};

const MODULE: &str = "reglet_host";

type Trapped<T> = Result<T, wasmi::Error>;
/// What the guest reads: fields, or an error.
type Answer = Result<Map<String, Value>, ErrorDetail>;

/// `dns_lookup` and `dns_resolve`: `(hostname, type) -> records`.
pub(crate) fn dns(linker: &mut Linker<State>, name: &str) {
    let _ = linker.func_wrap(
        MODULE,
        name,
        |mut caller: Caller<'_, State>, host: u32, host_len: u32, kind: u32, kind_len: u32| -> Trapped<u32> {
            let arguments = [text(&caller, host, host_len)?, text(&caller, kind, kind_len)?];
            let result = all(arguments).and_then(|[hostname, record_type]| {
                let request = DnsRequest { hostname, record_type, ..DnsRequest::default() };
                let response = dns::dns_lookup(caller.data_mut(), &request);
                let mx = response.mx_records.iter().map(|mx| format!("{} {}", mx.pref, mx.host));
                let records: Vec<String> =
                    if response.mx_records.is_empty() { response.records } else { mx.collect() };
                fields(response.error, &json!({ "records": records }))
            });
            flat(&mut caller, result)
        },
    );
}

/// `tcp_connect`: `(host, port, timeout_ms, tls) -> the packed form's fields`.
pub(crate) fn tcp(linker: &mut Linker<State>, name: &str) {
    let _ = linker.func_wrap(
        MODULE,
        name,
        |mut caller: Caller<'_, State>,
         host: u32,
         host_len: u32,
         port: u32,
         port_len: u32,
         timeout_ms: u32,
         tls: u32|
         -> Trapped<u32> {
            let arguments = [text(&caller, host, host_len)?, text(&caller, port, port_len)?];
            let result = all(arguments).and_then(|[host, port]| {
                let timeout_ms = u64::from(timeout_ms);
                let request = TcpRequest { host, port, timeout_ms, tls: tls != 0, ..TcpRequest::default() };
                let mut response = tcp::tcp_connect(caller.data_mut(), &request);
                fields(response.error.take(), &response)
            });
            flat(&mut caller, result)
        },
    );
}

/// `http_request`: `(url, method, headers, body) -> status_code headers body response_time_ms`.
pub(crate) fn http(linker: &mut Linker<State>, name: &str) {
    let _ = linker.func_wrap(
        MODULE,
        name,
        |mut caller: Caller<'_, State>,
         url: u32,
         url_len: u32,
         method: u32,
         method_len: u32,
         headers: u32,
         headers_len: u32,
         body: u32,
         body_len: u32|
         -> Trapped<u32> {
            let arguments = [text(&caller, url, url_len)?, text(&caller, method, method_len)?];
            let headers = bytes(&caller, headers, headers_len)?;
            let body = bytes(&caller, body, body_len)?;
            let result = all(arguments).and_then(|[url, method]| {
                let (headers, body) = (parse_headers(&headers?)?, BASE64_STANDARD.encode(body?));
                let request = HttpRequest { url, method, headers, body, ..HttpRequest::default() };
                let started = caller.data().host.system().monotonic();
                let response = http::http_request(caller.data_mut(), &request);
                let took = caller.data().host.system().monotonic().saturating_sub(started);
                let body = BASE64_STANDARD.decode(&response.body).unwrap_or_default();
                fields(
                    response.error,
                    &json!({
                        "status_code": response.status_code,
                        "headers": response.headers,
                        "body": String::from_utf8_lossy(&body),
                        "response_time_ms": took / 1_000_000,
                    }),
                )
            });
            flat(&mut caller, result)
        },
    );
}

/// A JSON object of texts or lists of texts, or nothing.
fn parse_headers(bytes: &[u8]) -> Result<BTreeMap<String, Vec<String>>, ErrorDetail> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    if bytes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let headers: BTreeMap<String, OneOrMore> = serde_json::from_slice(bytes).map_err(|error| {
        invalid(&format!("headers have to be a JSON object of texts or lists of texts: {error}"))
    })?;
    let list = |value| match value {
        OneOrMore::One(value) => alloc::vec![value],
        OneOrMore::More(values) => values,
    };
    Ok(headers.into_iter().map(|(name, value)| (name, list(value))).collect())
}

fn text(caller: &Caller<'_, State>, address: u32, length: u32) -> Trapped<Result<String, ErrorDetail>> {
    Ok(bytes(caller, address, length)?
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| invalid("an argument is not UTF-8"))))
}

fn all<const N: usize>(arguments: [Result<String, ErrorDetail>; N]) -> Result<[String; N], ErrorDetail> {
    let mut texts = [const { String::new() }; N];
    for (text, argument) in texts.iter_mut().zip(arguments) {
        *text = argument?;
    }
    Ok(texts)
}

fn fields(error: Option<ErrorDetail>, response: &impl Serialize) -> Answer {
    match (error, serde_json::to_value(response)) {
        (Some(error), _) => Err(error),
        (None, Ok(Value::Object(map))) => Ok(map),
        (None, other) => Err(invalid(&format!("the response is no object: {other:?}"))),
    }
}

fn flat(caller: &mut Caller<'_, State>, result: Answer) -> Trapped<u32> {
    let response = match result {
        Ok(mut fields) => {
            fields.insert("status".into(), Value::Bool(true));
            Value::Object(fields)
        }
        Err(error) => json!({ "status": false, "error": format!("{error}") }),
    };
    Ok(answer(caller, &response, true)?.0)
}

//! One normalised form for what the three generations answer.

use crate::failure::Failure;
use alloc::{
    borrow::ToOwned,
    boxed::Box,
    format,
    string::{String, ToString},
};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::evidence::Evidence;
use quoin_abi::metadata::Metadata;
use serde_json::{Map, Value};

/// Takes out of `value`, at every depth, the members that are `null`: guests write `null` for what is empty, and an
/// absent member means the same.
pub(crate) fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// `describe` of the pointer and packed generations, `_manifest` of the manifest generation.
pub(crate) fn metadata(value: Value, what: &str) -> Result<Metadata, Failure> {
    let mut value = Value::Object(answer_or_error(value, what)?);
    drop_nulls(&mut value);
    serde_json::from_value(value)
        .map_err(|error| Failure::Contract(format!("{what} answered metadata that does not fit: {error}")))
}

/// `schema` of the pointer and packed generations.
pub(crate) fn schema(value: Value) -> Result<Value, Failure> {
    match value {
        Value::Object(map) if is_error_record(&map) => {
            answer_or_error(Value::Object(map), "schema").map(Value::Object)
        }
        Value::Object(_) | Value::Bool(_) => Ok(value),
        other => Err(Failure::Contract(format!("schema answered {}, not a JSON Schema", name_of(&other)))),
    }
}

/// The schema in a manifest.
pub(crate) fn manifest_schema(value: Value) -> Result<Value, Failure> {
    let mut map = answer_or_error(value, "_manifest")?;
    match map.remove("config_schema") {
        None | Some(Value::Null) => Ok(Value::Object(Map::new())),
        // Some SDKs carry the schema as text.
        Some(Value::String(text)) => serde_json::from_str(&text)
            .map_err(|error| Failure::Contract(format!("config_schema of the manifest is no JSON: {error}"))),
        Some(schema) => Ok(schema),
    }
}

/// Pointer generation: flat, with `status` and, on failure, `error`.
pub(crate) fn pointer_evidence(value: Value) -> Result<Evidence, Failure> {
    let mut map = object(value, "observe")?;
    let error = map.remove("error").and_then(error_detail);
    let status = match map.remove("status") {
        None | Some(Value::Null) if error.is_some() => false,
        status => boolean(status, "status")?,
    };
    Ok(Evidence { status, data: map, error, ..Evidence::default() })
}

/// Packed generation: a record whose keys are matched without regard to case.
pub(crate) fn packed_evidence(value: Value) -> Result<Evidence, Failure> {
    let mut record = object(value, "observe")?;
    let error = take(&mut record, "error").and_then(error_detail);
    let status = match take(&mut record, "status") {
        None | Some(Value::Null) if error.is_some() => false,
        status => boolean(status, "status")?,
    };
    let timestamp = text(take(&mut record, "timestamp"), "timestamp")?.unwrap_or_default();
    let raw = text(take(&mut record, "raw"), "raw")?;
    let data = data(take(&mut record, "data"))?;
    Ok(Evidence { status, data, error, timestamp, raw })
}

/// Manifest generation: `status` is a word.
pub(crate) fn manifest_evidence(value: Value) -> Result<Evidence, Failure> {
    let mut map = object(value, "_observe")?;
    let message = text(map.remove("message"), "message")?.filter(|message| !message.is_empty());
    let mut error = map.remove("error").and_then(error_detail);
    let status = match map.remove("status") {
        Some(Value::String(word)) => word,
        other => return Err(wrong("status", other.as_ref(), "\"success\", \"failure\" or \"error\"")),
    };
    let status = match status.as_str() {
        "success" => true,
        "failure" => false,
        "error" => {
            let text =
                message.clone().unwrap_or_else(|| "the plugin answered an error without a message".into());
            error.get_or_insert_with(|| ErrorDetail::new(ErrorType::Internal, "", text));
            false
        }
        other => {
            return Err(Failure::Contract(format!(
                "_observe answered status {other:?}; expected \"success\", \"failure\" or \"error\""
            )));
        }
    };
    let timestamp = text(map.remove("timestamp"), "timestamp")?.unwrap_or_default();
    let mut data = data(map.remove("data"))?;
    if let Some(message) = message
        && error.is_none()
    {
        data.entry("message").or_insert(Value::String(message));
    }
    Ok(Evidence { status, data, error, timestamp, raw: None })
}

fn object(value: Value, what: &str) -> Result<Map<String, Value>, Failure> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(Failure::Contract(format!("{what} answered {}, not a JSON object", name_of(&other)))),
    }
}

/// The object that was answered, or the error in its place.
fn answer_or_error(value: Value, what: &str) -> Result<Map<String, Value>, Failure> {
    let mut map = object(value, what)?;
    if is_error_record(&map) {
        let error = take(&mut map, "error").and_then(error_detail).unwrap_or_default();
        return Err(Failure::Plugin(error));
    }
    Ok(map)
}

/// Metadata and schemas have no `error` of their own; where one is set, the record is an answer that failed.
fn is_error_record(map: &Map<String, Value>) -> bool {
    !map.contains_key("type")
        && !map.contains_key("name")
        && map.iter().any(|(key, value)| key.eq_ignore_ascii_case("error") && !value.is_null())
}

/// Takes a member whose name is matched without regard to case; the exact name comes first.
fn take(map: &mut Map<String, Value>, name: &str) -> Option<Value> {
    if let Some(value) = map.remove(name) {
        return Some(value);
    }
    let key = map.keys().find(|key| key.eq_ignore_ascii_case(name))?.to_owned();
    map.remove(&key)
}

fn boolean(value: Option<Value>, name: &str) -> Result<bool, Failure> {
    match value {
        Some(Value::Bool(value)) => Ok(value),
        other => Err(wrong(name, other.as_ref(), "true or false")),
    }
}

fn text(value: Option<Value>, name: &str) -> Result<Option<String>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        other => Err(wrong(name, other.as_ref(), "text")),
    }
}

fn data(value: Option<Value>) -> Result<Map<String, Value>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        other => Err(wrong("data", other.as_ref(), "an object")),
    }
}

fn wrong(name: &str, found: Option<&Value>, expected: &str) -> Failure {
    let found = found.map_or("nothing", name_of);
    Failure::Contract(format!("the result has {found} in `{name}`; expected {expected}"))
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// An error as a message or as a record, whose keys are matched without regard to case; `null`, `false` and `""` are
/// none.
fn error_detail(value: Value) -> Option<ErrorDetail> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(message) if message.is_empty() => None,
        Value::String(message) => Some(ErrorDetail::new(ErrorType::Internal, "", message)),
        Value::Object(mut map) => {
            let mut word = |name: &str| match take(&mut map, name) {
                Some(Value::String(text)) => text,
                _ => String::new(),
            };
            let (message, code, kind) = (word("message"), word("code"), word("type"));
            let kind = serde_json::from_value(Value::String(kind.to_lowercase())).unwrap_or_default();
            let mut flag = |name: &str| matches!(take(&mut map, name), Some(Value::Bool(true)));
            let (is_timeout, is_not_found) = (flag("is_timeout"), flag("is_not_found"));
            let wrapped = take(&mut map, "wrapped").and_then(error_detail).map(Box::new);
            let own = ErrorDetail::new(kind, &code, message);
            Some(ErrorDetail {
                is_timeout: own.is_timeout || is_timeout,
                is_not_found: own.is_not_found || is_not_found,
                wrapped,
                ..own
            })
        }
        other => Some(ErrorDetail::new(ErrorType::Internal, "", other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pointer_results_are_flat() {
        let evidence = pointer_evidence(json!({"status": true, "port": 22})).unwrap();
        assert!(evidence.status);
        assert_eq!(Value::Object(evidence.data), json!({"port": 22}));

        let evidence = pointer_evidence(json!({"status": false, "error": "no such file"})).unwrap();
        assert_eq!(evidence.error.unwrap().message, "no such file");

        let evidence =
            pointer_evidence(json!({"error": {"message": "m", "type": "network", "code": "ETIMEDOUT"}}));
        let error = evidence.unwrap().error.unwrap();
        assert_eq!((error.kind, error.code.as_str()), (ErrorType::Network, "ETIMEDOUT"));
    }

    #[test]
    fn pointer_results_without_a_verdict_are_no_results() {
        for bad in [json!({}), json!({"status": "yes"}), json!({"status": null}), json!([true]), json!(7)] {
            assert!(pointer_evidence(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn packed_records_match_keys_without_regard_to_case() {
        let record = json!({"Status": true, "Error": null, "Timestamp": "2026-01-01T00:00:00Z",
                            "Data": {"Mode": "0644"}, "Raw": "x"});
        let evidence = packed_evidence(record).unwrap();
        assert!(evidence.status && evidence.error.is_none());
        assert_eq!(evidence.data["Mode"], "0644");
        assert_eq!(evidence.raw.as_deref(), Some("x"));
        let failed =
            packed_evidence(json!({"STATUS": false, "Error": {"Message": "m", "Type": "config"}})).unwrap();
        assert_eq!(failed.error.unwrap().kind, ErrorType::Config);
        assert!(packed_evidence(json!({"Status": true, "Data": []})).is_err());
    }

    #[test]
    fn manifest_results_have_three_statuses() {
        let success =
            manifest_evidence(json!({"status": "success", "message": "fine", "data": {"n": 1}})).unwrap();
        assert!(success.status);
        assert_eq!(Value::Object(success.data), json!({"n": 1, "message": "fine"}));
        assert!(!manifest_evidence(json!({"status": "failure"})).unwrap().status);
        let error = manifest_evidence(json!({"status": "error", "message": "broke"})).unwrap();
        assert_eq!(error.error.unwrap().message, "broke");
        assert!(manifest_evidence(json!({"status": "maybe"})).is_err());
        assert!(manifest_evidence(json!({"status": true})).is_err());
    }

    #[test]
    fn describe_may_answer_an_error() {
        let failed = metadata(json!({"Status": false, "Error": {"message": "broken"}}), "describe");
        assert!(matches!(failed, Err(Failure::Plugin(error)) if error.message == "broken"));
        assert!(matches!(schema(json!({"Error": "broken"})), Err(Failure::Plugin(_))));
        let fine =
            metadata(json!({"name": "n", "capabilities": null, "platform": null}), "describe").unwrap();
        assert_eq!(fine.name, "n");
        assert!(metadata(json!({"name": 7}), "describe").is_err());
    }

    #[test]
    fn manifests_carry_their_schema() {
        assert_eq!(manifest_schema(json!({"name": "x"})).unwrap(), json!({}));
        assert_eq!(
            manifest_schema(json!({"config_schema": {"type": "object"}})).unwrap(),
            json!({"type": "object"})
        );
        assert_eq!(manifest_schema(json!({"config_schema": "{}"})).unwrap(), json!({}));
        assert!(manifest_schema(json!({"config_schema": "{"})).is_err());
    }
}

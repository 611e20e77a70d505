//! What two runs saw, compared: the same checks over two stacks have to give the same evidence.

use serde_json::{Map, Value};

/// What has to be the same in two reports: each control with its status, evidence, errors and expectations. What is
/// left out are times, our own address and port, and those headers of HTTP that say what the time is.
///
/// # Panics
///
/// Where it is no report.
#[must_use]
pub fn evidence(report: &Value) -> Value {
    let controls = report["controls"].as_array().expect("a report has controls");
    let of_control = |control: &Value| {
        let parts = ["status", "skip_reason", "message", "observations"];
        let kept = parts.map(|key| (key.to_owned(), same(&control[key])));
        (control["id"].as_str().unwrap().to_owned(), Value::Object(kept.into_iter().collect()))
    };
    Value::Object(controls.iter().map(of_control).collect())
}

/// Differ with the run, whatever the stack.
const OWN: &[&str] = &[
    "timestamp",
    "duration_ms",
    "response_time_ms",
    "query_time_ms",
    "local_addr",
    // Headers.
    "date",
];

fn same(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !OWN.contains(&key.to_lowercase().as_str()));
            Value::Object(kept.map(|(key, value)| (key.clone(), same(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(same).collect(),
        other => other.clone(),
    }
}

/// Where two values differ, one line for each place: `/a/0/b: 1 | 2`.
#[must_use]
pub fn differences(one: &Value, other: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(one, other, "", &mut found);
    found
}

fn walk(one: &Value, other: &Value, place: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for key in keys {
                walk(&one[key], &other[key], &format!("{place}/{key}"), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                walk(a, b, &format!("{place}/{index}"), found);
            }
        }
        _ if one == other => {}
        _ => found.push(format!("{place}: {} | {}", short(one), short(other))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 300 { text } else { text.chars().take(300).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(seen: &Value) -> Value {
        json!({"execution_id": "x", "controls": [{"id": "a", "status": "pass", "observations": [{"evidence": seen}]}]})
    }

    #[test]
    fn times_and_our_own_address_are_left_out() {
        let one = json!({"data": {"connected": true, "response_time_ms": 1, "local_addr": "192.0.2.2:4000",
            "headers": {"Date": ["now"]}}, "timestamp": "…"});
        let other = json!({"data": {"connected": true, "response_time_ms": 9, "local_addr": "192.0.2.3:4711",
            "headers": {"Date": ["later"]}}, "timestamp": "…!"});
        assert_eq!(evidence(&report(&one)), evidence(&report(&other)));
    }

    #[test]
    fn what_differs_is_named() {
        let one = evidence(&report(&json!({"data": {"code": "ECONNREFUSED", "list": [1, 2], "only": 1}})));
        let other = evidence(&report(&json!({"data": {"code": "ETIMEDOUT", "list": [1, 3]}})));
        let expected = [
            "/a/observations/0/evidence/data/code: \"ECONNREFUSED\" | \"ETIMEDOUT\"",
            "/a/observations/0/evidence/data/list/1: 2 | 3",
            "/a/observations/0/evidence/data/only: 1 | null",
        ];
        assert_eq!(differences(&one, &other), expected);
        assert_eq!(differences(&one, &one), [""; 0]);
    }
}

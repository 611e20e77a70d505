//! Expectations: any text is an expression or an error with a place in the text; any expression is true or false of
//! the same evidence each time, or says why it is neither.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin::expect::{Expectation, LONGEST};
use quoin_abi::evidence::Evidence;
use serde_json::{Value, json};

fn evidence() -> Evidence {
    let data = json!({
        "path": "/etc/passwd", "exists": true, "size": 1024, "mode": "0644", "ratio": 0.5, "none": null,
        "mtime": "2026-01-02T03:04:05Z", "address": "192.0.2.1", "min": i64::MIN, "max": u64::MAX,
        "lines": ["root:x:0:0", "daemon:x:1:1", ""], "list": [3, 1, 2], "nested": {"a": {"b": [1, {"c": "é\u{1b}"}]}},
    });
    let Value::Object(data) = data else { unreachable!("this is an object") };
    Evidence { status: true, data, timestamp: "2026-01-02T03:04:05Z".into(), ..Evidence::default() }
}

fuzz_target!(|text: &str| {
    let length = text.chars().count();
    match Expectation::parse(text) {
        Err(error) => {
            assert!(!error.message.is_empty() && error.column >= 1, "{error:?}");
            assert!(error.column <= length + 1, "{error:?} of {length} characters");
            assert_eq!(Some(error), Expectation::parse(text).err());
        }
        Ok(expectation) => {
            assert!(length <= LONGEST && expectation.text() == text);
            let outcome = expectation.evaluate(&evidence());
            match &outcome {
                Ok(outcome) => assert_eq!(outcome.passed, outcome.message.is_none(), "{outcome:?}"),
                Err(error) => assert!(!error.message.is_empty()),
            }
            assert_eq!(outcome, expectation.evaluate(&evidence()));
        }
    }
});

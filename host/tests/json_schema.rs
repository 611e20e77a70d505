//! The official JSON Schema test suite (<https://github.com/json-schema-org/JSON-Schema-Test-Suite>), against all of
//! drafts 2020-12 and 7 that is not optional.
//!
//! What Quoin does not do is counted here: schemas that lead out of themselves are refused when they are read, and defaults
//! are filled in, which the suite does not expect of anyone.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin::schema::Schema;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

/// Where the suite is. Tests are not skipped for want of it: no one would notice.
fn suite() -> PathBuf {
    let folder = env::var_os("QUOIN_JSON_SCHEMA").unwrap_or_else(|| {
        panic!(
            "QUOIN_JSON_SCHEMA has to name the suite: run the tests with tests/run, or this one with \
             QUOIN_JSON_SCHEMA=$(tests/provision/json-schema) cargo test -p quoin --test json_schema"
        )
    });
    PathBuf::from(folder).join("tests")
}

/// Whether a value fits. Configurations are objects, and that a value is none is said only where all else fits.
fn fits(schema: &Schema, value: &Value) -> bool {
    match schema.configure(value.clone()) {
        Ok(_) => true,
        Err(error) => {
            !value.is_object()
                && error.misfits.len() == 1
                && error.misfits[0].message.contains("expected an object, such as")
        }
    }
}

/// What is said of a schema that is refused.
const REASONS: [&str; 4] = [
    "leads out of the schema, and nothing is fetched",
    "an `$id` below the root is not understood here",
    "`$dynamicRef` is not understood here",
    "there is no dialect `http://localhost:1234/",
];

/// A default that is filled in is looked at as everything else.
const DEFAULTS: [&str; 3] = [
    "default: invalid type for default: still valid when the invalid default is used",
    "default: invalid string value for default: still valid when the invalid default is used",
    "default: the default keyword does not do anything if the property is missing: missing properties are not filled \
     in with the default",
];

/// Runs all groups of a draft. `refused` is how many of each file's are refused.
fn run(draft: &str, refused: &[(&str, usize)]) -> usize {
    let (mut count, mut wrong, mut refusals) = (0, Vec::new(), BTreeMap::new());
    for entry in fs::read_dir(suite().join(draft)).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let groups: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for group in groups.as_array().unwrap() {
            let name = format!("{file}: {}", group["description"].as_str().unwrap());
            let mut document = group["schema"].clone();
            // The suite says which draft it means by the name of a folder.
            if draft == "draft7" && document.is_object() {
                document["$schema"] = json!("http://json-schema.org/draft-07/schema#");
            }
            let schema = match Schema::new(document) {
                Ok(schema) => schema,
                Err(error) => {
                    if !REASONS.iter().any(|reason| error.message.contains(reason)) {
                        wrong.push(format!("{name}: {error}"));
                    }
                    *refusals.entry(file.clone()).or_insert(0) += 1;
                    continue;
                }
            };
            for test in group["tests"].as_array().unwrap() {
                count += 1;
                let name = format!("{name}: {}", test["description"].as_str().unwrap());
                let expected = test["valid"].as_bool().unwrap() && !DEFAULTS.contains(&&*name);
                if fits(&schema, &test["data"]) != expected {
                    wrong.push(name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let refusals: Vec<_> = refusals.iter().map(|(file, count)| (&**file, *count)).collect();
    assert_eq!(refusals, refused);
    count
}

#[test]
fn draft_2020_12() {
    let refused = [
        ("anchor", 3),
        ("defs", 1),
        ("dynamicRef", 19),
        ("ref", 12),
        ("refRemote", 15),
        ("unevaluatedItems", 1),
        ("unevaluatedProperties", 1),
        ("vocabulary", 2),
    ];
    assert_eq!(run("draft2020-12", &refused), 1_143);
}

#[test]
fn draft_7() {
    assert_eq!(run("draft7", &[("definitions", 1), ("ref", 11), ("refRemote", 11)]), 864);
}

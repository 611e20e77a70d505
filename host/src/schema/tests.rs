//! What configurations come to: messages, defaults, annotations and limits. That the keywords mean what they should is
//! for the official test suite to say (`tests/json_schema.rs`).

use super::effort::Effort;
use super::*;
use serde_json::{Value, json};

fn schema(document: Value) -> Schema {
    Schema::new(document).unwrap()
}

/// What is wrong with a configuration.
fn wrong(document: Value, config: Value) -> Vec<(String, String)> {
    match schema(document).configure(config) {
        Ok(config) => panic!("it fits: {config:?}"),
        Err(error) => error.misfits.into_iter().map(|misfit| (misfit.pointer, misfit.message)).collect(),
    }
}

#[test]
fn messages_name_the_field_and_what_was_expected() {
    let string = json!({"type": "string", "pattern": "^/", "maxLength": 5});
    for (property, value, expected) in [
        (json!({"type": "integer"}), json!("x"), "expected a whole number, found text"),
        (json!({"type": ["array", "null"]}), json!(1.5), "expected a list or null, found 1.5"),
        (json!({"type": "integer"}), json!(1.5), "expected a whole number, found 1.5"),
        (json!({"enum": ["GET", "HEAD"]}), json!("get"), "found \"get\"; did you mean \"GET\"?"),
        (json!({"enum": ["A", 1, null]}), json!("MX"), "expected \"A\", 1 or null, found \"MX\""),
        (json!({"const": {"a": 1}}), json!([]), "expected {\"a\":1}, found []"),
        (json!({"minimum": 1}), json!(0), "expected at least 1, found 0"),
        (json!({"exclusiveMaximum": 1.5}), json!(1.5), "expected less than 1.5, found 1.5"),
        (json!({"multipleOf": 0.1}), json!(0.25), "expected a multiple of 0.1, found 0.25"),
        (string.clone(), json!("etc"), "expected text that matches `^/`, found \"etc\""),
        (string, json!("/\u{1b}12345"), "expected at most 5 characters, found 7"),
        (json!({"minItems": 1}), json!([]), "expected at least 1 item, found 0"),
        (json!({"uniqueItems": true}), json!([1, 2, 1.0]), "items 0 and 2 are the same"),
        (
            json!({"contains": {"const": 1}}),
            json!([2]),
            "expected at least 1 of its items to fit `contains`, found 0",
        ),
        (json!(false), json!(1), "nothing fits here; leave it out"),
        (
            json!({"not": {"type": "integer"}}),
            json!(1),
            "it is what the plugin's schema rules out with `not`",
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"minimum": 10}]}),
            json!(5),
            "it fits none of the 2 forms: (1) `x`: expected text, found 5; (2) `x`: expected at least 10, found 5",
        ),
        (json!({"anyOf": [{"type": "string"}]}), json!(5), "expected text, found 5"),
        (
            json!({"oneOf": [{}, true]}),
            json!(5),
            "it fits forms 1 and 2 of the plugin's schema; only one is meant",
        ),
    ] {
        let found = wrong(json!({"properties": {"x": property}}), json!({"x": value}));
        assert_eq!(found, [("/x".to_owned(), format!("`x`: {expected}"))]);
    }
}

#[test]
fn places_lead_to_the_value_or_to_where_it_would_be() {
    let document = json!({
        "properties": {"targets": {"items": {"$ref": "#/$defs/target"}}},
        "$defs": {"target": {
            "properties": {"host": {"type": "string"}, "a/b": {"type": "null"}},
            "required": ["host"],
            "dependentRequired": {"user": ["password"]},
            "additionalProperties": false,
        }},
    });
    let config =
        json!({"targets": [{"host": "a", "hst": 1}, {"a/b": 1}, {"host": 2}, {"host": "b", "user": 1}]});
    let found = wrong(document, config);
    let expected = [
        ("/targets/0/hst", "`targets[0].hst`: there is no such key; did you mean `host`?"),
        ("/targets/1/host", "`targets[1].host` is missing; expected text"),
        ("/targets/1/a~1b", "`targets[1].a/b`: expected null, found 1"),
        ("/targets/2/host", "`targets[2].host`: expected text, found 2"),
        ("/targets/3/password", "`targets[3].password` is missing; it goes with `user`"),
        ("/targets/3/user", "`targets[3].user`: there is no such key"),
    ];
    assert_eq!(found, expected.map(|(pointer, message)| (pointer.to_owned(), message.to_owned())));
    let found = wrong(json!({"propertyNames": {"maxLength": 2}}), json!({"abc": 1}));
    assert_eq!(found[0].1, "`abc`: as a name: expected at most 2 characters, found 3");
    assert_eq!(
        wrong(json!({}), json!(null))[0].1,
        "the configuration: expected an object, such as {\"path\": \"/etc/hosts\"}"
    );
}

#[test]
fn defaults_are_filled_in_and_checked() {
    let document = json!({
        "$ref": "#/$defs/config",
        "allOf": [{"properties": {"more": {"default": []}}}],
        "$defs": {
            "config": {"properties": {
                "port": {"$ref": "#/$defs/port"},
                "timeout": {"default": null},
                "inner": {"properties": {"deep": {"default": 1}}},
                "list": {"items": {"properties": {"tls": {"default": true}}}},
                "set": {"default": {"a": 1}, "properties": {"b": {"default": 2}}},
            }, "required": ["port"]},
            "port": {"type": "integer", "default": 443},
        },
    });
    let schema = schema(document);
    let config = schema.configure(json!({"list": [{}, {"tls": false}]})).unwrap();
    let expected =
        json!({"port": 443, "list": [{"tls": true}, {"tls": false}], "set": {"a": 1, "b": 2}, "more": []});
    assert_eq!(json!(config.get()), expected);
    // What is there is left alone, even null.
    assert!(schema.configure(json!({"port": null})).is_err());
    assert_eq!(json!(schema.configure(json!({"inner": {}})).unwrap().get())["inner"], json!({"deep": 1}));
    let found = wrong(json!({"properties": {"a": {"default": 1, "type": "string"}}}), json!({}));
    assert_eq!(found[0].1, "`a`: expected text, found 1");
}

#[test]
fn defaults_are_filled_in_by_what_looks_at_the_value() {
    let with = |key: &str| json!({"properties": {(key): {"default": 1}}});
    let filled = |document: Value, config: Value, expected: Value| {
        assert_eq!(json!(schema(document.clone()).configure(config).unwrap().get()), expected, "{document}");
    };
    let document = json!({
        "properties": {"named": with("a"), "x-both": with("a")},
        "patternProperties": {"^x-": with("b")},
        "additionalProperties": with("c"),
    });
    filled(
        document,
        json!({"named": {}, "x-both": {}, "x-1": {}, "other": {}}),
        json!({"named": {"a": 1}, "x-both": {"a": 1, "b": 1}, "x-1": {"b": 1}, "other": {"c": 1}}),
    );
    let list = |document: Value, expected: Value| {
        let config = json!({"list": [{}, {}]});
        filled(json!({"properties": {"list": document}}), config, json!({"list": expected}));
    };
    list(json!({"prefixItems": [with("a")], "items": with("b")}), json!([{"a": 1}, {"b": 1}]));
    list(json!({"items": [with("a")], "additionalItems": with("b")}), json!([{"a": 1}, {"b": 1}]));
    list(json!({"prefixItems": [with("a")]}), json!([{"a": 1}, {}]));
    // Nothing is filled in where the schema says something only of what has fitted another, or may fit.
    for name in ["contains", "unevaluatedItems", "not"] {
        list(json!({"anyOf": [true, {(name): with("a")}]}), json!([{}, {}]));
    }
    filled(json!({"unevaluatedProperties": with("a"), "if": with("b")}), json!({"x": {}}), json!({"x": {}}));
    // In draft-07, nothing counts beside a `$ref`.
    let document = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"x": {"$ref": "#/definitions/x", "properties": {"b": {"default": 1}}}},
        "definitions": {"x": with("a")},
    });
    filled(document, json!({"x": {}}), json!({"x": {"a": 1}}));
}

#[test]
fn annotations_are_those_of_what_fits() {
    let document = json!({
        "properties": {"path": {"x-capability": "fs:read:{value}"}, "both": {"x-capability": ["a", "b"]}},
        "patternProperties": {"^x_": {"x-capability": "env:{value}"}},
        "oneOf": [
            {"properties": {"path": {"x-capability": "fs:write:{value}"}}, "required": ["write"]},
            {"properties": {"write": false}},
        ],
    });
    let schema = schema(document);
    let texts = |config: Value| {
        let config = schema.configure(config).unwrap();
        let both = config.annotations().iter().map(|it| format!("{} {}", it.pointer, it.text));
        both.collect::<Vec<_>>()
    };
    assert_eq!(texts(json!({"path": "/a"})), ["/path fs:read:{value}"]);
    let mut written = texts(json!({"path": "/a", "write": true, "x_1": 1, "both": 0}));
    written.sort();
    assert_eq!(
        written,
        ["/both a", "/both b", "/path fs:read:{value}", "/path fs:write:{value}", "/x_1 env:{value}"]
    );
    let declared: Vec<_> = schema.annotations().map(|(at, _)| at.to_owned()).collect();
    assert_eq!(declared.len(), 5, "{declared:?}");
}

#[test]
fn what_is_no_schema_is_refused_with_its_place() {
    for (document, expected) in [
        (
            json!({"properties": {"a": {"type": "text"}}}),
            "#/properties/a/type: there is no type `text`; there are: null,",
        ),
        (json!({"type": ["string", "int"]}), "#/type: there is no type `int`"),
        (json!({"required": "a"}), "#/required: expected a list of texts"),
        (json!({"properties": {"a": 1}}), "#/properties: expected an object of schemas"),
        (json!({"minLength": -1}), "#/minLength: expected a whole number, not below 0"),
        (json!({"multipleOf": 0}), "#/multipleOf: expected a number above 0"),
        (json!({"items": {"pattern": "(?=a)"}}), "#/items/pattern: `(?=a)` is no pattern: "),
        (json!({"patternProperties": {"[": {}}}), "#/patternProperties: `[` is no pattern: "),
        (json!({"$ref": "#/$defs/a"}), "#/$ref: `#/$defs/a` leads to no schema"),
        (
            json!({"$ref": "other.json"}),
            "#/$ref: `other.json` leads out of the schema, and nothing is fetched",
        ),
        (json!({"not": {"$dynamicRef": "#a"}}), "#/not: `$dynamicRef` is not understood here"),
        (json!({"items": {"$id": "a.json"}}), "#/items/$id: an `$id` below the root is not understood"),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
            "#/$schema: there is no dialect `http",
        ),
        (json!(1), "#: a schema is an object"),
    ] {
        let error = Schema::new(document).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn schemas_that_do_not_end_do() {
    let circle = schema(json!({"$ref": "#"}));
    let error = circle.configure(json!({})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the configuration: holding it against the plugin's schema is too much work; leave out of it what can be, or have \
         the schema made simpler"
    );
    // Each of 30 doubles the work of the next.
    let mut defs = serde_json::Map::new();
    for n in 0..30 {
        let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
        defs.insert(format!("d{n}"), json!({"allOf": [next, next]}));
    }
    defs.insert("d30".into(), json!({"x-capability": "env:A"}));
    let bomb = schema(json!({"$ref": "#/$defs/d0", "$defs": defs}));
    assert!(bomb.configure(json!({})).is_err());
}

#[test]
fn what_is_kept_of_a_schema_is_limited() {
    let refused = |document: Value, expected: &str| {
        let error = Schema::new(document).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let many = Value::from_iter((0..5_000).map(|n| (n.to_string(), json!({}))));
    refused(json!({"properties": many}), "the schema has more than 4096 parts");
    // It would be kept with each of the schemas under it.
    let name = "x".repeat(3_000);
    refused(json!({"properties": {(name.clone()): true}}), ": the names that lead here are too long");
    refused(json!({"$ref": format!("#{name}")}), "#/$ref: it is too long");
    refused(json!({"x-capability": vec!["env:A"; 5_000]}), "#: the schema has more than 4096 `x-capability`");
    let each = vec![json!({"x-capability": vec!["env:A"; 500]}); 10];
    refused(json!({"allOf": each}), "#/allOf/8: the schema has more than 4096 `x-capability`");
    // Texts that stand for one place are followed to it once each, also where they stand in it.
    let refs: Vec<_> = (0..2_000).map(|n| json!({"$ref": format!("#/%24defs/{n}")})).collect();
    let defs = Value::from_iter((0..2_000).map(|n| (n.to_string(), json!({"$ref": "#/$defs/0"}))));
    assert!(Schema::new(json!({"$defs": defs, "anyOf": refs})).is_ok());
}

#[test]
fn defaults_that_do_not_end_do() {
    let endless = |document: Value| assert!(wrong(document, json!({}))[0].1.contains("is too much work"));
    endless(json!({"allOf": vec![json!({"$ref": "#"}); 8]}));
    for default in [json!({}), json!({"text": "x".repeat(10_000)})] {
        let names = (0..16).map(|n| (format!("p{n}"), json!({"$ref": "#", "default": default})));
        endless(json!({"properties": Value::from_iter(names)}));
    }
    endless(json!({"properties": {"a": {"$ref": "#", "default": {}}}}));
    // Each of 20 doubles the texts of the next.
    let mut defs = serde_json::Map::new();
    for n in 0..20 {
        let next = json!({"$ref": format!("#/$defs/d{}", n + 1), "default": {}});
        defs.insert(format!("d{n}"), json!({"properties": {"a": next, "b": next}}));
    }
    defs.insert("d20".into(), json!({"properties": {"c": {"default": "x".repeat(100_000)}}}));
    endless(json!({"$ref": "#/$defs/d0", "$defs": defs}));
    // A circle that no value leads into is none.
    assert!(schema(json!({"properties": {"a": {"$ref": "#/properties/a"}}})).configure(json!({})).is_ok());
}

/// Each is paid for by what does it, or a schema and a configuration that are not large keep Quoin busy for hours.
#[test]
fn work_that_multiplies_is_paid_for() {
    let names = |count: usize| (0..count).map(|n| format!("{n:0>30}"));
    let named = |count: usize, value: Value| Value::from_iter(names(count).map(|name| (name, value.clone())));
    let patterns = Value::from_iter((0..60).map(|n| (format!("{n}$"), json!(true))));
    let long = "x".repeat(20_000);
    // A schema, something that it is for, and how often that is there, which costs twice or thrice as much as there is.
    for (document, item, times) in [
        (json!({"enum": Vec::from_iter(0..100_000)}), json!(-1), 40),
        (json!({"enum": [vec![0; 10_000], 1]}), json!(vec![0; 10_000]), 20),
        (json!({"uniqueItems": true}), Value::from_iter(0..1_500), 4),
        (json!({"pattern": "^(a?){500}$"}), json!("a".repeat(500)), 12),
        (json!({"patternProperties": {"^(a?){500}$": true}}), json!({"a".repeat(500): 1}), 6),
        (json!({"patternProperties": patterns}), Value::from_iter((0..100).map(|n| (n.to_string(), 1))), 6),
        (json!({"type": vec!["string"; 20_000]}), json!("a"), 24),
        (json!({"required": vec!["a"; 20_000]}), json!({"a": 1}), 24),
        (json!({"dependentRequired": {"a": vec!["a"; 20_000]}}), json!({"a": 1}), 24),
        (json!({"dependencies": {"a": vec!["a"; 20_000]}}), json!({"a": 1}), 12),
        (json!({"dependentSchemas": named(2_000, json!(true))}), json!({}), 200),
        (json!({"properties": named(2_000, json!(true))}), json!({}), 200),
        (json!({"enum": Vec::from_iter(names(1_000))}), json!("x".repeat(30)), 8),
        (
            json!({"properties": named(1_000, json!(true)), "additionalProperties": false}),
            json!({"y".repeat(30): 1}),
            8,
        ),
        (json!({"allOf": vec![true; 2_000]}), json!(1), 4),
        (json!({"allOf": vec![json!({"minItems": 1}); 100]}), json!(vec![1; 1_000]), 4),
        (json!({"x-capability": vec!["env:A"; 200]}), json!(1), 20),
        (json!({"x-capability": vec![1; 2_000]}), json!(1), 200),
        (json!({"x-capability": long}), json!(1), 20),
        (json!({"anyOf": [{"pattern": format!("(?x)^$#{long}")}, true]}), json!("a"), 20),
        (json!({"additionalProperties": {"type": "null"}}), json!({long.clone(): 1}), 10),
        (json!({"properties": {"a": {"default": long}}}), json!({}), 20),
        (json!({"properties": {"a": {"default": vec![1; 1_000]}}}), json!({}), 4),
    ] {
        let listed = schema(json!({"properties": {"list": {"items": document}}}));
        let too_much = |times: usize| {
            let result =
                listed.configure_within(Effort::of(2_000_000), json!({"list": vec![item.clone(); times]}));
            result.is_err_and(|error| error.misfits[0].message.contains("is too much work"))
        };
        let shown = listed.document().to_string();
        assert!(too_much(times) && !too_much(1), "{}", &shown[..shown.len().min(200)]);
    }
}

#[test]
fn a_whole_number_is_an_integer_where_one_is_asked_for() {
    let read = |property: Value, value: Value| {
        let document = json!({"properties": {"x": property}, "$defs": {"count": {"type": "integer"}}});
        schema(document).configure(json!({"x": value})).unwrap().get()["x"].to_string()
    };
    for property in [
        json!({"type": "integer"}),
        json!({"type": ["null", "integer"]}),
        json!({"$ref": "#/$defs/count"}),
        json!({"type": "number", "allOf": [{"type": "integer"}]}),
    ] {
        assert_eq!(read(property, json!(443.0)), "443");
    }
    assert_eq!(read(json!({"items": {"type": "integer"}}), json!([-1.0, 1e3, -0.0])), "[-1,1000,0]");
    assert_eq!(
        read(json!({"properties": {"y": {"type": "integer", "default": 5.0}}}), json!({})),
        "{\"y\":5}"
    );
    let largest = json!({"type": "integer", "maximum": 18_446_744_073_709_549_568_u64});
    assert_eq!(read(largest, json!(18_446_744_073_709_549_568.0)), "18446744073709549568");
    // It stays as it is where the schema does not surely ask for an integer, and where there is none as large.
    for property in [
        json!({"type": "number"}),
        json!({"type": ["integer", "number"]}),
        json!({"anyOf": [{"type": "integer"}]}),
        json!({}),
    ] {
        assert_eq!(read(property, json!(443.0)), "443.0");
    }
    assert_eq!(read(json!({"type": "integer"}), json!(1e300)), "1e+300");
    let found = wrong(json!({"properties": {"x": {"type": "integer"}}}), json!({"x": 1.5}));
    assert_eq!(found[0].1, "`x`: expected a whole number, found 1.5");
}

#[test]
fn nesting_fits_on_the_stack_of_a_worker() {
    let schema =
        schema(json!({"items": {"allOf": [{"$ref": "#"}]}, "oneOf": [{"type": ["array", "object"]}]}));
    let deep = (0..120).fold(json!({}), |inner, _| json!([inner]));
    let worker = std::thread::Builder::new().stack_size(1 << 20);
    let ended =
        worker.spawn(move || schema.configure(json!({"a": deep})).is_ok() && schema.configure(deep).is_err());
    assert!(ended.unwrap().join().unwrap());
}

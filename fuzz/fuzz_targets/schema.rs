//! A schema in the first line, a configuration in the rest: one is refused or keeps what it was read as, the other fits or is told
//! from what does, in words that harm no terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin::schema::{ConfigError, Schema};
use serde_json::Value;

fuzz_target!(|text: &str| {
    let (document, config) = text.split_once('\n').unwrap_or((text, "{}"));
    let Ok(document) = serde_json::from_str::<Value>(document) else { return };
    let schema = match Schema::new(document.clone()) {
        Ok(schema) => schema,
        Err(error) => {
            assert!(document.pointer(&error.pointer).is_some(), "{error}");
            return harmless(&error.to_string());
        }
    };
    assert_eq!(*schema.document(), document);
    let Ok(config) = serde_json::from_str::<Value>(config) else { return };
    let result = schema.configure(config.clone());
    assert_eq!(result, schema.configure(config.clone()));
    match result {
        Ok(fits) => {
            let filled = Value::Object(fits.get().clone());
            for (key, value) in config.as_object().expect("a configuration is an object") {
                // What is there is left as it is, but for what is missing in it, and that `1.0` may become `1`.
                let same = fits.get().get(key) == Some(value);
                let number = value.is_f64() && fits.get()[key].as_f64() == value.as_f64();
                assert!(value.is_object() || value.is_array() || same || number, "{key}");
            }
            for annotation in fits.annotations() {
                assert!(filled.pointer(&annotation.pointer).is_some(), "{annotation:?}");
            }
        }
        Err(ConfigError { misfits }) => {
            assert!(!misfits.is_empty() && misfits.len() <= 1_000);
            misfits.iter().for_each(|misfit| harmless(&misfit.message));
        }
    }
});

fn harmless(shown: &str) {
    assert!(!shown.contains(|c: char| c.is_control()), "{shown:?}");
}

//! [`Fields`]: reading a JSON object field by field, with errors that name the field.
//!
//! Both configurations and the host's answers are read this way rather than through serde's derived code, which is
//! written out anew for every type and made up half of a module.

use crate::setting::Setting;
use alloc::{format, string::String, vec::Vec};
use quoin_abi::error::{ErrorDetail, ErrorType};
use serde_json::{Map, Value};

/// The fields of a JSON object, taken one by one. What `#[derive(Config)]` makes reads a configuration with it.
#[derive(Debug)]
pub struct Fields {
    map: Map<String, Value>,
    asked: Vec<&'static str>,
    kind: ErrorType,
}

impl Fields {
    /// The fields of a configuration. Its errors are of type `config`, and null is no value for a field.
    ///
    /// # Errors
    ///
    /// Where `json` is no JSON object.
    pub(crate) fn config(json: &[u8]) -> Result<Self, ErrorDetail> {
        Self::read(json, ErrorType::Config, "the configuration")
    }

    /// The fields of an answer of the host. Its errors are of type `internal`, and null is the same as no field.
    ///
    /// # Errors
    ///
    /// Where `json` is no JSON object.
    pub(crate) fn answer(json: &[u8]) -> Result<Self, ErrorDetail> {
        Self::read(json, ErrorType::Internal, "the host's answer")
    }

    fn read(json: &[u8], kind: ErrorType, what: &str) -> Result<Self, ErrorDetail> {
        let wrong = match serde_json::from_slice(json) {
            Ok(Value::Object(map)) => return Ok(Self { map, asked: Vec::new(), kind }),
            Ok(_) => format!("{what} has to be a JSON object"),
            Err(error) => format!("{what} is not JSON: {error}"),
        };
        Err(ErrorDetail::new(kind, code(kind), wrong))
    }

    /// Takes a field that has to be there.
    ///
    /// # Errors
    ///
    /// Where it is missing or something else.
    pub fn required<T: Setting>(&mut self, name: &'static str) -> Result<T, ErrorDetail> {
        match self.optional(name)? {
            Some(value) => Ok(value),
            None => Err(self.wrong(name, "is missing")),
        }
    }

    /// Takes a field that may be left out.
    ///
    /// # Errors
    ///
    /// Where it is something else.
    pub fn optional<T: Setting>(&mut self, name: &'static str) -> Result<Option<T>, ErrorDetail> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => T::read(value).map(Some).map_err(|wrong| self.wrong(name, &wrong)),
        }
    }

    /// Takes a field that is `default` where it is left out.
    ///
    /// # Errors
    ///
    /// Where it, or the default, is something else.
    pub fn or<T: Setting>(
        &mut self,
        name: &'static str,
        default: impl Into<Value>,
    ) -> Result<T, ErrorDetail> {
        let value = self.take(name).unwrap_or_else(|| default.into());
        T::read(value).map_err(|wrong| self.wrong(name, &wrong))
    }

    /// Takes a value of any kind.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Value> {
        self.take(name)
    }

    /// Takes an object, as an answer within this one.
    ///
    /// # Errors
    ///
    /// Where it is something else.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Self>, ErrorDetail> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self { map, asked: Vec::new(), kind: self.kind })),
            Some(_) => Err(self.wrong(name, "has to be an object")),
        }
    }

    /// The error that something is wrong with field `name`.
    fn wrong(&self, name: &str, what: &str) -> ErrorDetail {
        ErrorDetail::new(self.kind, code(self.kind), format!("`{name}` {what}"))
    }

    /// Proves that nothing is left.
    ///
    /// # Errors
    ///
    /// The name of a field that was not taken, with the names that were.
    pub(crate) fn finish(self) -> Result<(), ErrorDetail> {
        match self.map.keys().find(|name| !self.asked.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                Err(self.wrong(name, &format!("is not known here; known are {}", self.asked.join(", "))))
            }
        }
    }

    /// What was not taken.
    pub(crate) fn rest(self) -> Map<String, Value> {
        let Self { map, asked, .. } = self;
        let mut rest = Map::new();
        for (name, value) in map {
            if !value.is_null() && !asked.contains(&name.as_str()) {
                rest.insert(name, value);
            }
        }
        rest
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        // What is taken leaves a null behind: removing keys from a tree is long code for nothing here.
        let value = self.map.get_mut(name)?.take();
        if value.is_null() && self.kind != ErrorType::Config { None } else { Some(value) }
    }
}

/// The error that something is wrong with field `name` of a configuration, for a `check` of what single fields can't know:
/// `wrong("starttls", "can't be true with `tls`")`.
#[must_use]
pub fn wrong(name: &str, what: &str) -> ErrorDetail {
    ErrorDetail::new(ErrorType::Config, code(ErrorType::Config), format!("`{name}` {what}"))
}

/// The errno-like word for an object of this kind that breaks its rules.
const fn code(kind: ErrorType) -> &'static str {
    match kind {
        ErrorType::Config => "EINVAL",
        _ => "EPROTO",
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;
    use alloc::string::String;
    use quoin_abi::error::{ErrorDetail, ErrorType};

    fn read(json: &str) -> Result<(String, bool, u32), ErrorDetail> {
        let mut fields = Fields::config(json.as_bytes())?;
        let path = fields.required("path")?;
        let hash = fields.or("hash", false)?;
        let count = fields.optional("count")?.unwrap_or(7);
        fields.finish()?;
        Ok((path, hash, count))
    }

    #[test]
    fn reads_a_configuration() {
        assert_eq!(read(r#"{"path": "/etc"}"#), Ok(("/etc".into(), false, 7)));
        assert_eq!(
            read(r#"{"count": 4294967295, "hash": true, "path": ""}"#),
            Ok((String::new(), true, u32::MAX))
        );
    }

    #[test]
    fn names_what_is_wrong() {
        for (json, expected) in [
            (r#"{}"#, "`path` is missing"),
            (r#"{"path": null}"#, "`path` has to be text"),
            (r#"{"path": 1}"#, "`path` has to be text"),
            (r#"{"path": ["/etc"]}"#, "`path` has to be text"),
            (r#"{"path": "/etc", "hash": "yes"}"#, "`hash` has to be true or false"),
            (r#"{"path": "/etc", "hash": null}"#, "`hash` has to be true or false"),
            (r#"{"path": "/etc", "count": 4294967296}"#, "`count` has to be a whole number in range"),
            (r#"{"path": "/etc", "count": -1}"#, "`count` has to be a whole number in range"),
            (r#"{"path": "/etc", "count": 1.5}"#, "`count` has to be a whole number in range"),
            (r#"{"path": "/etc", "hsah": true}"#, "`hsah` is not known here; known are path, hash, count"),
            (r#"{"path": "/etc"} 1"#, "the configuration is not JSON"),
            (r#"{"path": "/etc""#, "the configuration is not JSON"),
            (r#"["/etc", true]"#, "the configuration has to be a JSON object"),
            ("null", "the configuration has to be a JSON object"),
            ("", "the configuration is not JSON"),
        ] {
            let error = read(json).expect_err(json);
            assert_eq!(error.kind, ErrorType::Config, "{json}");
            assert!(error.message.starts_with(expected), "{json}: {}", error.message);
        }
    }

    #[test]
    fn what_is_left_of_an_answer_has_neither_what_was_taken_nor_nulls() {
        let mut fields = Fields::answer(br#"{"a": 1, "b": null, "c": [2]}"#).expect("an object");
        assert_eq!(fields.optional("a"), Ok(Some(1)));
        assert_eq!(serde_json::Value::Object(fields.rest()), serde_json::json!({"c": [2]}));
    }

    #[test]
    fn takes_null_in_an_answer_as_nothing() {
        let mut fields =
            Fields::answer(br#"{"a": null, "b": {"c": null, "d": 1}, "e": 3}"#).expect("an object");
        assert_eq!(fields.optional::<String>("a"), Ok(None));
        let mut b = fields.object("b").expect("an object").expect("is there");
        assert_eq!(b.optional::<bool>("c"), Ok(None));
        assert_eq!(b.optional::<u64>("d"), Ok(Some(1)));
        assert_eq!(fields.object("e").expect_err("a number").kind, ErrorType::Internal);
    }
}

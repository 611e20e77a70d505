//! [`Setting`]: the types that a field of a configuration can have, each with its schema.

use alloc::{borrow::Cow, format, string::String, vec::Vec};
use core::ops::Deref;
use serde_json::{Map, Value};

/// A type that a field of a configuration can have. The SDK knows `String`, `bool`, whole numbers, `f64`, [`NonEmpty`],
/// [`Port`], [`Milliseconds`], lists (`Vec`), objects ([`Map`]), anything ([`Value`]), and `Option` of each for a field
/// that may be left out.
///
/// Derive it for a choice of words. A word is the variant's name, or what `#[config(word = "…")]` says:
///
/// ```
/// use quoin_plugin::{Setting, Value};
///
/// #[derive(Debug, PartialEq, Setting)]
/// enum Version {
///     #[config(word = "TLS 1.2")]
///     Tls12,
///     #[config(word = "TLS 1.3")]
///     Tls13,
/// }
///
/// assert_eq!(Version::read(Value::from("TLS 1.3")), Ok(Version::Tls13));
/// assert_eq!(Version::Tls12.as_str(), "TLS 1.2");
/// assert_eq!(Version::read(Value::from("SSL 3")).unwrap_err(), "has to be one of TLS 1.2, TLS 1.3");
/// ```
///
/// Implement it for what has rules of its own, so that a value that breaks them can't exist:
///
/// ```
/// use quoin_plugin::{Schema, Setting, Value, Wrong};
///
/// struct Absolute(String);
///
/// impl Setting for Absolute {
///     const SCHEMA: Schema = Schema::Text(r#""type":"string","pattern":"^/""#);
///
///     fn read(value: Value) -> Result<Self, Wrong> {
///         let path = String::read(value)?;
///         if path.starts_with('/') { Ok(Self(path)) } else { Err("has to be an absolute path".into()) }
///     }
/// }
/// ```
pub trait Setting: Sized {
    /// The members of its JSON Schema without the braces around them, `"type":"string"` for one.
    const SCHEMA: Schema;

    /// Reads it.
    ///
    /// # Errors
    ///
    /// What it has to be, as it follows the field's name: `has to be text`.
    fn read(value: Value) -> Result<Self, Wrong>;
}

/// What is wrong with a value.
pub type Wrong = Cow<'static, str>;

/// A piece of a JSON Schema, put together by the compiler: a module holds nothing but the whole text.
#[derive(Debug, Clone, Copy)]
pub enum Schema {
    /// JSON as it is.
    Text(&'static str),
    /// One after the other.
    All(&'static [Schema]),
}

impl Schema {
    /// Its length in bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::All(pieces) => {
                let (mut length, mut index) = (0, 0);
                while index < pieces.len() {
                    length += pieces[index].length();
                    index += 1;
                }
                length
            }
        }
    }

    /// Its bytes, of which there are [`Schema::length`].
    #[must_use]
    pub const fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        assert!(self.write(&mut bytes, 0) == N, "a schema has another length than was asked for");
        bytes
    }

    const fn write(&self, to: &mut [u8], mut at: usize) -> usize {
        match self {
            Self::Text(text) => {
                let mut index = 0;
                while index < text.len() {
                    to[at] = text.as_bytes()[index];
                    at += 1;
                    index += 1;
                }
            }
            Self::All(pieces) => {
                let mut index = 0;
                while index < pieces.len() {
                    at = pieces[index].write(to, at);
                    index += 1;
                }
            }
        }
        at
    }

    /// [`Schema::bytes`] as text again.
    #[must_use]
    pub const fn text(bytes: &[u8]) -> &str {
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => panic!("texts one after the other are text"),
        }
    }
}

impl Setting for String {
    const SCHEMA: Schema = Schema::Text(r#""type":"string""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err("has to be text".into()),
        }
    }
}

impl Setting for bool {
    const SCHEMA: Schema = Schema::Text(r#""type":"boolean""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| "has to be true or false".into())
    }
}

impl Setting for f64 {
    const SCHEMA: Schema = Schema::Text(r#""type":"number""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        value.as_f64().ok_or_else(|| "has to be a number".into())
    }
}

/// Whole numbers. JSON's own are read as `i64`, so that a `u64` above that is out of range.
macro_rules! whole {
    ($($number:ty: $schema:literal,)*) => {$(
        impl Setting for $number {
            const SCHEMA: Schema = Schema::Text(concat!(r#""type":"integer""#, $schema));

            fn read(value: Value) -> Result<Self, Wrong> {
                let number = value.as_i64().and_then(|number| Self::try_from(number).ok());
                number.ok_or_else(|| "has to be a whole number in range".into())
            }
        }
    )*};
}

whole! {
    u8: r#","minimum":0,"maximum":255"#,
    u16: r#","minimum":0,"maximum":65535"#,
    u32: r#","minimum":0,"maximum":4294967295"#,
    u64: r#","minimum":0"#,
    i8: r#","minimum":-128,"maximum":127"#,
    i16: r#","minimum":-32768,"maximum":32767"#,
    i32: r#","minimum":-2147483648,"maximum":2147483647"#,
    i64: "",
}

impl<T: Setting> Setting for Option<T> {
    const SCHEMA: Schema = T::SCHEMA;

    fn read(value: Value) -> Result<Self, Wrong> {
        T::read(value).map(Some)
    }
}

impl<T: Setting> Setting for Vec<T> {
    const SCHEMA: Schema =
        Schema::All(&[Schema::Text(r#""type":"array","items":{"#), T::SCHEMA, Schema::Text("}")]);

    fn read(value: Value) -> Result<Self, Wrong> {
        let Value::Array(elements) = value else { return Err("has to be a list".into()) };
        let mut list = Self::new();
        for element in elements {
            match T::read(element) {
                Ok(element) => list.push(element),
                Err(wrong) => return Err(format!("has an element {} that {wrong}", list.len()).into()),
            }
        }
        Ok(list)
    }
}

impl Setting for Map<String, Value> {
    const SCHEMA: Schema = Schema::Text(r#""type":"object""#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::Object(map) => Ok(map),
            _ => Err("has to be an object".into()),
        }
    }
}

impl Setting for Value {
    const SCHEMA: Schema = Schema::Text(r#""type":["object","array","string","number","boolean"]"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        if value.is_null() { Err("has to be something".into()) } else { Ok(value) }
    }
}

/// Text that is not empty: a name, an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty(String);

impl NonEmpty {
    /// The text itself.
    #[must_use]
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl Deref for NonEmpty {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Setting for NonEmpty {
    const SCHEMA: Schema = Schema::Text(r#""type":"string","minLength":1"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        let text = String::read(value)?;
        if text.is_empty() { Err("is empty".into()) } else { Ok(Self(text)) }
    }
}

/// A TCP or UDP port: a number, also where it is written as text. Never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port(u16);

impl Port {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Setting for Port {
    // A text is held to the same range as a number, so that one out of it is found before anything runs.
    const SCHEMA: Schema = Schema::Text(
        r#""type":["integer","string"],"minimum":1,"maximum":65535,"pattern":"^0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$""#,
    );

    fn read(value: Value) -> Result<Self, Wrong> {
        let port = match &value {
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            value => value.as_u64().and_then(|number| u16::try_from(number).ok()),
        };
        match port {
            Some(port @ 1..) => Ok(Self(port)),
            _ => Err("has to be a port, a number from 1 to 65535".into()),
        }
    }
}

/// A time in milliseconds, more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milliseconds(u64);

impl Milliseconds {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Setting for Milliseconds {
    const SCHEMA: Schema = Schema::Text(r#""type":"integer","minimum":1"#);

    fn read(value: Value) -> Result<Self, Wrong> {
        match value.as_u64() {
            Some(number @ 1..) => Ok(Self(number)),
            _ => Err("has to be a number of milliseconds, more than 0".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Milliseconds, NonEmpty, Port, Schema, Setting};
    use alloc::{format, string::String, vec, vec::Vec};
    use serde_json::{Value, json};

    fn schema<T: Setting>() -> Value {
        fn add(schema: &Schema, to: &mut String) {
            match schema {
                Schema::Text(text) => to.push_str(text),
                Schema::All(pieces) => pieces.iter().for_each(|piece| add(piece, to)),
            }
        }
        let mut text = String::from("{");
        add(&T::SCHEMA, &mut text);
        assert_eq!(text.len(), T::SCHEMA.length() + 1);
        serde_json::from_str(&format!("{text}}}")).expect("members of an object")
    }

    #[test]
    fn types_have_their_schemas() {
        assert_eq!(schema::<Option<String>>(), json!({"type": "string"}));
        assert_eq!(schema::<i8>(), json!({"type": "integer", "minimum": -128, "maximum": 127}));
        assert_eq!(schema::<i64>(), json!({"type": "integer"}));
        let texts = json!({"type": "array", "items": {"type": "string", "minLength": 1}});
        assert_eq!(schema::<Vec<NonEmpty>>(), texts);
        assert_eq!(schema::<Vec<Vec<NonEmpty>>>(), json!({"type": "array", "items": texts}));
        for schema in [schema::<Port>(), schema::<bool>(), schema::<f64>(), schema::<Value>()] {
            assert!(schema["type"].is_string() || schema["type"].is_array());
        }
    }

    #[test]
    fn ports_and_times_are_more_than_nothing() {
        for (good, port) in [(json!(22), 22), (json!("65535"), 65_535)] {
            assert_eq!(Port::read(good).map(Port::get), Ok(port));
        }
        for bad in [
            json!(0),
            json!(65536),
            json!(-1),
            json!(2.5),
            json!(""),
            json!("ssh"),
            json!("+22"),
            json!(null),
        ] {
            let error = Port::read(bad).expect_err("no port");
            assert_eq!(error, "has to be a port, a number from 1 to 65535");
        }
        assert_eq!(Milliseconds::read(json!(1)).map(Milliseconds::get), Ok(1));
        for bad in [json!(0), json!(-1), json!("5"), json!(1.5), json!(null)] {
            assert!(Milliseconds::read(bad).is_err());
        }
    }

    #[test]
    fn numbers_are_in_range() {
        assert_eq!(u32::read(json!(4_294_967_295_u32)), Ok(u32::MAX));
        for bad in [json!(4_294_967_296_u64), json!(-1), json!(1.5), json!("1"), json!(null)] {
            assert_eq!(u32::read(bad), Err("has to be a whole number in range".into()));
        }
        assert_eq!(f64::read(json!(1)), Ok(1.0));
    }

    #[test]
    fn lists_name_the_element_that_is_wrong() {
        assert_eq!(Vec::<u8>::read(json!([1, 2])), Ok(vec![1, 2]));
        let wrong = Vec::<u8>::read(json!([1, 256])).expect_err("out of range");
        assert_eq!(wrong, "has an element 1 that has to be a whole number in range");
        assert_eq!(Vec::<u8>::read(json!({})), Err("has to be a list".into()));
        assert_eq!(NonEmpty::read(json!("")), Err("is empty".into()));
    }
}

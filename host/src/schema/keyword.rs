//! The keywords that are understood, by what they hold.

use serde_json::Value;

/// What a keyword holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A schema.
    Schema,
    /// A list of schemas.
    Schemas,
    /// A schema, or a list of them (`items` before 2020-12).
    SchemaOrSchemas,
    /// Schemas by name.
    Named,
    /// Schemas or lists of texts by name (`dependencies` before 2019-09).
    NamedOrTexts,
    /// Lists of texts by name.
    NamedTexts,
    /// A text, or a list of them.
    TextOrTexts,
    /// A list of texts.
    Texts,
    /// Text.
    Text,
    /// A list of any values.
    List,
    /// A number.
    Number,
    /// A number above 0.
    Positive,
    /// A whole number, not below 0.
    Count,
    /// True or false.
    Bool,
}

use Holds::{
    Bool, Count, List, Named, NamedOrTexts, NamedTexts, Number, Positive, SchemaOrSchemas, Schemas, Text,
    TextOrTexts, Texts,
};

/// Every keyword with a shape to check. `const` holds anything.
pub(super) const KEYWORDS: [(&str, Holds); 46] = [
    ("$schema", Text),
    ("$id", Text),
    ("$ref", Text),
    ("$anchor", Text),
    ("$dynamicAnchor", Text),
    ("$defs", Named),
    ("definitions", Named),
    ("type", TextOrTexts),
    ("enum", List),
    ("multipleOf", Positive),
    ("minimum", Number),
    ("maximum", Number),
    ("exclusiveMinimum", Number),
    ("exclusiveMaximum", Number),
    ("minLength", Count),
    ("maxLength", Count),
    ("pattern", Text),
    ("minItems", Count),
    ("maxItems", Count),
    ("uniqueItems", Bool),
    ("minContains", Count),
    ("maxContains", Count),
    ("minProperties", Count),
    ("maxProperties", Count),
    ("required", Texts),
    ("dependentRequired", NamedTexts),
    ("dependentSchemas", Named),
    ("dependencies", NamedOrTexts),
    ("allOf", Schemas),
    ("anyOf", Schemas),
    ("oneOf", Schemas),
    ("not", Holds::Schema),
    ("if", Holds::Schema),
    ("then", Holds::Schema),
    ("else", Holds::Schema),
    ("prefixItems", Schemas),
    ("items", SchemaOrSchemas),
    ("additionalItems", Holds::Schema),
    ("contains", Holds::Schema),
    ("properties", Named),
    ("patternProperties", Named),
    ("additionalProperties", Holds::Schema),
    ("propertyNames", Holds::Schema),
    ("unevaluatedItems", Holds::Schema),
    ("unevaluatedProperties", Holds::Schema),
    ("format", Text),
];

impl Holds {
    /// What is wrong with a value, if it is not what the keyword holds.
    pub(super) fn misses(self, value: &Value) -> Option<&'static str> {
        let schema = |value: &Value| value.is_object() || value.is_boolean();
        let texts = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        let all = |value: &Value, one: &dyn Fn(&Value) -> bool| {
            value.as_array().is_some_and(|list| list.iter().all(one))
        };
        let named = |value: &Value, one: &dyn Fn(&Value) -> bool| {
            value.as_object().is_some_and(|map| map.values().all(one))
        };
        let (fits, expected) = match self {
            Self::Schema => (schema(value), "a schema"),
            Schemas => (all(value, &schema), "a list of schemas"),
            SchemaOrSchemas => (schema(value) || all(value, &schema), "a schema"),
            Named => (named(value, &schema), "an object of schemas"),
            NamedOrTexts => {
                (named(value, &|one| schema(one) || texts(one)), "an object of schemas or lists of texts")
            }
            NamedTexts => (named(value, &texts), "an object of lists of texts"),
            TextOrTexts => (value.is_string() || texts(value), "text or a list of texts"),
            Texts => (texts(value), "a list of texts"),
            Text => (value.is_string(), "text"),
            List => (value.is_array(), "a list"),
            Number => (value.is_number(), "a number"),
            Positive => (value.as_f64().is_some_and(|number| number > 0.0), "a number above 0"),
            Count => (count(value).is_some(), "a whole number, not below 0"),
            Bool => (value.is_boolean(), "true or false"),
        };
        (!fits).then_some(expected)
    }
}

/// A whole number, not below 0, that may be written with a point: `2.0`.
pub(super) fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64().filter(|number| *number >= 0.0 && number.fract() == 0.0)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is whole"
        )]
        Some(number as u64)
    })
}

/// A key as a part of a JSON pointer (RFC 6901, section 3).
pub(super) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

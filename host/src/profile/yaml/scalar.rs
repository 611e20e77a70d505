//! What a scalar means: the core schema of YAML 1.2.2, section 10.3.2. `yes`, `no`, `on` and `off` are text.

use super::node::{Form, Scalar};
use serde_json::Number;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::profile) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    /// A number that JSON has no form for: infinite, or not a number.
    Unbounded,
    Text,
}

impl Scalar {
    pub(in crate::profile) fn value(&self) -> Value {
        match self.form {
            Form::Plain => resolve(&self.text),
            Form::Quoted | Form::Block => Value::Text,
        }
    }
}

fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Unbounded,
        _ => number(text).unwrap_or(Value::Text),
    }
}

fn number(text: &str) -> Option<Value> {
    let based =
        text.strip_prefix("0o").map(|digits| (digits, 8)).or(text.strip_prefix("0x").map(|d| (d, 16)));
    if let Some((digits, radix)) = based {
        let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        // One that does not fit is rare enough to stay the text that it is.
        return u64::from_str_radix(digits, radix).ok().filter(|_| valid).map(|n| Value::Number(n.into()));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(Value::Unbounded);
    }
    if !is_decimal(unsigned) {
        return None;
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = plain.parse::<i64>() {
        return Some(Value::Number(integer.into()));
    }
    if let Ok(integer) = plain.parse::<u64>() {
        return Some(Value::Number(integer.into()));
    }
    let float: f64 = plain.parse().ok()?;
    Some(Number::from_f64(float).map_or(Value::Unbounded, Value::Number))
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !matches!(mantissa, "" | ".")
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_of(text: &str) -> Number {
        match resolve(text) {
            Value::Number(number) => number,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn only_the_words_of_the_core_schema_are_more_than_text() {
        for text in [
            "yes", "no", "on", "off", "y", "tRue", "nuLL", "1.2.3", "0x", "0o9", "1e", "-", "+", ".", "e3",
            "1_0",
        ] {
            assert_eq!(resolve(text), Value::Text, "{text}");
        }
        assert_eq!(resolve(""), Value::Null);
        assert_eq!(resolve("~"), Value::Null);
        assert_eq!(resolve("True"), Value::Bool(true));
    }

    #[test]
    fn numbers_keep_their_exact_value() {
        assert_eq!(number_of("0644").as_u64(), Some(644));
        assert_eq!(number_of("0o644").as_u64(), Some(0o644));
        assert_eq!(number_of("0xfF").as_u64(), Some(255));
        assert_eq!(number_of("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(number_of("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number_of("+12").as_u64(), Some(12));
        assert_eq!(number_of("1.").as_f64(), Some(1.0));
        assert_eq!(number_of(".5").as_f64(), Some(0.5));
        assert_eq!(number_of("-1.5e3").as_f64(), Some(-1500.0));
        assert_eq!(number_of("18446744073709551616").as_f64(), Some(18446744073709551616.0));
        for text in [".inf", "-.INF", ".nan", "1e999"] {
            assert_eq!(resolve(text), Value::Unbounded, "{text}");
        }
    }

    #[test]
    fn quotes_make_text() {
        let scalar = Scalar { text: "true".into(), form: Form::Quoted };
        assert_eq!(scalar.value(), Value::Text);
    }
}

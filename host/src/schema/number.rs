//! Numbers as JSON Schema sees them: `1`, `1.0` and `1e0` are one, and 0.0075 is a multiple of 0.0001.

use super::effort::{Effort, text};
use serde_json::{Number, Value};
use std::cmp::Ordering;

/// Which of two numbers is larger.
pub(super) fn compare(one: &Number, other: &Number) -> Ordering {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        // One of them has a fraction, and so few digits before it that they are exact, or more digits than any integer here.
        // Every JSON number that serde_json reads has such a value, and none is NaN.
        _ => one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal),
    }
}

/// Whether a number is whole.
pub(super) fn is_whole(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// `1.0` as `1`. None for what is an integer already, or none, or too large for 64 bits.
pub(super) fn integer(number: &Number) -> Option<Number> {
    Number::from_i128(whole(number).filter(|_| number.is_f64())?)
}

/// A whole number's exact value, unless it is larger than any integer in JSON that is read here.
fn whole(number: &Number) -> Option<i128> {
    const LARGE: f64 = 1e38;
    number.as_i128().or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < LARGE)?;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and 128 bits hold it")]
        Some(number as i128)
    })
}

/// Whether a number is a multiple of another, in decimals as they are written.
pub(super) fn is_multiple(number: &Number, of: &Number) -> bool {
    let ((Some(number), exponent), (Some(of), of_exponent)) = (decimal(number), decimal(of)) else {
        return true;
    };
    if of == 0 {
        return number == 0;
    }
    let shift = exponent - of_exponent;
    if shift >= 0 {
        // The rest of `number` times ten to the power of `shift`, which may be hundreds.
        let (mut rest, mut power, mut shift) = (number % of, 10 % of, shift);
        while shift > 0 {
            if shift % 2 == 1 {
                rest = rest * power % of;
            }
            power = power * power % of;
            shift /= 2;
        }
        return rest == 0;
    }
    // More zeros than a number has digits.
    let Some(zeros) = shift.checked_neg().and_then(|zeros| u32::try_from(zeros).ok()) else { return true };
    match 10_u128.checked_pow(zeros).and_then(|power| power.checked_mul(of)) {
        Some(of) => number % of == 0,
        None => number == 0,
    }
}

/// The digits of a number, without its sign, and the power of ten that they are multiplied by. The digits fit into 64 bits:
/// an integer's, or the shortest that a binary fraction is told from others by.
fn decimal(number: &Number) -> (Option<u128>, i32) {
    if let Some(whole) = number.as_i128() {
        return (Some(whole.unsigned_abs()), 0);
    }
    let text = format!("{:e}", number.as_f64().unwrap_or_default().abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let places = i32::try_from(fraction.len()).unwrap_or_default();
    (format!("{whole}{fraction}").parse().ok(), exponent.parse().unwrap_or(0) - places)
}

/// Whether two values are one to JSON Schema (2020-12 core, section 4.2.2). Also true where finding out is too much, which ends
/// any search.
pub(super) fn equal(one: &Value, other: &Value, effort: &mut Effort) -> bool {
    if !effort.spend(1) {
        return true;
    }
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare(one, other) == Ordering::Equal,
        (Value::String(one), Value::String(other)) => effort.spend(text(one)) && one == other,
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other, effort))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut same = |(key, value): (&String, &Value)| {
                effort.spend(text(key)) && other.get(key).is_some_and(|other| equal(value, other, effort))
            };
            one.len() == other.len() && one.iter().all(&mut same)
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn multiples_are_decimal() {
        for (one, of, expected) in [
            ("0.0075", "0.0001", true),
            ("0.00751", "0.0001", false),
            ("0.3", "0.1", true),
            ("35", "1.5", false),
            ("4.5", "1.5", true),
            ("-9", "3", true),
            ("0", "0.01", true),
            ("1e308", "0.123456789", false),
            ("1e308", "1.6", true),
            ("1e308", "3", false),
            ("1e308", "18446744073709551615", false),
            ("1e308", "0.5", true),
            ("1e-300", "1e300", false),
            ("12391239123", "1e-8", true),
            ("18446744073709551615", "5", true),
        ] {
            assert_eq!(is_multiple(&number(one), &number(of)), expected, "{one} of {of}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for (one, other, expected) in [
            ("1", "1.0", Ordering::Equal),
            ("18446744073709551615", "-1", Ordering::Greater),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("0.1", "1", Ordering::Less),
            // What binary fractions of 64 bits cannot tell apart.
            ("9007199254740993", "9007199254740992.0", Ordering::Greater),
            ("18446744073709551615", "18446744073709551616.0", Ordering::Less),
            ("9007199254740993", "0.5", Ordering::Greater),
            ("18446744073709551615", "1e300", Ordering::Less),
            ("-1e300", "-1e301", Ordering::Greater),
            ("-0.0", "0", Ordering::Equal),
        ] {
            assert_eq!(compare(&number(one), &number(other)), expected, "{one} {other}");
            assert_eq!(compare(&number(other), &number(one)), expected.reverse(), "{other} {one}");
        }
        assert!(is_whole(&number("1e3")) && !is_whole(&number("1.5")));
    }
}

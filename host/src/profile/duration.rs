//! Durations as people write them: `30s`, `1m30s`, `500ms`, `2h`.

use std::time::Duration;

/// The longest that a profile may ask for.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

const UNITS: [(&str, u64); 4] =
    [("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

/// Reads one or more numbers, each with its unit: `ms`, `s`, `m` or `h`. A number may have a fraction.
///
/// # Errors
/// What is wrong with it, and what to do.
///
/// ```
/// use quoin::profile::parse_duration;
/// use std::time::Duration;
/// assert_eq!(parse_duration("1m30s"), Ok(Duration::from_secs(90)));
/// assert_eq!(parse_duration("30").unwrap_err().1, "add a unit: `30s`");
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, (String, String)> {
    let fail = |help: &str| Err((format!("`{text}` is no duration"), help.to_owned()));
    if text.is_empty() {
        return fail(HELP);
    }
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, next) = behind.split_at(letters);
        let number = match number.parse::<f64>() {
            Ok(number) => number,
            Err(_) => return fail(HELP),
        };
        if unit.is_empty() {
            return if rest.len() == text.len() {
                fail(&format!("add a unit: `{text}s`"))
            } else {
                fail(HELP)
            };
        }
        let Some((_, nanoseconds)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return fail(&format!("the units are ms, s, m and h, not `{unit}`"));
        };
        total = Duration::try_from_secs_f64(number * (*nanoseconds as f64) / 1e9)
            .ok()
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= LONGEST)
            .ok_or_else(|| (format!("`{text}` is too long"), "the longest duration is 168h".to_owned()))?;
        rest = next;
    }
    Ok(total)
}

const HELP: &str = "write it as 30s, 1m30s, 500ms or 2h";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_add_up() {
        for (text, milliseconds) in [
            ("30s", 30_000),
            ("1m30s", 90_000),
            ("500ms", 500),
            ("2h", 7_200_000),
            ("1h1m1s1ms", 3_661_001),
            ("0s", 0),
            ("1.5s", 1_500),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_advice() {
        for (text, help) in [
            ("30", "add a unit: `30s`"),
            ("", HELP),
            ("s", HELP),
            ("-5s", HELP),
            ("5 s", "the units are ms, s, m and h, not ` s`"),
            ("1m30", HELP),
            ("1d", "the units are ms, s, m and h, not `d`"),
            ("1.2.3s", HELP),
            ("169h", "the longest duration is 168h"),
            ("99999999999999999999999999h", "the longest duration is 168h"),
        ] {
            assert_eq!(parse_duration(text).unwrap_err().1, help, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.hms -]{0,12}|\\PC{0,12}") {
            let _ = parse_duration(&text);
        }

        #[test]
        fn whole_milliseconds_are_exact(n in 0u64..600_000_000) {
            prop_assert_eq!(parse_duration(&format!("{n}ms")), Ok(Duration::from_millis(n)));
        }
    }
}

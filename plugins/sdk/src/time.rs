//! Time as the contract writes it.

use alloc::{format, string::String};

/// `seconds` since the Unix epoch in RFC 3339, in UTC.
///
/// ```
/// assert_eq!(quoin_plugin::rfc3339(951_782_400), "2000-02-29T00:00:00Z");
/// ```
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Seconds since the Unix epoch of a time in UTC as the host writes it, `2026-01-02T03:04:05Z`; `None` where it is none.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, length: usize| {
        bytes.get(from..from + length)?.iter().try_fold(0, |number: i64, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let second = (number(11, 2)? * 60 + number(14, 2)?) * 60 + number(17, 2)?;
    if bytes.last() != Some(&b'Z') || !(1..=12).contains(&month) {
        return None;
    }
    // As `date`, the other way round: years begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some((days + (153 * month + 2) / 5 + day - 1 - 719_468) * 86_400 + second)
}

/// The date (proleptic Gregorian) that is `days` after 1970-01-01, counted in years that begin in March, so that the
/// leap day is the last day of its year; 719,468 days lie between 0000-03-01 and the epoch.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months from March on are 31, 30, 31, 30, 31 days, over and over: 153 days in five months.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, seconds};

    #[test]
    fn reads_what_it_writes() {
        for day in (0..120_000).step_by(11) {
            let moment = day * 86_400 + day % 86_400;
            assert_eq!(seconds(&rfc3339(moment)), i64::try_from(moment).ok());
        }
        assert_eq!(seconds("1950-01-01T00:00:00Z"), Some(-631_152_000));
        for bad in
            ["", "2026-01-02", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05+01:00", "20x6-01-02T03:04:05Z"]
        {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn agrees_with_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_704_067_199, "2023-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds), expected);
        }
    }
}

//! Moments as text.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use core::fmt;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcDateTime};

/// A moment, counted from 1970-01-01T00:00:00Z. Its text is RFC 3339 in UTC, with as many digits of the second's
/// fraction as it needs, or with as many as the format's precision asks for: `{:.3}` is milliseconds.
///
/// ```
/// let moment = quoin_engine::UnixTime { seconds: 951_782_400, nanoseconds: 250_000_000 };
/// assert_eq!(moment.to_string(), "2000-02-29T00:00:00.25Z");
/// assert_eq!(format!("{moment:.3}"), "2000-02-29T00:00:00.250Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime {
    /// Whole seconds since the epoch, less than 0 before it.
    pub seconds: i64,
    /// What is to be added to them, less than 1,000,000,000.
    pub nanoseconds: u32,
}

impl UnixTime {
    /// The first second of the year 0, as far back as the four digits of a year reach.
    const FIRST: i64 = -62_167_219_200;

    /// The last moment of the year 9999, the last that RFC 3339 can name.
    pub const LAST: Self = Self { seconds: UtcDateTime::MAX.unix_timestamp(), nanoseconds: 999_999_999 };
}

/// What lies outside the years 0 to 9999 is told as the nearest second within.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds.clamp(Self::FIRST, Self::LAST.seconds);
        let at = UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX);
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second) = at.as_hms();
        write!(f, "{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}", u8::from(month))?;

        let wanted = f.precision();
        let (mut fraction, mut digits) = (self.nanoseconds, 9);
        while digits > wanted.unwrap_or(0) && (wanted.is_some() || fraction % 10 == 0) {
            fraction /= 10;
            digits -= 1;
        }
        if digits > 0 {
            write!(f, ".{fraction:0digits$}")?;
        }
        f.write_str("Z")
    }
}

/// RFC 3339 in UTC of nanoseconds since the Unix epoch.
pub(crate) fn rfc3339(nanoseconds: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    // Both fit: u64::MAX nanoseconds are in the year 2554.
    UnixTime { seconds: (nanoseconds / SECOND) as i64, nanoseconds: (nanoseconds % SECOND) as u32 }
        .to_string()
}

/// Nanoseconds since the Unix epoch of an RFC 3339 text; `None` where it is none. What lies before 1970 is 0.
///
/// Between date and time may be a space. A leap second is the second before it: who writes one need not have looked up
/// whether that day had one.
pub(crate) fn parse_rfc3339(text: &str) -> Option<u64> {
    // `time` would take any byte here.
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let mut text = text.to_owned();
    if text.get(16..19) == Some(":60") {
        text.replace_range(16..19, ":59");
    }
    // Not as `UtcDateTime`, whose `parse` panics where the offset leads out of the year 9999.
    let at = OffsetDateTime::parse(&text, &Rfc3339).ok()?;
    Some(u64::try_from(at.unix_timestamp_nanos().max(0)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_both_ways() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_700_000_000_250_000_000), "2023-11-14T22:13:20.25Z");
        assert_eq!(parse_rfc3339("2023-11-14T23:13:20.25+01:00"), Some(1_700_000_000_250_000_000));
        assert_eq!(parse_rfc3339("1950-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_rfc3339("yesterday"), None);
        assert_eq!(rfc3339(u64::MAX), "2554-07-21T23:34:33.709551615Z");
    }

    #[test]
    fn a_fraction_has_the_digits_it_needs() {
        for (nanoseconds, expected) in [
            (1, "1970-01-01T00:00:00.000000001Z"),
            (100, "1970-01-01T00:00:00.0000001Z"),
            (42_000_000, "1970-01-01T00:00:00.042Z"),
            (1_500_000_000, "1970-01-01T00:00:01.5Z"),
            (10_000_000_000, "1970-01-01T00:00:10Z"),
        ] {
            assert_eq!(rfc3339(nanoseconds), expected);
            assert_eq!(parse_rfc3339(expected), Some(nanoseconds));
        }
    }

    #[test]
    fn a_fraction_has_the_digits_that_are_asked_for() {
        let moment = UnixTime { seconds: -1, nanoseconds: 42_900_000 };
        assert_eq!(alloc::format!("{moment:.0}"), "1969-12-31T23:59:59Z");
        assert_eq!(alloc::format!("{moment:.3}"), "1969-12-31T23:59:59.042Z");
        assert_eq!(alloc::format!("{moment:.12}"), "1969-12-31T23:59:59.042900000Z");
    }

    #[test]
    fn years_have_four_digits() {
        let at = |seconds| UnixTime { seconds, nanoseconds: 0 }.to_string();
        assert_eq!(at(i64::MIN), "0000-01-01T00:00:00Z");
        assert_eq!(at(UnixTime::FIRST), "0000-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(at(i64::MAX), "9999-12-31T23:59:59Z");
        assert_eq!(UnixTime::LAST.to_string(), "9999-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn rfc3339_as_guests_write_it() {
        for same in [
            "2023-11-14T22:13:20Z",
            "2023-11-14t22:13:20z",
            "2023-11-14 22:13:20Z",
            "2023-11-14T22:13:20.000Z",
            "2023-11-14T22:13:20+00:00",
            "2023-11-14T22:13:20-00:00",
            "2023-11-14T12:43:20-09:30",
            "2023-11-15T12:13:20+14:00",
        ] {
            assert_eq!(parse_rfc3339(same), Some(1_700_000_000_000_000_000), "{same}");
        }
        // Go's `time.RFC3339Nano`, in UTC and in a zone.
        assert_eq!(parse_rfc3339("2023-11-14T22:13:20.123456789Z"), Some(1_700_000_000_123_456_789));
        assert_eq!(parse_rfc3339("2023-11-14T23:13:20.1234567+01:00"), Some(1_700_000_000_123_456_700));
        // RFC 3339 has no longest fraction.
        assert_eq!(parse_rfc3339("2023-11-14T22:13:20.1234567899999Z"), Some(1_700_000_000_123_456_789));
        // Go's zero time, and moments that a `u64` or UTC's four digits can't tell.
        assert_eq!(parse_rfc3339("0001-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_rfc3339("0000-01-01T00:00:00+23:59"), Some(0));
        assert_eq!(parse_rfc3339("2554-07-21T23:34:33.709551616Z"), Some(u64::MAX));
        assert_eq!(parse_rfc3339("9999-12-31T23:59:59-23:59"), Some(u64::MAX));
    }

    #[test]
    fn a_leap_second_is_the_second_before_it() {
        for (text, seconds) in [
            ("2016-12-31T23:59:60Z", 1_483_228_799),
            ("2017-01-01T00:59:60+01:00", 1_483_228_799),
            // There was none on this day.
            ("2023-11-14T23:59:60Z", 1_700_006_399),
        ] {
            assert_eq!(parse_rfc3339(text), Some(seconds * 1_000_000_000), "{text}");
        }
        assert_eq!(parse_rfc3339("2016-12-31T23:59:60.5Z"), Some(1_483_228_799_500_000_000));
        assert_eq!(parse_rfc3339("9999-12-31T23:59:60-23:59"), Some(u64::MAX));
        assert_eq!(parse_rfc3339("2016-12-31T23:59:61Z"), None);
    }

    #[test]
    fn what_is_no_rfc3339() {
        for bad in [
            "",
            "2023-11-14",
            "2023-11-14T",
            "2023-11-14T22:13Z",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T22:13:20+01",
            "2023-11-14T22:13:20+01:0",
            "2023-11-14T22:13:20+01:60",
            "2023-11-14T22:13:20+24:00",
            "2023-11-14T22:13:20Z ",
            "2023-11-14T22:13:20Zulu",
            "2023-11-14T22:13:20+01:00Z",
            " 2023-11-14T22:13:20Z",
            "2023-11-14x22:13:20Z",
            "2023-11-14T22:60:20Z",
            "2023-11-14T24:00:00Z",
            "2023-02-29T22:13:20Z",
            "2023-13-01T22:13:20Z",
            "2023-11-14T22:13:2\u{e9}Z",
            "2023-11-14T22:13\u{e9}60Z",
        ] {
            assert_eq!(parse_rfc3339(bad), None, "{bad}");
        }
    }
}

//! Moments as text.

use alloc::string::{String, ToString};
use jiff::Timestamp;

/// RFC 3339 in UTC of nanoseconds since the Unix epoch.
pub(crate) fn rfc3339(nanoseconds: u64) -> String {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or(Timestamp::MAX).to_string()
}

/// Nanoseconds since the Unix epoch of an RFC 3339 text; `None` where it is none. What lies before 1970 is 0.
pub(crate) fn parse_rfc3339(text: &str) -> Option<u64> {
    let timestamp: Timestamp = text.parse().ok()?;
    Some(u64::try_from(timestamp.as_nanosecond().max(0)).unwrap_or(u64::MAX))
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
}

//! [`AsciiSet`]: the characters that `?` or a class such as `[a-z]` stands for.

use core::fmt;

/// A set of ASCII characters, one bit each. It never holds `/`, nor NUL, which no path has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct AsciiSet(u128);

impl AsciiSet {
    /// No character.
    pub(super) const EMPTY: Self = Self(0);
    /// What `?` stands for.
    pub(super) const ANY: Self = Self(!(1 | 1 << b'/'));

    /// This set and the characters from `low` to `high`.
    pub(super) fn with(self, low: char, high: char) -> Self {
        let range = (low as u32..=high as u32).fold(0, |bits, c| bits | 1_u128.checked_shl(c).unwrap_or(0));
        Self(self.0 | range & Self::ANY.0)
    }

    /// Every character that is not in this set.
    pub(super) const fn complement(self) -> Self {
        Self(!self.0 & Self::ANY.0)
    }

    /// Whether it holds the character.
    pub(super) const fn contains(self, c: u8) -> bool {
        c < 128 && self.0 >> c & 1 == 1
    }

    /// The character, if it holds exactly one.
    pub(super) fn only(self) -> Option<char> {
        self.0.is_power_of_two().then(|| char::from(self.0.trailing_zeros() as u8))
    }

    /// The runs of neighbours, each as its first and its last character.
    pub(super) fn runs(self) -> impl Iterator<Item = (char, char)> {
        let mut next = 0_u8;
        core::iter::from_fn(move || {
            let low = (next..128).find(|c| self.contains(*c))?;
            let high = (low..128).take_while(|c| self.contains(*c)).last()?;
            next = high + 1;
            Some((char::from(low), char::from(high)))
        })
    }
}

/// As a class, positive or negative, whichever names fewer unusual characters: control characters are rarely meant.
impl fmt::Display for AsciiSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ANY {
            return f.write_str("?");
        }
        let (open, listed) = if self.contains(1) { ("[!", self.complement()) } else { ("[", *self) };
        f.write_str(open)?;
        let member = |f: &mut fmt::Formatter<'_>, c: char| {
            if matches!(c, ']' | '[' | '\\' | '-' | '!' | '^') {
                write!(f, "\\{c}")
            } else {
                write!(f, "{c}")
            }
        };
        for (low, high) in listed.runs() {
            // A run may not start or end at the slash that it leaves out, so nothing is lost by writing it short.
            member(f, low)?;
            if high > low {
                if high as u32 > low as u32 + 1 {
                    f.write_str("-")?;
                }
                member(f, high)?;
            }
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn never_holds_a_slash() {
        assert!(!AsciiSet::ANY.contains(b'/'));
        assert!(!AsciiSet::EMPTY.with('+', '9').contains(b'/'));
        assert!(!AsciiSet::EMPTY.with('a', 'a').complement().contains(b'/'));
    }

    #[test]
    fn prints_as_a_class() {
        assert_eq!(AsciiSet::EMPTY.with('a', 'z').with('-', '-').to_string(), "[\\-a-z]");
        assert_eq!(AsciiSet::EMPTY.with('a', 'b').complement().to_string(), "[!ab]");
        assert_eq!(AsciiSet::EMPTY.with('+', '9').to_string(), "[+-.0-9]");
        assert_eq!(AsciiSet::ANY.to_string(), "?");
    }
}

//! Internationalised names: UTS 46, as browsers do it.

use crate::{Code, Error};
use alloc::format;
use alloc::string::String;

/// The ASCII form of a name that isn't ASCII: `bücher.example` is `xn--bcher-kva.example`.
#[cfg(feature = "idna")]
pub(super) fn to_ascii(name: &str) -> Result<String, Error> {
    use ::idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
    // What is asked of the ASCII form and its lengths is asked of every name, afterwards.
    Uts46::new()
        .to_ascii(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Ignore)
        .map(Into::into)
        .map_err(|_| {
            Error::new(
                Code::Invalid,
                format!("`{}` has characters that no name can have (UTS 46)", name.escape_debug()),
            )
        })
}

/// A build without the tables of Unicode.
#[cfg(not(feature = "idna"))]
pub(super) fn to_ascii(name: &str) -> Result<String, Error> {
    Err(Error::new(
        Code::Unsupported,
        format!(
            "this build does not know internationalised names: write `{}` in its ASCII form (xn--…)",
            name.escape_debug()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "idna")]
    #[test]
    fn names_get_their_ascii_form() {
        for (name, ascii) in [
            ("bücher.example", "xn--bcher-kva.example"),
            // Decomposed, capitals, full width and ideographic dots: all the same name.
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("BÜCHER。Example.", "xn--bcher-kva.example."),
            ("faß.example", "xn--fa-hia.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"),
        ] {
            assert_eq!(to_ascii(name).as_deref(), Ok(ascii), "{name}");
        }
        // A combining mark with nothing to combine with, letters that run both ways, a lone joiner.
        for name in ["\u{301}a.example", "aא.example", "a\u{200d}b.example"] {
            assert_eq!(to_ascii(name).unwrap_err().code(), Code::Invalid, "{name}");
        }
    }

    #[cfg(not(feature = "idna"))]
    #[test]
    fn a_build_without_them_says_so() {
        assert_eq!(to_ascii("bücher.example").unwrap_err().code(), Code::Unsupported);
    }
}

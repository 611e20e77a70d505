//! [`excerpt`]: what a peer sent, in a message for people.

use alloc::format;
use alloc::string::String;

/// The first bytes of what a peer sent, quoted, and escaped so that they do nothing to a terminal: `"SSH-2.0-OpenSSH"…`.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const SHOWN: usize = 60;
    let shown = &bytes[..bytes.len().min(SHOWN)];
    let more = if shown.len() < bytes.len() { "…" } else { "" };
    format!("\"{}\"{more}", shown.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_short_and_printable() {
        assert_eq!(excerpt(b"a\x1b[2J\"\r\n\xff"), r#""a\x1b[2J\"\r\n\xff""#);
        assert_eq!(excerpt(&[b'x'; 61]), format!("\"{}\"…", "x".repeat(60)));
    }
}

//! What is told of a response's body.

use alloc::{borrow::Cow, format, string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use core::fmt::Write as _;
use quoin_plugin::{ErrorDetail, ErrorType, Observation};
use sha2::{Digest as _, Sha256};

/// The most of a body that is given. JSON writes some characters as six bytes, and a host takes 4 MiB of result.
pub(crate) const BODY_BYTES: usize = 512 << 10;

/// The bytes of a body in base64, whose text, which is longer still, goes.
///
/// # Errors
///
/// Where it is something else.
pub(crate) fn decode(text: String) -> Result<Vec<u8>, ErrorDetail> {
    STANDARD.decode(text).map_err(|error| {
        ErrorDetail::new(
            ErrorType::Internal,
            "EPROTO",
            format!("the host's answer has a body that is no base64: {error}"),
        )
    })
}

/// Tells size and digest, and of the text what `preview` asks for.
pub(crate) fn tell(body: &[u8], truncated: bool, preview: i32, seen: &mut Observation) {
    seen.set("body_size", body.len());
    seen.set("body_sha256", hexadecimal(&Sha256::digest(body)));
    let all = usize::try_from(preview).is_err();
    let beginning = &body[..body.len().min(BODY_BYTES)];
    if preview != 0 {
        let text = lossy(beginning);
        match usize::try_from(preview) {
            Err(_) => seen.set("body", &*text),
            Ok(most) => {
                let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
                seen.set("body_preview", &text[..end]);
            }
        }
    }
    if truncated || all && beginning.len() < body.len() {
        seen.set("body_truncated", true);
    }
}

/// Whether a text is somewhere in the body.
pub(crate) fn contains(body: &[u8], text: &str) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text.as_bytes())
}

/// As text; a character that the end cuts in two is left out.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    let whole = match core::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

//! Names in certificates, as text: distinguished names (RFC 4514) and subject alternative names (RFC 5280, 4.2.1.6).

use super::oid::attribute;
use super::x509::{hexadecimal, sequence};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::net::IpAddr;
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag};

/// RFC 4514: the last part first. What can't be read is left out.
pub(super) fn distinguished_name(name: AnyRef<'_>) -> String {
    let mut parts = Vec::new();
    if let Ok(mut sets) = sequence(name) {
        while let Ok(set) = sets.decode::<AnyRef<'_>>() {
            parts.push(relative_name(set));
        }
    }
    parts.reverse();
    parts.join(",")
}

fn relative_name(set: AnyRef<'_>) -> String {
    let mut out = String::new();
    let Ok(mut attributes) = SliceReader::new(set.value()) else { return out };
    while let Ok(one) = attributes.decode::<AnyRef<'_>>() {
        let Ok(mut pair) = sequence(one) else { continue };
        let (Ok(id), Ok(value)) = (pair.decode::<ObjectIdentifier>(), pair.decode::<AnyRef<'_>>()) else {
            continue;
        };
        if !out.is_empty() {
            out.push('+');
        }
        let id = id.to_string();
        let known = attribute(&id);
        out.push_str(known.unwrap_or(&id));
        out.push('=');
        // 2.4: what has no name, or is no string, is shown as the DER that it is.
        match text(value).filter(|_| known.is_some()) {
            Some(text) => escape(&text, &mut out),
            None => {
                out.push('#');
                out.push_str(&encoded(value));
            }
        }
    }
    out
}

/// The value's DER, in hexadecimal.
fn encoded(value: AnyRef<'_>) -> String {
    let mut buffer = [0; 16];
    let header = value.header().encode_to_slice(&mut buffer).map_or(String::new(), hexadecimal);
    header + &hexadecimal(value.value())
}

/// The text of a DirectoryString or IA5String.
fn text(value: AnyRef<'_>) -> Option<Cow<'_, str>> {
    let bytes = value.value();
    Some(match value.header().tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            Cow::Borrowed(core::str::from_utf8(bytes).ok()?)
        }
        // T.61 by name, ISO 8859-1 in practice.
        Tag::TeletexString => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Tag::BmpString => {
            let units =
                bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()?
        }
        _ => return None,
    })
}

/// RFC 4514, 2.4. Control characters too, which have no place in a report.
fn escape(text: &str, out: &mut String) {
    let last = text.chars().count().saturating_sub(1);
    for (at, letter) in text.chars().enumerate() {
        match letter {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', letter]),
            ' ' if at == 0 || at == last => out.push_str("\\ "),
            '#' if at == 0 => out.push_str("\\#"),
            letter if letter.is_control() => {
                let mut buffer = [0; 4];
                for byte in letter.encode_utf8(&mut buffer).bytes() {
                    let _ = write!(out, "\\{byte:02X}");
                }
            }
            letter => out.push(letter),
        }
    }
}

/// The names in a SubjectAltName: DNS names and addresses as they are, others with their kind in front.
pub(super) fn general_names(der: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let Ok(mut fields) = AnyRef::from_der(der).and_then(sequence) else { return names };
    while let Ok(field) = fields.decode::<AnyRef<'_>>() {
        let Tag::ContextSpecific { number, .. } = field.header().tag() else { continue };
        let value = field.value();
        names.push(match number.value() {
            1 => format!("email:{}", plain(value)),
            2 => plain(value),
            4 => format!("dirname:{}", AnyRef::from_der(value).map(distinguished_name).unwrap_or_default()),
            6 => format!("uri:{}", plain(value)),
            7 => address(value)
                .map_or_else(|| format!("ip:#{}", hexadecimal(value)), |address| address.to_string()),
            0 => format!("othername:#{}", hexadecimal(value)),
            8 => format!("rid:#{}", hexadecimal(value)),
            kind => format!("{kind}:#{}", hexadecimal(value)),
        });
    }
    names
}

/// An IA5String as it is; what is not ASCII to be read, escaped.
fn plain(value: &[u8]) -> String {
    value.escape_ascii().to_string()
}

fn address(value: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(value)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(value).map(IpAddr::from))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(der: &[u8]) -> String {
        distinguished_name(AnyRef::from_der(der).unwrap())
    }

    #[test]
    fn names_are_escaped_and_what_is_no_text_is_shown_as_it_is() {
        for (text, escaped) in [
            ("plain", "plain"),
            (" a, b ", "\\ a\\, b\\ "),
            ("#1 \"x\" <y>;\\+", "\\#1 \\\"x\\\" \\<y\\>\\;\\\\\\+"),
            ("line\nbell\u{7}", "line\\0Abell\\07"),
            ("Größe", "Größe"),
            ("", ""),
        ] {
            let mut out = String::new();
            escape(text, &mut out);
            assert_eq!(out, escaped);
        }
        // CN as T.61, CN as BMP, CN as an integer, and an attribute without a short name.
        assert_eq!(name(b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x14\x01\xfc"), "CN=ü");
        assert_eq!(name(b"\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x1e\x02\x20\xac"), "CN=€");
        assert_eq!(name(b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x02\x01\x07"), "CN=#020107");
        assert_eq!(name(b"\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x2a\x0c\x02ab"), "2.5.4.42=#0c026162");
        // What breaks off is shown as far as it goes.
        assert_eq!(name(b"\x30\x05\x31\x0b\x30\x09\x06"), "");
        assert_eq!(name(b"\x30\0"), "");
    }

    #[test]
    fn alternative_names_of_odd_kinds_and_forms_are_shown() {
        assert_eq!(
            general_names(b"\x30\x14\x82\x04a\nb\xff\x87\x03\x01\x02\x03\x87\x04\x7f\0\0\x01\x88\x01\x2a"),
            ["a\\nb\\xff", "ip:#010203", "127.0.0.1", "rid:#2a"]
        );
        assert_eq!(general_names(b"not DER"), Vec::<String>::new());
    }
}

//! ClientHello and ServerHello, as far as asking for a version needs them (RFC 6101, 2246, 4346, 5246, 8446).

use alloc::vec::Vec;

/// A version of SSL or TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Ssl3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl Version {
    /// Oldest first.
    pub(super) const ALL: [Self; 5] = [Self::Ssl3, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// As people write it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSL 3",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    /// As it goes over the wire.
    pub(super) const fn number(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// Suites of TLS 1.3 (RFC 8446, B.4).
const SUITES_13: [u16; 5] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/// Suites that came with TLS 1.2: with AEAD or SHA-2. ECDHE, DHE and RSA key exchange, ECDSA, RSA and DSS keys.
const SUITES_12: [u16; 34] = [
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xccaa, 0xc023, 0xc027, 0xc024, 0xc028, 0x009e, 0x009f,
    0x0067, 0x006b, 0x00a2, 0x00a3, 0x0040, 0x006a, 0x009c, 0x009d, 0x003c, 0x003d, 0xc09c, 0xc09d, 0xc0a0,
    0xc0a1, 0xc09e, 0xc09f, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xc072,
];

/// Suites with elliptic curves for every TLS (RFC 8422): AES, 3DES, RC4.
const SUITES_CURVES: [u16; 8] = [0xc009, 0xc013, 0xc00a, 0xc014, 0xc008, 0xc012, 0xc007, 0xc011];

/// Suites that SSL 3 knows already or that were added without a new version: AES, Camellia, SEED, 3DES, RC4, IDEA, DES and the
/// export suites, with RSA and DHE, and last the signal for secure renegotiation (RFC 5746), without which some servers refuse.
const SUITES_OLD: [u16; 31] = [
    0x0033, 0x0039, 0x0032, 0x0038, 0x002f, 0x0035, 0x0045, 0x0088, 0x0044, 0x0087, 0x0041, 0x0084, 0x009a,
    0x0099, 0x0096, 0x0016, 0x0013, 0x000a, 0x0005, 0x0004, 0x0007, 0x0015, 0x0012, 0x0009, 0x0014, 0x0011,
    0x0008, 0x0006, 0x0003, 0x0062, 0x00ff,
];

/// A public X25519 key: the example of RFC 7748, 6.1. Nothing will be encrypted with it.
const KEY_SHARE: [u8; 32] = [
    0x85, 0x20, 0xf0, 0x09, 0x89, 0x30, 0xa7, 0x54, 0x74, 0x8b, 0x7d, 0xdc, 0xb4, 0x3e, 0xf7, 0x5a, 0x0d,
    0xbf, 0x3a, 0x0d, 0x26, 0x38, 0x1a, 0xf4, 0xeb, 0xa4, 0xa9, 0x8e, 0xaa, 0x9b, 0x4e, 0x6a,
];

/// The record with a ClientHello that offers `version` and no other. `server_name` is for SNI; none for addresses.
pub(super) fn client_hello(version: Version, server_name: Option<&str>) -> Vec<u8> {
    // RFC 8446, 4.1.2 and 5.1: from TLS 1.3 on, the version is in an extension; the other fields look like TLS 1.2's.
    let legacy = version.min(Version::Tls12).number();
    let mut hello = Vec::with_capacity(512);
    number(&mut hello, legacy);
    // The random: nothing here has to be unpredictable, since there is no session.
    hello.extend_from_slice(&KEY_SHARE);
    match version {
        // RFC 8446, D.4: middleboxes expect a session id.
        Version::Tls13 => counted(&mut hello, 1, |out| out.extend_from_slice(&KEY_SHARE)),
        _ => hello.push(0),
    }
    counted(&mut hello, 2, |out| {
        let lists: &[&[u16]] = match version {
            Version::Tls13 => &[&SUITES_13],
            Version::Tls12 => &[&SUITES_12, &SUITES_CURVES, &SUITES_OLD],
            Version::Tls11 | Version::Tls10 => &[&SUITES_CURVES, &SUITES_OLD],
            Version::Ssl3 => &[&SUITES_OLD],
        };
        lists.iter().copied().flatten().for_each(|suite| number(out, *suite));
    });
    // Compression: none.
    hello.extend_from_slice(&[1, 0]);
    if version != Version::Ssl3 {
        counted(&mut hello, 2, |out| extensions(out, version, server_name));
    }

    let mut record = Vec::with_capacity(hello.len() + 9);
    record.push(22);
    // RFC 8446, 5.1: 0x0301 for compatibility.
    number(&mut record, legacy.min(Version::Tls10.number()));
    counted(&mut record, 2, |out| {
        out.push(1);
        counted(out, 3, |out| out.extend_from_slice(&hello));
    });
    record
}

fn extensions(out: &mut Vec<u8>, version: Version, server_name: Option<&str>) {
    if let Some(name) = server_name {
        // RFC 6066, 3
        extension(out, 0, |out| {
            counted(out, 2, |out| {
                out.push(0);
                counted(out, 2, |out| out.extend_from_slice(name.as_bytes()));
            });
        });
    }
    // RFC 8422, 5.1.2: uncompressed, and what others say too
    extension(out, 11, |out| counted(out, 1, |out| out.extend_from_slice(&[0, 1, 2])));
    // RFC 8422, 5.1.1 and RFC 7919: X25519, secp256r1, X448, secp521r1, secp384r1, and the finite fields of 1.3
    let groups: &[u16] = match version {
        Version::Tls13 => &[0x001d, 0x0017, 0x001e, 0x0019, 0x0018, 0x0100, 0x0101, 0x0102],
        _ => &[0x001d, 0x0017, 0x001e, 0x0019, 0x0018, 0x0016, 0x0015, 0x0013],
    };
    extension(out, 10, |out| counted(out, 2, |out| groups.iter().for_each(|group| number(out, *group))));
    if version >= Version::Tls12 {
        // RFC 8446, 4.2.3; RFC 5246, 7.4.1.4.1: ECDSA, EdDSA, PSS, PKCS #1, and down to SHA-1 and DSA
        let schemes = [
            0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401,
            0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0203, 0x0201, 0x0202,
        ];
        extension(out, 13, |out| {
            counted(out, 2, |out| schemes.iter().for_each(|scheme| number(out, *scheme)))
        });
    }
    if version == Version::Tls13 {
        extension(out, 43, |out| counted(out, 1, |out| number(out, version.number())));
        // psk_dhe_ke
        extension(out, 45, |out| counted(out, 1, |out| out.push(1)));
        extension(out, 51, |out| {
            counted(out, 2, |out| {
                number(out, 0x001d);
                counted(out, 2, |out| out.extend_from_slice(&KEY_SHARE));
            });
        });
    }
}

fn extension(out: &mut Vec<u8>, kind: u16, content: impl FnOnce(&mut Vec<u8>)) {
    number(out, kind);
    counted(out, 2, content);
}

fn number(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_be_bytes());
}

/// Content behind its length in so many bytes.
fn counted(out: &mut Vec<u8>, bytes: usize, content: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.resize(at + bytes, 0);
    content(out);
    let length = (out.len() - at - bytes).to_be_bytes();
    out[at..at + bytes].copy_from_slice(&length[length.len() - bytes..]);
}

/// The version that a ServerHello (or HelloRetryRequest, which has its form) chooses, as its number. `message` is
/// the handshake message's content. None if it is not one.
pub(super) fn chosen_version(message: &[u8]) -> Option<u16> {
    let mut rest = message;
    let legacy = take_number(&mut rest)?;
    take(&mut rest, 32)?;
    let session = usize::from(*take(&mut rest, 1)?.first()?);
    if session > 32 {
        return None;
    }
    // The session, the suite and the compression.
    take(&mut rest, session + 3)?;
    if rest.is_empty() {
        return Some(legacy);
    }
    let length = take_number(&mut rest)?;
    let mut extensions = take(&mut rest, usize::from(length))?;
    if !rest.is_empty() {
        return None;
    }
    let mut version = legacy;
    while !extensions.is_empty() {
        let kind = take_number(&mut extensions)?;
        let length = take_number(&mut extensions)?;
        let mut content = take(&mut extensions, usize::from(length))?;
        if kind == 43 {
            version = take_number(&mut content)?;
        }
    }
    Some(version)
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn take_number(rest: &mut &[u8]) -> Option<u16> {
    take(rest, 2)?.try_into().ok().map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// The extensions' types, of a record that is well-formed to the last byte.
    fn kinds(record: &[u8]) -> Vec<u16> {
        let mut rest = record;
        assert_eq!(take(&mut rest, 2), Some(&[22, 3][..]));
        take(&mut rest, 1).unwrap();
        assert_eq!(usize::from(take_number(&mut rest).unwrap()), rest.len());
        assert_eq!(take(&mut rest, 2), Some(&[1, 0][..]));
        assert_eq!(usize::from(take_number(&mut rest).unwrap()), rest.len());
        take(&mut rest, 34).unwrap();
        let session = take(&mut rest, 1).unwrap()[0];
        take(&mut rest, session.into()).unwrap();
        let suites = take_number(&mut rest).unwrap();
        assert_eq!(suites % 2, 0);
        take(&mut rest, suites.into()).unwrap();
        assert_eq!(take(&mut rest, 2), Some(&[1, 0][..]));
        if rest.is_empty() {
            return vec![];
        }
        assert_eq!(usize::from(take_number(&mut rest).unwrap()), rest.len());
        let mut kinds = vec![];
        while !rest.is_empty() {
            kinds.push(take_number(&mut rest).unwrap());
            let length = take_number(&mut rest).unwrap();
            take(&mut rest, length.into()).unwrap();
        }
        kinds
    }

    #[test]
    fn each_hello_is_well_formed_and_has_what_its_version_has() {
        let of = |version| kinds(&client_hello(version, Some("www.example")));
        assert_eq!(of(Version::Ssl3), []);
        assert_eq!(of(Version::Tls10), [0, 11, 10]);
        assert_eq!(of(Version::Tls11), [0, 11, 10]);
        assert_eq!(of(Version::Tls12), [0, 11, 10, 13]);
        assert_eq!(of(Version::Tls13), [0, 11, 10, 13, 43, 45, 51]);
        assert_eq!(kinds(&client_hello(Version::Tls12, None)), [11, 10, 13], "addresses are not told");
        let record = client_hello(Version::Tls11, None);
        assert_eq!((&record[1..3], &record[9..11]), (&[3, 1][..], &[3, 2][..]));
    }

    #[test]
    fn a_server_hello_is_read_to_its_end() {
        let hello = [&[3, 3][..], &[9; 32], &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]].concat();
        assert_eq!(chosen_version(&hello), Some(0x0304));
        for length in (0..hello.len()).filter(|length| *length != 38) {
            assert_eq!(chosen_version(&hello[..length]), None, "{length}");
        }
        // Before extensions there were, that is all.
        assert_eq!(chosen_version(&hello[..38]), Some(0x0303));
        assert_eq!(chosen_version(&[&hello[..], &[0]].concat()), None);
    }
}

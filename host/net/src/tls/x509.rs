//! [`X509`]: the fields of a certificate (RFC 5280, 4.1), read where they stand.
//!
//! Only what evidence and verdicts need is looked at, and only its form: devices have certificates of version 1, without
//! names, with extensions of their own, and all that is to be shown. Whether one is any good is webpki's to say.

use super::Certificate;
use super::name::{distinguished_name, general_names};
use super::oid::{curve, key_algorithm, signature_algorithm};
use crate::{Code, Error};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use der::asn1::{AnyRef, GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{Decode as _, Reader as _, SliceReader, Tag, TagNumber};

/// A certificate's fields; slices of its DER.
pub(super) struct X509<'a> {
    serial: &'a [u8],
    signature: AnyRef<'a>,
    issuer: AnyRef<'a>,
    /// Seconds since the Unix epoch.
    pub(super) not_before: u64,
    /// Seconds since the Unix epoch.
    pub(super) not_after: u64,
    subject: AnyRef<'a>,
    /// SubjectPublicKeyInfo, with its tag.
    pub(super) key_info: &'a [u8],
    subject_alternative_name: Option<&'a [u8]>,
}

impl<'a> X509<'a> {
    /// Reads a certificate. None if its form is broken before the fields are through.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        Self::fields(der).ok()
    }

    fn fields(der: &'a [u8]) -> der::Result<Self> {
        let mut certificate = sequence(AnyRef::from_der(der)?)?;
        let mut fields = sequence(certificate.decode()?)?;
        if fields.peek_byte() == Some(0xa0) {
            // The version.
            fields.decode::<AnyRef<'_>>()?;
        }
        let serial = fields.decode::<AnyRef<'_>>()?;
        if serial.header().tag() != Tag::Integer {
            return Err(Tag::Integer.value_error().into());
        }
        let signature = fields.decode()?;
        let issuer = fields.decode()?;
        let mut validity = sequence(fields.decode()?)?;
        let not_before = time(validity.decode()?)?;
        let not_after = time(validity.decode()?)?;
        let subject = fields.decode()?;
        let key_info = fields.tlv_bytes()?;
        let mut subject_alternative_name = None;
        while !fields.is_finished() {
            let field = fields.decode::<AnyRef<'_>>()?;
            if is_context(field, 3) {
                subject_alternative_name = find_extension(field, "2.5.29.17").unwrap_or_default();
            }
        }
        Ok(Self {
            serial: serial.value(),
            signature,
            issuer,
            not_before,
            not_after,
            subject,
            key_info,
            subject_alternative_name,
        })
    }

    /// Whether it names itself as its issuer.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether that is the certificate that issued this one, as far as names tell.
    pub(super) fn is_issued_by(&self, other: &Self) -> bool {
        self.issuer == other.subject
    }

    /// The issuer's name, in the form of RFC 4514.
    pub(super) fn issuer(&self) -> String {
        distinguished_name(self.issuer)
    }

    /// The hosts and other names that it is for.
    pub(super) fn subject_alternative_names(&self) -> Vec<String> {
        self.subject_alternative_name.map(general_names).unwrap_or_default()
    }

    /// The algorithm that it is signed with: `SHA256-RSA`.
    pub(super) fn signature_algorithm(&self) -> String {
        algorithm(self.signature)
            .map_or_else(|_| "unknown".into(), |(id, parameters)| signature_algorithm(id, parameters))
    }

    /// The key's algorithm, and how long it is where that is not in the name: (`RSA`, 2048).
    pub(super) fn key(&self) -> (String, Option<usize>) {
        self.try_key().unwrap_or_else(|_| ("unknown".into(), None))
    }

    fn try_key(&self) -> der::Result<(String, Option<usize>)> {
        let mut info = sequence(AnyRef::from_der(self.key_info)?)?;
        let (id, parameters) = algorithm(info.decode()?)?;
        let key = info.decode::<AnyRef<'_>>()?;
        let name = key_algorithm(id);
        let length = match &*name {
            "RSA" | "RSA-PSS" => {
                // RFC 8017, A.1.1, behind the bit string's count of unused bits
                let mut numbers = sequence(AnyRef::from_der(key.value().get(1..).unwrap_or_default())?)?;
                Some(bits(numbers.decode()?))
            }
            "DSA" => match parameters {
                Some(parameters) => Some(bits(sequence(parameters)?.decode()?)),
                None => None,
            },
            "ECDSA" => {
                let curve = parameters
                    .and_then(|id| id.decode_as().ok())
                    .map_or_else(|| "with a curve of its own".into(), curve);
                return Ok((format!("{name} {curve}"), None));
            }
            _ => None,
        };
        Ok((name, length))
    }

    /// The RSA key's length, if it is an RSA key.
    pub(super) fn rsa_bits(&self) -> Option<usize> {
        match self.key() {
            (name, bits) if name.starts_with("RSA") => bits,
            _ => None,
        }
    }
}

impl Certificate {
    /// Reads a certificate from its DER.
    ///
    /// # Errors
    ///
    /// [`Code::Invalid`] if that is not one. It need not be a good one: expired, weak and odd ones are read as well.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let fields = X509::read(der)
            .ok_or_else(|| Error::new(Code::Invalid, "this can't be read as an X.509 certificate"))?;
        Ok(Self::of(&fields, der))
    }

    pub(super) fn of(fields: &X509<'_>, der: &[u8]) -> Self {
        Self {
            subject: distinguished_name(fields.subject),
            issuer: fields.issuer(),
            not_before: fields.not_before.try_into().unwrap_or(i64::MAX),
            not_after: fields.not_after.try_into().unwrap_or(i64::MAX),
            subject_alternative_names: fields.subject_alternative_names(),
            serial: hexadecimal(match fields.serial {
                // The zero that says that it is not negative.
                [0, rest @ ..] if !rest.is_empty() => rest,
                serial => serial,
            }),
            sha256: hexadecimal(ring::digest::digest(&ring::digest::SHA256, der).as_ref()),
            key: match fields.key() {
                (name, Some(bits)) => format!("{name} {bits}"),
                (name, None) => name,
            },
            signature_algorithm: fields.signature_algorithm(),
        }
    }
}

/// Lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// What is in a sequence.
pub(super) fn sequence(value: AnyRef<'_>) -> der::Result<SliceReader<'_>> {
    match value.header().tag() {
        Tag::Sequence => SliceReader::new(value.value()),
        tag => Err(tag.value_error().into()),
    }
}

/// Whether that is the field with this context-specific tag.
pub(super) fn is_context(value: AnyRef<'_>, number: u32) -> bool {
    matches!(value.header().tag(), Tag::ContextSpecific { number: found, .. } if found == TagNumber(number))
}

/// An AlgorithmIdentifier's parts.
pub(super) fn algorithm(value: AnyRef<'_>) -> der::Result<(ObjectIdentifier, Option<AnyRef<'_>>)> {
    let mut parts = sequence(value)?;
    let id = parts.decode()?;
    Ok((id, if parts.is_finished() { None } else { Some(parts.decode()?) }))
}

fn time(value: AnyRef<'_>) -> der::Result<u64> {
    Ok(match value.header().tag() {
        Tag::UtcTime => value.decode_as::<UtcTime>()?.to_unix_duration(),
        _ => value.decode_as::<GeneralizedTime>()?.to_unix_duration(),
    }
    .as_secs())
}

fn find_extension<'a>(field: AnyRef<'a>, id: &str) -> der::Result<Option<&'a [u8]>> {
    let mut extensions = sequence(AnyRef::from_der(field.value())?)?;
    while !extensions.is_finished() {
        let mut extension = sequence(extensions.decode()?)?;
        let is_it = extension.decode::<ObjectIdentifier>()?.to_string() == id;
        let mut value = extension.decode::<AnyRef<'_>>()?;
        if value.header().tag() == Tag::Boolean {
            // Critical.
            value = extension.decode()?;
        }
        if is_it {
            return Ok(Some(value.value()));
        }
    }
    Ok(None)
}

/// How many bits a positive number has.
fn bits(number: AnyRef<'_>) -> usize {
    let mut bytes = number.value();
    while let [0, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

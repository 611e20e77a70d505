//! [`Template`]: the text of an `x-capability` annotation, and the one capability that it makes of a value.
//!
//! Values are never pasted into text that is parsed afterwards: a path is taken as it stands or escaped, a host is
//! read as one host and a port as one port. A value therefore cannot widen what the annotation says.

use quoin_engine::capability::{Capability, CapabilityError, Literal, LiteralPath, PortSet, escape};
use serde_json::Value;
use std::fmt;

/// A capability with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    text: String,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `fs:read:{x}`: exactly the path that the value names.
    Path { write: bool, hole: String },
    /// `fs`, `exec` and `env`: the kind, the access and the pattern.
    Pattern { kind: &'static str, access: &'static str, pattern: Vec<Piece> },
    /// `network:outbound:{x}`: one URL or `host:port`.
    Destination(String),
    /// `network:outbound:<host>:<ports>`.
    Connect { host: Vec<Piece>, ports: Vec<Piece> },
    /// Without holes.
    Fixed(Capability),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Hole(String),
}

/// What a template makes of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derived {
    /// A path, as the operator's own word.
    Literal(Literal),
    /// A capability.
    Capability(Capability),
}

/// Why an annotation or a value in it grants nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TemplateError {
    /// It would not be a capability whatever the value.
    Capability(CapabilityError),
    /// Braces that hold no property's name, or holes where none can be.
    Holes,
    /// The value is neither text nor a whole number.
    NotText,
    /// The value is no single port.
    NotPort(String),
}

impl From<CapabilityError> for TemplateError {
    fn from(error: CapabilityError) -> Self {
        Self::Capability(error)
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capability(error) => error.fmt(f),
            Self::Holes => {
                f.write_str("expected property names in braces, as in `fs:read:{value}` or `network:outbound:{host}:{port}`")
            }
            Self::NotText => f.write_str("expected text or a whole number"),
            Self::NotPort(text) => write!(f, "expected one port from 1 to 65535, found `{}`", text.escape_debug()),
        }
    }
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let holes = |text| pieces(text).ok_or(TemplateError::Holes);
        let (kind, pattern) = text.split_once(':').unwrap_or((text, ""));
        let (access, rest) = pattern.split_once(':').unwrap_or((pattern, ""));
        let form = match (kind, access) {
            _ if !text.contains('{') => Form::Fixed(text.parse()?),
            ("fs", "read" | "write") => match &holes(rest)?[..] {
                [Piece::Hole(hole)] => Form::Path { write: access == "write", hole: hole.clone() },
                pattern => Form::Pattern {
                    kind: "fs",
                    access: if access == "write" { "write:" } else { "read:" },
                    pattern: pattern.into(),
                },
            },
            ("exec", _) => Form::Pattern { kind: "exec", access: "", pattern: holes(pattern)? },
            ("env", _) => Form::Pattern { kind: "env", access: "", pattern: holes(pattern)? },
            ("network", "outbound") => network(&holes(rest)?)?,
            // The engine knows what is wrong with it.
            _ => Form::Fixed(text.parse()?),
        };
        Ok(Self { text: text.into(), form })
    }

    /// The capability for the values that `lookup` finds by name; none where one is missing.
    pub(super) fn derive<'v>(
        &self,
        lookup: impl Fn(&str) -> Option<&'v Value>,
    ) -> Result<Option<Derived>, TemplateError> {
        let fill = |pieces: &[Piece], wrap: fn(&str) -> String| {
            let mut filled = String::new();
            for piece in pieces {
                match piece {
                    Piece::Text(text) => filled.push_str(text),
                    Piece::Hole(name) => match lookup(name).map(text).transpose()?.flatten() {
                        Some(value) => filled.push_str(&wrap(&value)),
                        None => return Ok(None),
                    },
                }
            }
            Ok::<_, TemplateError>(Some(filled))
        };
        let hole = |name: &String| fill(&[Piece::Hole(name.clone())], str::to_owned);
        let capability = match &self.form {
            Form::Fixed(capability) => Some(capability.clone()),
            Form::Path { write, hole: name } => {
                let Some(path) = hole(name)? else { return Ok(None) };
                return Ok(Some(Derived::Literal(Literal { path: LiteralPath::new(&path)?, write: *write })));
            }
            Form::Pattern { kind: "env", pattern, .. } => match fill(pattern, str::to_owned)? {
                Some(name) => Some(Capability::variable(&name)?),
                None => None,
            },
            Form::Pattern { kind, access, pattern } => match fill(pattern, escape)? {
                Some(pattern) => Some(Capability::parse(kind, &format!("{access}{pattern}"))?),
                None => None,
            },
            Form::Destination(name) => match hole(name)? {
                Some(destination) => Some(Capability::destination(&destination)?),
                None => None,
            },
            Form::Connect { host, ports } => {
                match (fill(host, str::to_owned)?, fill(ports, str::to_owned)?) {
                    (Some(host), Some(filled)) => Some(connect(&host, ports, &filled)?),
                    _ => None,
                }
            }
        };
        Ok(capability.map(Derived::Capability))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The forms that a host and its ports take. Wildcards in an annotation's host are refused: what they match would
/// depend on a value.
fn network(rest: &[Piece]) -> Result<Form, TemplateError> {
    if let [Piece::Hole(name)] = rest {
        return Ok(Form::Destination(name.clone()));
    }
    // The last colon in the annotation's own text stands between host and ports.
    let colon = rest.iter().enumerate().rev().find_map(|(index, piece)| match piece {
        Piece::Text(text) => text.rfind(':').map(|colon| (index, colon, text)),
        Piece::Hole(_) => None,
    });
    let Some((index, colon, text)) = colon else {
        return Err(TemplateError::Holes);
    };
    let part = |before: &[Piece], text: &str, after: &[Piece]| {
        let text = (!text.is_empty()).then(|| Piece::Text(text.into()));
        [before, text.as_slice(), after].concat()
    };
    let host = part(&rest[..index], &text[..colon], &[]);
    let ports = part(&[], &text[colon + 1..], &rest[index + 1..]);
    if let [Piece::Text(ports)] = &ports[..] {
        ports.parse::<PortSet>()?;
    }
    let url = matches!(ports.first(), Some(Piece::Text(text)) if text.starts_with("//"));
    if url || host.is_empty() || ports.is_empty() {
        Err(TemplateError::Holes)
    } else {
        Ok(Form::Connect { host, ports })
    }
}

/// A host on ports that are the annotation's own words, a list perhaps, or a value, which is one port.
fn connect(host: &str, ports: &[Piece], filled: &str) -> Result<Capability, TemplateError> {
    if let [Piece::Text(_)] = ports {
        // `9.9.9.9:5353` where the annotation says port 53: a value that brings its own port is still one
        // destination.
        return Ok(Capability::connect(host, filled.parse()?)
            .or_else(|error| Capability::destination(host).map_err(|_| error))?);
    }
    let one = filled.bytes().all(|b| b.is_ascii_digit());
    match filled.parse::<u16>() {
        Ok(port) if one && port != 0 => Ok(Capability::connect(host, PortSet::one(port))?),
        _ => Err(TemplateError::NotPort(filled.into())),
    }
}

/// A value as text; nothing for one that is null or empty.
fn text(value: &Value) -> Result<Option<String>, TemplateError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Number(number) if number.is_u64() => Ok(Some(number.to_string())),
        _ => Err(TemplateError::NotText),
    }
}

fn pieces(mut text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = text.split_once('{') {
        let (name, behind) = rest.split_once('}')?;
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))
        {
            return None;
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        pieces.push(Piece::Hole(name.into()));
        text = behind;
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    Some(pieces)
}

//! [`Pattern`]: one glob without braces, in its canonical form, and the parser that gets there.
//!
//! A grant must not depend on corners of a library's syntax: in `globset`, for one, a class such as `[!a]` or `[+-9]`
//! matches a `/`, and `?` and `[ä]` mean bytes.

use super::ascii::AsciiSet;
use super::error::Problem;
use alloc::{vec, vec::Vec};
use core::fmt;
use core::iter::Peekable;
use core::str::Chars;

/// Wildcards in one pattern.
pub(super) const MAX_WILDCARDS: usize = 64;
/// Patterns that the braces of one pattern may stand for.
pub(super) const MAX_ALTERNATIVES: usize = 64;
/// Braces within braces.
pub(super) const MAX_NESTING: usize = 8;

/// One element of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Token {
    /// This very character.
    Literal(char),
    /// One ASCII character of these.
    One(AsciiSet),
    /// Anything without a `/`, also nothing.
    Star,
}

/// What stands between two `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Component {
    /// `**`: any number of names, also none.
    Any,
    /// One name.
    Name(Vec<Token>),
}

/// A glob without braces: no empty components, no `.`, no `..`, no `**` behind a `**`, no `*` behind a `*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// Starts with `/` or `**`; else it is one bare word.
    pub(super) absolute: bool,
    /// From the root down.
    pub(super) components: Vec<Component>,
}

impl Pattern {
    /// Whether it is more than a path, or a path and everything below.
    pub(super) fn is_complex(&self) -> bool {
        let names = match &self.components[..] {
            [names @ .., Component::Any] | names => names,
        };
        names.iter().any(|component| match component {
            Component::Any => true,
            Component::Name(tokens) => tokens.iter().any(|token| !matches!(token, Token::Literal(_))),
        })
    }

    /// Whether it stands for one path or word only.
    pub(super) fn is_literal(&self) -> bool {
        !self.is_complex() && self.components.last() != Some(&Component::Any)
    }

    fn new(pieces: &[Piece]) -> Result<Self, Problem> {
        let mut components = Vec::new();
        let mut wildcards = 0;
        let any = |name: &[Piece]| name.len() > 1 && name.iter().all(|piece| *piece == Piece::Star);
        let first = pieces.split(|piece| *piece == Piece::Slash).next().unwrap_or_default();
        let absolute = pieces.first() == Some(&Piece::Slash) || any(first);
        if !absolute && pieces.contains(&Piece::Slash) {
            return Err(Problem::NotAbsolute);
        }
        for name in pieces.split(|piece| *piece == Piece::Slash) {
            if any(name) {
                if components.last() != Some(&Component::Any) {
                    components.push(Component::Any);
                    wildcards += 1;
                }
                continue;
            }
            let mut tokens: Vec<Token> = Vec::with_capacity(name.len());
            for piece in name {
                tokens.push(match piece {
                    Piece::Literal(c) => Token::Literal(*c),
                    Piece::One(set) => Token::One(*set),
                    Piece::Star if tokens.last() == Some(&Token::Star) => continue,
                    // A slash cannot be in here and braces have been expanded.
                    _ => Token::Star,
                });
            }
            wildcards += tokens.iter().filter(|token| !matches!(token, Token::Literal(_))).count();
            match tokens[..] {
                [] | [Token::Literal('.')] => {}
                [Token::Literal('.'), Token::Literal('.')] => return Err(Problem::ParentDirectory),
                _ => components.push(Component::Name(tokens)),
            }
        }
        if wildcards > MAX_WILDCARDS {
            return Err(Problem::TooComplex);
        }
        Ok(Self { absolute, components })
    }
}

/// The canonical text, which parses back to the same pattern.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.components.is_empty() {
            return f.write_str("/");
        }
        for (index, component) in self.components.iter().enumerate() {
            match component {
                Component::Any => f.write_str(if index == 0 { "**" } else { "/**" })?,
                Component::Name(tokens) => {
                    if self.absolute {
                        f.write_str("/")?;
                    }
                    for token in tokens {
                        match token {
                            Token::Literal(c) => write_literal(f, *c)?,
                            Token::One(set) => set.fmt(f)?,
                            Token::Star => f.write_str("*")?,
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Writes a character so that it stands for itself, also within a list or braces.
pub(super) fn write_literal(f: &mut impl fmt::Write, c: char) -> fmt::Result {
    if matches!(c, '*' | '?' | '[' | '{' | '}' | ',' | '\\') {
        f.write_char('\\')?;
    }
    f.write_char(c)
}

/// Reads a glob and writes its braces out, into at least one pattern, sorted and each once.
pub(super) fn parse(text: &str) -> Result<Vec<Pattern>, Problem> {
    let pieces = pieces(text)?;
    let mut rest = &pieces[..];
    let flat = expand(&mut rest, 0)?;
    finish(flat)
}

/// Reads a list of globs, `a,b`, into all of their patterns, sorted and each once.
pub(super) fn parse_list(text: &str) -> Result<Vec<Pattern>, Problem> {
    let pieces = pieces(text)?;
    let mut rest = &pieces[..];
    let mut flat = Vec::new();
    loop {
        // At the top a comma ends an item here, as it ends an alternative within braces.
        let item = expand(&mut rest, LIST)?;
        if item.iter().any(Vec::is_empty) {
            return Err(Problem::Command);
        }
        flat.extend(item);
        match rest.split_first() {
            Some((_, behind)) => rest = behind,
            None => return finish(flat),
        }
    }
}

fn finish(flat: Vec<Vec<Piece>>) -> Result<Vec<Pattern>, Problem> {
    let mut patterns = flat.iter().map(|pieces| Pattern::new(pieces)).collect::<Result<Vec<_>, _>>()?;
    patterns.sort_unstable();
    patterns.dedup();
    if patterns.len() > MAX_ALTERNATIVES { Err(Problem::TooComplex) } else { Ok(patterns) }
}

/// What the text consists of, before braces are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Literal(char),
    One(AsciiSet),
    Star,
    Slash,
    Open,
    Comma,
    Close,
}

fn pieces(text: &str) -> Result<Vec<Piece>, Problem> {
    let mut chars = text.chars().peekable();
    let mut pieces = Vec::with_capacity(text.len());
    while let Some(c) = chars.next() {
        pieces.push(match c {
            '\0' => return Err(Problem::Glob("a path may not contain a NUL")),
            '*' => Piece::Star,
            '?' => Piece::One(AsciiSet::ANY),
            '/' => Piece::Slash,
            '{' => Piece::Open,
            ',' => Piece::Comma,
            '}' => Piece::Close,
            '[' => class(&mut chars)?,
            '\\' => match chars.next() {
                Some('/') => Piece::Slash,
                Some('\0') => return Err(Problem::Glob("a path may not contain a NUL")),
                Some(c) => Piece::Literal(c),
                None => return Err(Problem::Glob("a `\\` at the end escapes nothing; write `\\\\`")),
            },
            c => Piece::Literal(c),
        });
    }
    Ok(pieces)
}

/// Reads a class behind its `[`.
fn class(chars: &mut Peekable<Chars<'_>>) -> Result<Piece, Problem> {
    const OPEN: Problem = Problem::Glob("a `[` has no `]`; write `\\[` for the character itself");
    let negated = chars.next_if(|c| matches!(c, '!' | '^')).is_some();
    let mut set = AsciiSet::EMPTY;
    let mut first = true;
    loop {
        let low = match chars.next().ok_or(OPEN)? {
            ']' if !first => break,
            '\\' => chars.next().ok_or(OPEN)?,
            c => c,
        };
        first = false;
        // A `-` is a range unless it is the last character.
        let mut ahead = chars.clone();
        let high = if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
            chars.next();
            match chars.next().ok_or(OPEN)? {
                '\\' => chars.next().ok_or(OPEN)?,
                c => c,
            }
        } else {
            low
        };
        if !low.is_ascii() || !high.is_ascii() {
            return Err(Problem::Glob("a class holds ASCII characters only; write others as `{ä,ö}`"));
        }
        if low == '/' || high == '/' {
            return Err(Problem::Glob("a class never matches `/`"));
        }
        if low > high {
            return Err(Problem::Glob("a range in a class runs backwards"));
        }
        set = set.with(low, high);
    }
    let set = if negated { set.complement() } else { set };
    match set.only() {
        _ if set == AsciiSet::EMPTY => Err(Problem::Glob("a class matches nothing")),
        Some(c) => Ok(Piece::Literal(c)),
        None => Ok(Piece::One(set)),
    }
}

/// The depth at which a comma between items of a list ends one.
const LIST: usize = usize::MAX;

/// Writes out all braces up to the end, or to the comma or brace that ends an alternative, which is left.
fn expand(rest: &mut &[Piece], depth: usize) -> Result<Vec<Vec<Piece>>, Problem> {
    const UNOPENED: Problem = Problem::Glob("a `}` has no `{`; write `\\}` for the character itself");
    const UNCLOSED: Problem = Problem::Glob("a `{` has no `}`; write `\\{` for the character itself");
    let mut flat: Vec<Vec<Piece>> = vec![Vec::new()];
    while let Some((piece, behind)) = rest.split_first() {
        let piece = match piece {
            Piece::Comma if depth > 0 => return Ok(flat),
            Piece::Close if depth == 0 || depth == LIST => return Err(UNOPENED),
            Piece::Close => return Ok(flat),
            Piece::Comma => Piece::Literal(','),
            piece => *piece,
        };
        *rest = behind;
        if piece != Piece::Open {
            flat.iter_mut().for_each(|pieces| pieces.push(piece));
            continue;
        }
        let inside = if depth == LIST { 1 } else { depth + 1 };
        if inside > MAX_NESTING {
            return Err(Problem::TooComplex);
        }
        let mut alternatives = Vec::new();
        loop {
            alternatives.extend(expand(rest, inside)?);
            match rest.split_first() {
                Some((end, behind)) => {
                    *rest = behind;
                    if *end == Piece::Close {
                        break;
                    }
                }
                None => return Err(UNCLOSED),
            }
        }
        let size = flat.iter().map(Vec::len).sum::<usize>() * alternatives.len()
            + alternatives.iter().map(Vec::len).sum::<usize>() * flat.len();
        if flat.len() * alternatives.len() > MAX_ALTERNATIVES || size > super::MAX_BYTES {
            return Err(Problem::TooComplex);
        }
        flat = flat
            .iter()
            .flat_map(|before| {
                alternatives.iter().map(|alternative| [&before[..], &alternative[..]].concat())
            })
            .collect();
    }
    Ok(flat)
}

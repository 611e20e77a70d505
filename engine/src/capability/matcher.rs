//! [`Pattern::matches`]: whether a path is one of those that a pattern stands for.

use super::glob::{Component, Pattern, Token};

/// Whether a path is absolute with nothing left to resolve in its text.
///
/// The engine resolves before it asks; this makes sure that a path which was not resolved is never granted.
pub(super) fn is_resolved(path: &str) -> bool {
    path == "/"
        || path.strip_prefix('/').is_some_and(|rest| {
            !path.contains('\0') && rest.split('/').all(|name| !matches!(name, "" | "." | ".."))
        })
}

impl Pattern {
    /// Whether it stands for a path, which has to be resolved; a bare word stands for what is in `/` by that name.
    pub(super) fn matches(&self, path: &str) -> bool {
        let Some(names) = path.strip_prefix('/').filter(|_| is_resolved(path)) else { return false };
        let is_any = |component: &Component| *component == Component::Any;
        matches(&self.components, names, is_any, |component, names| {
            let (name, behind) = names.split_once('/').unwrap_or((names, ""));
            let fits = match component {
                Some(Component::Name(tokens)) => is_name(tokens, name),
                _ => true,
            };
            (!names.is_empty() && fits).then_some(behind)
        })
    }
}

fn is_name(tokens: &[Token], name: &str) -> bool {
    let is_any = |token: &Token| *token == Token::Star;
    matches(tokens, name, is_any, |token, text| {
        let mut chars = text.chars();
        let c = chars.next()?;
        let fits = match token {
            Some(Token::Literal(own)) => c == *own,
            Some(Token::One(set)) => u8::try_from(c).is_ok_and(|c| set.contains(c)),
            _ => true,
        };
        fits.then_some(chars.as_str())
    })
}

/// Whether elements match a text to its end. `is_any` tells which of them stand for any number of the text's pieces,
/// also none; `take` answers what is behind the first piece, if there is one and the element (or any) matches it.
///
/// Only the last of those that stand for any number is ever given one more piece: what an earlier one could take, that
/// one can take as well. So it takes no more steps than the product of both lengths, whatever a plugin declares.
fn matches<'t, E>(
    mut elements: &[E],
    mut text: &'t str,
    is_any: impl Fn(&E) -> bool,
    take: impl Fn(Option<&E>, &'t str) -> Option<&'t str>,
) -> bool {
    let mut behind_any = None;
    loop {
        let next = match elements.split_first() {
            None if text.is_empty() => return true,
            None => None,
            Some((first, rest)) if is_any(first) => {
                behind_any = Some((rest, text));
                behind_any
            }
            Some((first, rest)) => take(Some(first), text).map(|text| (rest, text)),
        };
        if next.is_none() {
            behind_any = behind_any.and_then(|(rest, text)| Some((rest, take(None, text)?)));
        }
        match next.or(behind_any) {
            Some(next) => (elements, text) = next,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_SET_BYTES, PathGlob};
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn the_worst_pattern_is_soon_done() {
        // Each `*` almost matches at each place of the longest path that Linux knows.
        let worst = PathGlob::parse(&format!("/{}b", "*aaaaaaaaaaaaaaaaaaaaaaaaaaaaa".repeat(63))).unwrap();
        let deep = PathGlob::parse(&format!("{}/b", "/**/a/a/a".repeat(64))).unwrap();
        assert!(worst.to_string().len() + deep.to_string().len() < MAX_SET_BYTES);
        let start = std::time::Instant::now();
        assert!(!worst.matches(&format!("/{}", "a".repeat(4_094))));
        assert!(!deep.matches(&"/a".repeat(2_047)));
        assert!(start.elapsed() < std::time::Duration::from_secs(1), "{:?}", start.elapsed());
    }
}

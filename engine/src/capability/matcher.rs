//! [`PathMatcher`]: many patterns compiled into one `globset`.

use super::glob::Pattern;

#[cfg(feature = "std")]
pub(super) use compiled::PathMatcher;

/// Whether a path is absolute with nothing left to resolve in its text.
///
/// The engine resolves before it asks; this makes sure that a path which was not resolved is never granted.
pub(super) fn is_resolved(path: &str) -> bool {
    path == "/"
        || path.strip_prefix('/').is_some_and(|rest| {
            !path.contains('\0') && rest.split('/').all(|name| !matches!(name, "" | "." | ".."))
        })
}

#[cfg(feature = "std")]
mod compiled {
    use super::super::ascii::AsciiSet;
    use super::super::error::Problem;
    use super::super::glob::{Component, Token};
    use super::{Pattern, is_resolved};
    use alloc::string::String;
    use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

    /// Says whether any of its patterns matches a path.
    #[derive(Debug, Clone, Default)]
    pub(in super::super) struct PathMatcher {
        /// `/` itself is matched. Kept apart, because a `*` that matches nothing would make `/*` match it.
        root: bool,
        globs: GlobSet,
    }

    impl PathMatcher {
        pub(in super::super) fn new<'a>(
            patterns: impl Iterator<Item = &'a Pattern>,
        ) -> Result<Self, Problem> {
            let mut root = false;
            let mut globs = GlobSetBuilder::new();
            let mut add = |components: &[Component]| {
                let glob = GlobBuilder::new(&text(components))
                    .literal_separator(true)
                    .backslash_escape(true)
                    .build()
                    .map_err(|_| Problem::NotCompiled)?;
                globs.add(glob);
                Ok(())
            };
            for pattern in patterns {
                match &pattern.components[..] {
                    [] => root = true,
                    [Component::Any] => {
                        root = true;
                        add(&pattern.components)?;
                    }
                    [parent @ .., Component::Any] => {
                        add(parent)?;
                        add(&pattern.components)?;
                    }
                    components => add(components)?,
                }
            }
            Ok(Self { root, globs: globs.build().map_err(|_| Problem::NotCompiled)? })
        }

        pub(in super::super) fn is_match(&self, path: &str) -> bool {
            is_resolved(path) && if path == "/" { self.root } else { self.globs.is_match(path) }
        }
    }

    /// The pattern in the words of `globset`.
    fn text(components: &[Component]) -> String {
        let mut text = String::new();
        for (index, component) in components.iter().enumerate() {
            match component {
                Component::Any if index == 0 => text.push_str("**"),
                Component::Any => text.push_str("/**"),
                Component::Name(tokens) => {
                    text.push('/');
                    for token in tokens {
                        match token {
                            Token::Literal(c) => literal(&mut text, *c),
                            Token::One(set) => one(&mut text, *set),
                            Token::Star => text.push('*'),
                        }
                    }
                }
            }
        }
        text
    }

    fn literal(text: &mut String, c: char) {
        if c.is_ascii_punctuation() && c != '/' {
            text.push('\\');
        }
        text.push(c);
    }

    /// A set as alternatives of plain ranges and escaped characters, because a class of `globset` has no escapes.
    fn one(text: &mut String, set: AsciiSet) {
        const SPECIAL: [char; 6] = [']', '[', '\\', '-', '!', '^'];
        let plain =
            SPECIAL.iter().fold(set.complement(), |set, special| set.with(*special, *special)).complement();
        text.push('{');
        let mut comma = "";
        for (low, high) in plain.runs() {
            text.push_str(comma);
            comma = ",";
            text.push('[');
            text.extend([low, '-', high]);
            text.push(']');
        }
        for special in SPECIAL.into_iter().filter(|c| set.contains(*c as u8)) {
            text.push_str(comma);
            comma = ",";
            literal(text, special);
        }
        text.push('}');
    }
}

/// Without the standard library there is no `globset`: nothing matches.
#[cfg(not(feature = "std"))]
#[derive(Debug, Clone, Default)]
pub(super) struct PathMatcher;

#[cfg(not(feature = "std"))]
impl PathMatcher {
    pub(super) fn new<'a>(
        _patterns: impl Iterator<Item = &'a Pattern>,
    ) -> Result<Self, super::error::Problem> {
        Ok(Self)
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        let _ = is_resolved(path);
        false
    }
}

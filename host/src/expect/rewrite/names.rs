//! Names: functions, variables, and paths into the evidence.

use super::{Holds, Rewriter, TESTS, fail, quote};
use crate::expect::ExpectError;
use crate::expect::functions::{LET, names};
use crate::expect::lexer::{Kind, Token};
use crate::expect::path::{Key, Path, ROOTS, Step};
use crate::nearest::nearest;

/// The words that may be called on a value.
const METHODS: [&str; 3] = ["contains", "startsWith", "endsWith"];

impl Rewriter<'_> {
    pub(super) fn name(&mut self, name: &str, token: &Token) -> Result<(), ExpectError> {
        match name {
            "and" | "or" if self.after_value => {
                self.settle();
                self.operator(name, token);
                self.begin_operand();
            }
            "not" if self.after_value => self.not(token)?,
            _ if self.after_value && TESTS.contains(&name) => {
                self.settle();
                self.test(name, token)?;
            }
            "if" => self.push(Holds::Condition, name, "", token)?,
            "not" | "else" => self.operator(name, token),
            "let" => self.assign(token)?,
            "true" | "false" | "nil" => self.value(name, token)?,
            _ if self.is_open_next('(') => {
                if !names().any(|known| known == name) {
                    let advice = nearest(name, names()).map(|near| format!("; did you mean `{near}`?"));
                    return fail(
                        token,
                        format!("there is no function `{name}`{}", advice.unwrap_or_default()),
                    );
                }
                self.value(name, token)?;
            }
            _ if self.is_key() => self.value(quote(name), token)?,
            _ if self.variables.iter().any(|variable| variable == name) => self.value(name, token)?,
            _ if ROOTS.contains(&name) => self.path(name, token)?,
            // Inside a predicate, a name may be a field of the item.
            _ if self.predicates > 0 => self.value(name, token)?,
            _ => {
                let advice = match nearest(name, ROOTS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("an expectation sees {}; text goes in quotes", ROOTS.join(", ")),
                };
                return fail(token, format!("unknown name `{name}`: {advice}"));
            }
        }
        Ok(())
    }

    fn is_key(&self) -> bool {
        let in_map = self.levels.last().is_some_and(|level| level.holds == Holds::Map && level.choices == 0);
        in_map && self.is_next(0, ":") && !self.after_value
    }

    pub(super) fn assign(&mut self, token: &Token) -> Result<(), ExpectError> {
        let name = match self.peek(0) {
            Some(Kind::Name(name)) if self.is_next(1, "=") => name.clone(),
            _ => return fail(token, "write it as `let name = value; …`"),
        };
        if ROOTS.contains(&name.as_str()) || name.starts_with('#') || names().any(|known| known == name) {
            return fail(token, format!("`{name}` has a meaning already; give the variable another name"));
        }
        self.next += 2;
        self.operator(format!("let {name} = {LET}("), token);
        self.begin();
        self.variables.push(name);
        if let Some(level) = self.levels.last_mut() {
            level.assigns = true;
        }
        Ok(())
    }

    /// A path into the evidence, as far as its steps are written out.
    fn path(&mut self, root: &str, token: &Token) -> Result<(), ExpectError> {
        let mut steps = Vec::new();
        loop {
            let optional = self.is_next(0, "?.");
            let dot = optional || self.is_next(0, ".");
            let step = match (self.peek(usize::from(dot)), dot) {
                (Some(Kind::Name(name)), true) if self.peek(2) != Some(&Kind::Open('(')) => {
                    Some((Key::Field(name.clone()), 2))
                }
                (Some(Kind::Open('[')), _) if !dot || optional => self.index(usize::from(dot) + 1),
                _ => None,
            };
            let Some((key, taken)) = step else { break };
            steps.push(Step { key, optional });
            self.next += taken;
        }
        let path = Path { root: root.to_owned(), steps };
        let index = self.out.paths.iter().position(|known| *known == path).unwrap_or_else(|| {
            self.out.paths.push(path);
            self.out.paths.len() - 1
        });
        let last = self.tokens.get(self.next - 1).unwrap_or(token);
        let whole = Token { width: last.at + last.width - token.at, ..token.clone() };
        self.value(format!("$p{index}"), &whole)
    }

    /// `[0]`, `[-1]` or `["key"]`, from behind the bracket; and how many tokens that takes from here.
    fn index(&self, from: usize) -> Option<(Key, usize)> {
        let (key, taken) = match (self.peek(from)?, self.peek(from + 1)?) {
            (Kind::Text(text), _) => (Key::Field(text.clone()), from + 1),
            (Kind::Number(Some(index), _), _) => (Key::Index(*index), from + 1),
            (Kind::Sign("-"), Kind::Number(Some(index), _)) => (Key::Index(-*index), from + 2),
            _ => return None,
        };
        (self.peek(taken) == Some(&Kind::Close(']'))).then_some((key, taken + 1))
    }

    /// `.name`, `?.name` or `?.[` behind a value.
    pub(super) fn member(&mut self, token: &Token) -> Result<(), ExpectError> {
        let sign = if token.kind.is_sign(".") { "." } else { "?." };
        let Some(name_token) = self.tokens.get(self.next) else {
            return fail(token, "a name is missing behind this");
        };
        match &name_token.kind {
            Kind::Name(name) if self.peek(1) == Some(&Kind::Open('(')) => {
                if !METHODS.contains(&name.as_str()) {
                    return fail(
                        name_token,
                        format!("there is no method `{name}`, only {}", METHODS.join(", ")),
                    );
                }
                let Some(start) = self.start.and_then(|start| self.out.pieces.get_mut(start)) else {
                    return fail(name_token, "put what is before this in parentheses");
                };
                start.text.insert(0, '(');
                self.emit(name.as_str(), name_token);
                self.next += 1;
                let bracket = self.tokens.get(self.next).unwrap_or(name_token);
                self.next += 1;
                self.push(Holds::Group, "(", "))", bracket)
            }
            Kind::Name(name) => {
                self.emit(format!("{sign}{name}"), name_token);
                self.next += 1;
                Ok(())
            }
            Kind::Open('[') if sign == "?." => {
                self.next += 1;
                self.push(Holds::Index, "?.[", "]", name_token)
            }
            _ => fail(name_token, "a name has to be here"),
        }
    }

    /// `.name` in a predicate: that field of the item.
    pub(super) fn field(&mut self, token: &Token) -> Result<(), ExpectError> {
        match self.peek(0) {
            Some(Kind::Name(name)) => {
                let text = format!("#.{name}");
                self.next += 1;
                self.value(text, token)
            }
            _ => fail(token, "a name is missing behind this"),
        }
    }
}

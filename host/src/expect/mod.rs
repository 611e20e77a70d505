//! Expectations: what has to be true of an observation's evidence, in the expr language.
//!
//! ```
//! use quoin::expect::Expectation;
//! use quoin_abi::evidence::Evidence;
//!
//! let mut evidence = Evidence::default();
//! evidence.data.insert("mode".into(), "0644".into());
//! let expectation = Expectation::parse(r#"data.mode == "0600""#).unwrap();
//! let outcome = expectation.evaluate(&evidence).unwrap();
//! assert_eq!(outcome.message.unwrap(), r#"expected data.mode == "0600" (data.mode = "0644")"#);
//! ```
//!
//! The `expr-lang` crate parses and evaluates. It trusts its input more than a program may that runs as root on what
//! others wrote, so `lexer` and `rewrite` stand in front of its parser, `functions`, `predicates` and `budget` behind
//! its evaluator.

mod budget;
mod functions;
mod lexer;
mod path;
pub(crate) mod pattern;
mod predicates;
mod rewrite;
#[cfg(test)]
mod tests;
mod value;

use budget::charge;
use expr::{Context, ContextProvider, Value};
use functions::{LANGUAGE, paid};
use lexer::Kind;
use path::{Facts, Found, Path};
use pattern::Patterns;
use pest::error::{ErrorVariant, InputLocation};
use quoin_abi::evidence::Evidence;
use rewrite::Piece;
use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Once;
use value::describe;

/// The longest expression, in characters.
pub const LONGEST: usize = 1_000;
/// The most nodes: names, literals, operators and indices.
pub const NODES: usize = 100;
/// How many rules the grammar may try; a hundred nodes need some ten thousand.
const ATTEMPTS: usize = 1_000_000;

/// An expression that has been read and can be evaluated, as often as one likes and from any thread.
#[derive(Debug, Clone)]
pub struct Expectation {
    text: String,
    program: expr::Program,
    paths: Vec<Path>,
    ranges: Vec<Value>,
    patterns: Patterns,
}

/// Why a text is no expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectError {
    /// What is wrong with it.
    pub message: String,
    /// The character that it is wrong at, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub width: usize,
}

/// What an expectation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// It is true of the evidence.
    pub passed: bool,
    /// If it is not: the expectation and the values that it saw.
    pub message: Option<String>,
}

/// An expectation that is neither true nor false of the evidence; its observation is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationError {
    /// What could not be evaluated, why, and the values that it saw.
    pub message: String,
}

impl Expectation {
    /// Reads an expression.
    ///
    /// # Errors
    /// With what is wrong and where: the syntax, an unknown name or function, a pattern that is none, or the
    /// expression's size ([`LONGEST`], [`NODES`]).
    pub fn parse(text: &str) -> Result<Self, ExpectError> {
        let whole = |message: String| ExpectError { message, column: 1, width: text.chars().count().max(1) };
        if text.chars().count() > LONGEST {
            return Err(whole(format!("the expression is longer than {LONGEST} characters")));
        }
        let tokens = lexer::tokens(text)?;
        if tokens.is_empty() {
            return Err(whole("the expression is empty".into()));
        }
        let nodes = tokens.iter().filter(|token| is_node(&token.kind)).count();
        if nodes > NODES {
            return Err(whole(format!(
                "the expression has {nodes} nodes, and {NODES} is the most: write it as several"
            )));
        }
        let rewritten = rewrite::rewrite(&tokens)?;
        let patterns = rewritten.patterns.iter();
        let patterns = patterns
            .map(|(pattern, at, width)| pattern::compile(pattern, at + 1, *width))
            .collect::<Result<Patterns, _>>()?;
        let code = rewritten.pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ");
        let program = compile(&code).map_err(|error| syntax_error(&error, &rewritten.pieces, text))?;
        let ranges = rewritten
            .ranges
            .iter()
            .map(|(from, to)| Value::Array((*from..=*to).map(Value::Integer).collect()));
        Ok(Self {
            text: text.to_owned(),
            program,
            ranges: ranges.collect(),
            paths: rewritten.paths,
            patterns,
        })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is true of `evidence`.
    ///
    /// # Errors
    /// If it is neither: a comparison of things that don't compare, a field of nothing, a result that is not true or
    /// false, or more work than an expectation may be.
    pub fn evaluate(&self, evidence: &Evidence) -> Result<Outcome, EvaluationError> {
        let facts = Facts::new(evidence);
        let scope = Scope {
            parts: self
                .paths
                .iter()
                .map(|path| Part { found: facts.find(path), copy: OnceCell::new() })
                .collect(),
            ranges: &self.ranges,
            complaint: RefCell::new(None),
        };
        let (result, exhausted) = budget::with_budget(|| {
            pattern::with_patterns(&self.patterns, || LANGUAGE.run(&self.program, &scope))
        });
        let seen = self.seen(&scope);
        let why = match result {
            Ok(Value::Bool(true)) => return Ok(Outcome { passed: true, message: None }),
            Ok(Value::Bool(false)) => {
                let message = Some(format!("expected {}{seen}", self.text));
                return Ok(Outcome { passed: false, message });
            }
            _ if exhausted => "it takes too many steps".to_owned(),
            Ok(other) => format!("it is {}, not true or false", describe(&other)),
            Err(error) => scope.complaint.take().unwrap_or_else(|| lower(&error.to_string())),
        };
        Err(EvaluationError { message: format!("cannot evaluate {}: {why}{seen}", self.text) })
    }

    /// The values that were looked at: ` (data.mode = "0644")`.
    fn seen(&self, scope: &Scope<'_>) -> String {
        let parts = self.paths.iter().zip(&scope.parts);
        let seen: Vec<String> = parts
            .filter(|(_, part)| part.copy.get().is_some())
            .filter_map(|(path, part)| Some(format!("{path} = {}", part.found.as_ref().ok()?.show())))
            .collect();
        if seen.is_empty() { String::new() } else { format!(" ({})", seen.join(", ")) }
    }
}

/// What an expression's hidden names stand for.
struct Scope<'s> {
    parts: Vec<Part<'s>>,
    ranges: &'s [Value],
    /// Why a name stands for nothing, which the evaluator can't be told.
    complaint: RefCell<Option<String>>,
}

/// A part of the evidence, copied once it is asked for.
struct Part<'s> {
    found: Result<Found<'s>, String>,
    copy: OnceCell<Value>,
}

impl ContextProvider for Scope<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        let value = match key.get(..2)? {
            "$p" => {
                let part = self.parts.get(key[2..].parse::<usize>().ok()?)?;
                match &part.found {
                    Ok(found) => part.copy.get_or_init(|| found.to_value()),
                    Err(complaint) => {
                        self.complaint.replace(Some(complaint.clone()));
                        return None;
                    }
                }
            }
            "$r" => self.ranges.get(key[2..].parse::<usize>().ok()?)?,
            _ => return None,
        };
        // The evaluator copies what it gets.
        charge(paid(value).ok()?).ok()?;
        Some(value)
    }

    fn to_context(&self) -> Context {
        Context::default()
    }
}

fn is_node(kind: &Kind) -> bool {
    match kind {
        Kind::Name(_) | Kind::Number(..) | Kind::Text(_) | Kind::Bytes(_) => true,
        Kind::Sign(sign) => !matches!(*sign, "." | "?." | "," | ";" | ":" | "="),
        Kind::Open(bracket) => *bracket != '(',
        Kind::Close(_) => false,
    }
}

/// Reads an expression in its safer form, with an end to how often the grammar backtracks.
fn compile(code: &str) -> expr::Result<expr::Program> {
    static LIMIT: Once = Once::new();
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(ATTEMPTS)));
    expr::compile(code)
}

/// What the grammar has against an expression, in terms of the text that it was written as.
fn syntax_error(error: &expr::Error, pieces: &[Piece], text: &str) -> ExpectError {
    let whole = |message: String| ExpectError { message, column: 1, width: text.chars().count() };
    let expr::Error::PestError(error) = error else { return whole(lower(&error.to_string())) };
    if matches!(error.variant, ErrorVariant::CustomError { .. }) {
        return whole("the expression is too complicated".into());
    }
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let mut end = 0;
    for piece in pieces {
        end += piece.text.len() + 1;
        if at < end {
            let found: String = text.chars().skip(piece.at).take(piece.width).collect();
            return ExpectError {
                message: format!("`{found}` is unexpected here"),
                column: piece.at + 1,
                width: piece.width,
            };
        }
    }
    let column = text.trim_end().chars().count() + 1;
    ExpectError { message: "the expression ends too early".into(), column, width: 1 }
}

/// The crate's messages begin as sentences; here they go on after a colon.
fn lower(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

impl fmt::Display for ExpectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.message)
    }
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExpectError {}
impl std::error::Error for EvaluationError {}

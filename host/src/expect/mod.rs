//! Expectations: what has to be true of an observation's evidence, in the expr language.

use quoin_abi::evidence::Evidence;
use std::fmt;

/// An expression that has been read and can be evaluated, as often as one likes and from any thread.
#[derive(Debug, Clone)]
pub struct Expectation {
    text: String,
    program: expr::Program,
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
    /// With what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, ExpectError> {
        let program = expr::compile(text).map_err(|error| ExpectError {
            message: error.to_string(),
            column: 1,
            width: 1,
        })?;
        Ok(Self { text: text.to_owned(), program })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is true of `evidence`.
    ///
    /// # Errors
    /// If it is neither true nor false.
    pub fn evaluate(&self, evidence: &Evidence) -> Result<Outcome, EvaluationError> {
        let context = expr::Context::from_iter([("status", evidence.status)]);
        match expr::run(&self.program, &context) {
            Ok(expr::Value::Bool(passed)) => {
                Ok(Outcome { passed, message: (!passed).then(|| self.text.clone()) })
            }
            Ok(other) => Err(EvaluationError { message: other.to_string() }),
            Err(error) => Err(EvaluationError { message: error.to_string() }),
        }
    }
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

//! The one error record of the contract, used in evidence and in every host function's response.

use alloc::{boxed::Box, string::String};
use core::fmt;
use serde::{Deserialize, Serialize};

/// What sort of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorType {
    /// The network refused, reset or could not be reached.
    Network,
    /// A deadline passed.
    Timeout,
    /// The configuration or the request is wrong.
    Config,
    /// A capability is missing.
    Capability,
    /// A command could not be run.
    Execution,
    /// A value does not satisfy the rules it has to.
    Validation,
    /// The plugin panicked or trapped.
    Panic,
    /// Anything else; also what an unknown word is read as.
    #[default]
    #[serde(other)]
    Internal,
}

impl ErrorType {
    /// The word that stands for this type in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Config => "config",
            Self::Capability => "capability",
            Self::Execution => "execution",
            Self::Validation => "validation",
            Self::Panic => "panic",
            Self::Internal => "internal",
        }
    }
}

/// An error as plugins and hosts exchange it.
///
/// `code` is an errno-like word: `ECONNREFUSED`, `ETIMEDOUT`, `ENOENT`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorDetail {
    /// For people: what went wrong, with the thing it went wrong with.
    pub message: String,
    /// What sort of error it is.
    #[serde(rename = "type")]
    pub kind: ErrorType,
    /// For programs: an errno-like word.
    pub code: String,
    /// A deadline passed.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub is_timeout: bool,
    /// What was asked for does not exist, which is an answer.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub is_not_found: bool,
    /// The error below this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapped: Option<Box<ErrorDetail>>,
}

impl ErrorDetail {
    /// An error of `kind` with an errno-like `code` and a message for people.
    ///
    /// ```
    /// use quoin_abi::error::{ErrorDetail, ErrorType};
    /// let error = ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", "no answer within 5 s");
    /// assert!(error.is_timeout);
    /// ```
    #[must_use]
    pub fn new(kind: ErrorType, code: &str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            kind,
            code: code.into(),
            is_timeout: kind == ErrorType::Timeout,
            is_not_found: matches!(code, "ENOENT" | "ENOTFOUND" | "ENODATA"),
            wrapped: None,
        }
    }

    /// Whether this is the network's answer that nothing can be connected to there: refused, unreachable, or silent.
    /// That answers a question, where a name that does not resolve (`ENOTFOUND`, `EAI_AGAIN`), a capability that is
    /// missing or a peer that does not speak the protocol does not.
    ///
    /// ```
    /// use quoin_abi::error::{ErrorDetail, ErrorType};
    /// assert!(ErrorDetail::new(ErrorType::Network, "ECONNREFUSED", "refused").is_unreachable());
    /// assert!(ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", "no answer").is_unreachable());
    /// assert!(!ErrorDetail::new(ErrorType::Network, "ENOTFOUND", "no such name").is_unreachable());
    /// assert!(!ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", "missing").is_unreachable());
    /// ```
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        const CODES: [&str; 6] =
            ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EACCES"];
        matches!(self.kind, ErrorType::Network | ErrorType::Timeout) && CODES.contains(&self.code.as_str())
    }
}

impl fmt::Display for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.message.is_empty() { &self.code } else { &self.message })?;
        match &self.wrapped {
            Some(wrapped) => write!(f, ": {wrapped}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for ErrorDetail {}

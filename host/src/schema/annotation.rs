//! [`Annotation`]: what a schema says about a value besides what it has to be.

/// The keyword that says what a value of the configuration needs to be allowed.
pub(super) const X_CAPABILITY: &str = "x-capability";

/// An `x-capability` that applies to a value of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The value, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is said of it.
    pub text: String,
}

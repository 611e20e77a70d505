//! Expressions, good, bad and hostile.

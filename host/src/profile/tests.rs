//! Whole profiles, good and bad.

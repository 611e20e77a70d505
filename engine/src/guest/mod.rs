//! One instance of a guest and what belongs to it.

pub(crate) mod state;

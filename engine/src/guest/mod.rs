//! One instance of a guest and what belongs to it.

pub(crate) mod call;
pub(crate) mod generation;
pub(crate) mod instance;
pub(crate) mod limiter;
pub(crate) mod memory;
pub(crate) mod normal;
pub(crate) mod result;
pub(crate) mod state;

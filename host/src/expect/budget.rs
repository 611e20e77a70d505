//! How much work one evaluation may be.
//!
//! The evaluator knows no limits, so everything that repeats or multiplies is charged for here: the predicates'
//! rounds, the functions' arguments and results, each copy of a part of the evidence. What is left of the budget is
//! kept by the thread, since the evaluator has no place for it.

use std::cell::Cell;

/// Enough for a hundred thousand rounds of a simple predicate.
const STEPS: u64 = 2_000_000;

thread_local! {
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Runs `work` with a fresh budget. Also answers whether it was used up.
pub(super) fn with_budget<T>(work: impl FnOnce() -> T) -> (T, bool) {
    LEFT.set(Some(STEPS));
    let done = work();
    (done, LEFT.take().is_none())
}

/// Takes `steps` out of the budget.
///
/// # Errors
/// When it is used up, and from then on.
pub(super) fn charge(steps: u64) -> expr::Result<()> {
    let left = LEFT.take().and_then(|left| left.checked_sub(steps));
    LEFT.set(left);
    left.map(|_| ()).ok_or_else(|| expr::Error::ExprError("it takes too many steps".into()))
}

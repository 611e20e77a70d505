//! [`Effort`]: what holding a configuration against a schema may cost, so that none keeps Quoin busy for ever.

/// How deep schemas are applied to values, also where a `$ref` leads in circles.
const MAX_DEPTH: usize = 100;
/// In steps: of about ten nanoseconds, most of the time, so that it ends within a second or so.
const MAX_STEPS: usize = 100_000_000;
/// What applying a schema costs, or following a `$ref`: 250,000 times it can be, also where `$ref`s multiply.
pub(super) const SCHEMA: usize = 400;

/// What has been done, of what may be.
#[derive(Debug, Default)]
pub(super) struct Effort {
    depth: usize,
    steps: usize,
}

impl Effort {
    /// Goes into a schema, to be left again with [`Effort::leave`]; false where that would be too much.
    pub(super) const fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.steps = usize::MAX;
        }
        self.depth += 1;
        self.spend(SCHEMA)
    }

    /// Leaves a schema.
    pub(super) const fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts steps that are about to be done; false where they are too many.
    pub(super) const fn spend(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_add(steps);
        !self.is_over()
    }

    /// Whether it was too much. Nothing that was found out is worth anything then.
    pub(super) const fn is_over(&self) -> bool {
        self.steps > MAX_STEPS
    }
}

//! [`Limiter`]: says no to memory and tables beyond the limits, and remembers what it refused.

use crate::limits::{Exceeded, Limits};
use wasmi::ResourceLimiter;
use wasmi_core::LimiterError;

/// Watches one instance's memory and tables grow.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_bytes: usize,
    table_elements: usize,
    memory: usize,
    tables: usize,
    denied: Option<Exceeded>,
}

/// Modules of the contract have one memory and one table; toolchains with reference types make a few more tables.
const MAX_TABLES: usize = 16;

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: limits.memory_bytes,
            table_elements: limits.table_elements,
            memory: 0,
            tables: 0,
            denied: None,
        }
    }

    /// The limit that was hit, if one was.
    pub(crate) fn denied(&self) -> Option<Exceeded> {
        self.denied
    }

    /// Bytes of linear memory; memories never shrink, so this is the most there has been.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }
}

/// `Err` makes `memory.grow` trap instead of answering -1: a guest that hits a limit ends there, with an error that
/// names the limit, and not somewhere in its allocator's out-of-memory path.
impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        if desired > self.memory_bytes {
            self.denied = Some(Exceeded::Memory(self.memory_bytes));
            return Err(LimiterError::ResourceLimiterDeniedAllocation);
        }
        self.memory = desired;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        let total = self.tables.saturating_add(desired.saturating_sub(current));
        if total > self.table_elements {
            self.denied = Some(Exceeded::Tables(self.table_elements));
            return Err(LimiterError::ResourceLimiterDeniedAllocation);
        }
        self.tables = total;
        Ok(true)
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        MAX_TABLES
    }

    fn memories(&self) -> usize {
        1
    }
}

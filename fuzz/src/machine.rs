//! [`Machine`]: no files, no programs, a clock that stands still.

use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{ExecRequest, ExecResponse};
use quoin_engine::host::{Host, LogLine};
use quoin_engine::system::{Interest, Readiness, System};
use quoin_engine::wasi::Errno;
use quoin_engine::{Deadline, Limits};
use std::cell::RefCell;
use std::rc::Rc;

/// Limits that a guest reaches within milliseconds, so that reaching them is tried as well.
#[must_use]
pub fn limits() -> Limits {
    Limits {
        module_bytes: 1 << 20,
        fuel: 100_000,
        fuel_slice: 5_000,
        start_fuel: 20_000,
        memory_bytes: 2 << 20,
        table_elements: 1_000,
        call_depth: 200,
        stack_bytes: 100_000,
        result_bytes: 60_000,
        request_bytes: 10_000,
        response_bytes: 10_000,
        log_lines: 20,
        log_line_bytes: 100,
        open_files: 16,
        refusals: 8,
    }
}

/// The machine; clones share what was waited for.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// What its clock shows.
    pub now: u64,
    /// Where its random bytes come from, zeros once they are used up.
    pub random: Rc<RefCell<Vec<u8>>>,
    /// How long a guest wanted to wait, each time.
    pub waits: Rc<RefCell<Vec<u64>>>,
}

impl System for Machine {
    fn monotonic(&self) -> u64 {
        0
    }

    fn realtime(&self) -> u64 {
        self.now
    }

    fn resolution(&self) -> u64 {
        1
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), Errno> {
        let mut left = self.random.borrow_mut();
        let taken = left.len().min(buffer.len());
        let (start, rest) = buffer.split_at_mut(taken);
        start.copy_from_slice(&left[..taken]);
        rest.fill(0);
        left.drain(..taken);
        Ok(())
    }

    fn wait(&self, _: &[Interest<'_>], nanoseconds: u64) -> Result<Vec<Readiness>, Errno> {
        self.waits.borrow_mut().push(nanoseconds);
        // Time stands still: nothing would ever come of waiting.
        Err(Errno::Io)
    }
}

impl Host for Machine {
    fn system(&self) -> &dyn System {
        self
    }

    fn log(&self, line: &LogLine<'_>) {
        // What is behind the limit is told in a few words.
        assert!(line.message.len() < limits().log_line_bytes + 40, "{}", line.message);
    }

    fn find_program(&self, command: &str) -> Result<String, ErrorDetail> {
        Err(ErrorDetail::new(ErrorType::Execution, "ENOENT", format!("{command}: no such program")))
    }

    fn exec(&self, program: &str, _: &ExecRequest, _: Deadline, _: usize) -> ExecResponse {
        unreachable!("{program} runs, though nothing was granted")
    }
}

//! Everything that grows has a limit, and all of them are values in [`Limits`].

use core::fmt;

/// What one plugin may use. The defaults suit a router with 64 MB of memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a module handed to `load`. Default 32 MiB (a Go plugin is about 4.4 MB).
    pub module_bytes: usize,
    /// Fuel for one observation; wasmi charges about one unit for an instruction and for eight bytes moved.
    /// Default 50,000,000,000, which a PC needs minutes for: normally the deadline comes first.
    pub fuel: u64,
    /// Fuel between two looks at the clock. Default 2,000,000: a few milliseconds on a PC, a tenth of a second
    /// on a small router.
    pub fuel_slice: u64,
    /// Fuel for a module's `start` function, which cannot be paused. Default 100,000,000.
    pub start_fuel: u64,
    /// Bytes of linear memory. Default 64 MiB.
    pub memory_bytes: usize,
    /// Elements of all tables together. Default 100,000.
    pub table_elements: usize,
    /// Nested calls. Default 1,000.
    pub call_depth: usize,
    /// Bytes of the interpreter's value stack. Default 1,000,000.
    pub stack_bytes: usize,
    /// Bytes of a result (`describe`, `schema`, `observe`) as JSON. Default 4 MiB.
    pub result_bytes: usize,
    /// Bytes of a host function's request as JSON. Default 1 MiB.
    pub request_bytes: usize,
    /// Bytes of a host function's response as JSON. Default 16 MiB.
    pub response_bytes: usize,
    /// Log lines for one observation. Default 1,000.
    pub log_lines: usize,
    /// Bytes of one log line; what is longer is cut and marked. Default 4,096.
    pub log_line_bytes: usize,
    /// Open file descriptors of one instance. Default 256.
    pub open_files: usize,
    /// Refused accesses that are remembered for the report; the guest is refused all the same after that.
    /// Default 64.
    pub refusals: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            module_bytes: 32 << 20,
            fuel: 50_000_000_000,
            fuel_slice: 2_000_000,
            start_fuel: 100_000_000,
            memory_bytes: 64 << 20,
            table_elements: 100_000,
            call_depth: 1_000,
            stack_bytes: 1_000_000,
            result_bytes: 4 << 20,
            request_bytes: 1 << 20,
            response_bytes: 16 << 20,
            log_lines: 1_000,
            log_line_bytes: 4_096,
            open_files: 256,
            refusals: 64,
        }
    }
}

/// The limit that ended an observation, with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// The wall-clock deadline passed.
    Deadline,
    /// [`Limits::fuel`].
    Fuel(u64),
    /// [`Limits::start_fuel`].
    StartFuel(u64),
    /// [`Limits::memory_bytes`].
    Memory(usize),
    /// [`Limits::table_elements`].
    Tables(usize),
    /// [`Limits::call_depth`] or [`Limits::stack_bytes`].
    CallDepth(usize),
    /// [`Limits::result_bytes`].
    Result(usize),
    /// [`Limits::request_bytes`].
    Request(usize),
    /// [`Limits::response_bytes`].
    Response(usize),
    /// [`Limits::log_lines`].
    LogLines(usize),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline => f.write_str("time limit: the deadline passed before the plugin finished"),
            Self::Fuel(n) => write!(f, "fuel limit: the plugin used more than {n} units of fuel"),
            Self::StartFuel(n) => {
                write!(
                    f,
                    "start fuel limit: the module's start function used more than {n} units of fuel; \
                     move the work to `_initialize`"
                )
            }
            Self::Memory(n) => {
                write!(f, "memory limit: the plugin asked for more than {n} bytes of linear memory")
            }
            Self::Tables(n) => write!(f, "table limit: the plugin asked for more than {n} table elements"),
            Self::CallDepth(n) => {
                write!(f, "call depth limit: the plugin nested more than {n} calls or filled its stack")
            }
            Self::Result(n) => write!(f, "result limit: the plugin's result is longer than {n} bytes"),
            Self::Request(n) => {
                write!(f, "request limit: a host function's request is longer than {n} bytes")
            }
            Self::Response(n) => {
                write!(f, "response limit: a host function's response is longer than {n} bytes")
            }
            Self::LogLines(n) => write!(f, "log limit: the plugin wrote more than {n} log lines"),
        }
    }
}

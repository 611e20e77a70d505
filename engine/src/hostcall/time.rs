//! When a host function has to be done.

use crate::deadline::Deadline;
use crate::guest::state::State;
use crate::time::parse_rfc3339;
use alloc::format;
use core::time::Duration;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::Context;

/// The earliest of the call's deadline, its timeouts (0 is none) and what is left of the observation's time.
///
/// # Errors
///
/// Where the guest has given up, the time is over already, or the deadline is no RFC 3339 text.
pub(crate) fn deadline(state: &State, context: &Context, timeout_ms: u64) -> Result<Deadline, ErrorDetail> {
    if context.canceled {
        return Err(ErrorDetail::new(
            ErrorType::Timeout,
            "ECANCELED",
            "the call was canceled before it began",
        ));
    }
    let system = state.host.system();
    let now = system.monotonic();
    let mut deadline = state.deadline;
    for timeout in [context.timeout_ms, timeout_ms] {
        if timeout > 0 {
            deadline = deadline.earlier(Deadline::after(now, Duration::from_millis(timeout)));
        }
    }
    if let Some(text) = &context.deadline {
        let at = parse_rfc3339(text).ok_or_else(|| {
            ErrorDetail::new(
                ErrorType::Config,
                "EINVAL",
                format!("context.deadline {text:?} is no RFC 3339 time"),
            )
        })?;
        let left = Duration::from_nanos(at.saturating_sub(system.realtime()));
        deadline = deadline.earlier(Deadline::after(now, left));
    }
    if deadline.passed(now) {
        return Err(ErrorDetail::new(
            ErrorType::Timeout,
            // Nothing was sent: this is not a peer's silence.
            "ETIME",
            "the deadline passed before the call began",
        ));
    }
    Ok(deadline)
}

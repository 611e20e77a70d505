//! Calling into the guest: on fuel in slices, so that the clock is looked at however long it runs.

use crate::failure::Failure;
use crate::guest::state::State;
use crate::limits::Exceeded;
use alloc::{format, string::String};
use wasmi::{AsContextMut, Func, ResumableCall, Val};

/// Calls `func` to its end, the deadline or the end of the fuel. Used from outside (a store) and from inside a host
/// function (its caller) alike.
pub(crate) fn call(
    mut ctx: impl AsContextMut<Data = State>,
    func: Func,
    inputs: &[Val],
    outputs: &mut [Val],
) -> Result<(), Failure> {
    let result = drive(&mut ctx, func, inputs, outputs);
    result.map_err(|stop| match stop {
        Stop::Exceeded(exceeded) => Failure::Exceeded(exceeded),
        Stop::Wasmi(error) => {
            let ctx = ctx.as_context_mut();
            let state = ctx.data();
            match Failure::from_wasmi(error, &state.limiter, &state.limits) {
                Failure::Trap(text) if !state.last_error.is_empty() => {
                    Failure::Trap(format!("{text}; the last error that it logged: {}", state.last_error))
                }
                failure => failure,
            }
        }
    })
}

enum Stop {
    Exceeded(Exceeded),
    Wasmi(wasmi::Error),
}

impl From<wasmi::Error> for Stop {
    fn from(error: wasmi::Error) -> Self {
        Self::Wasmi(error)
    }
}

fn drive(
    ctx: &mut impl AsContextMut<Data = State>,
    func: Func,
    inputs: &[Val],
    outputs: &mut [Val],
) -> Result<(), Stop> {
    refuel(ctx, 0)?;
    let mut call = func.call_resumable(&mut *ctx, inputs, outputs)?;
    loop {
        call = match call {
            ResumableCall::Finished => return Ok(()),
            ResumableCall::HostTrap(trap) => return Err(trap.into_host_error().into()),
            ResumableCall::OutOfFuel(paused) => {
                refuel(ctx, paused.required_fuel())?;
                paused.resume(&mut *ctx, outputs)?
            }
        };
    }
}

/// Looks at the clock and takes the next slice out of the tank; `required` is what the next instruction costs, which
/// may be more than a slice (filling a large memory, say).
fn refuel(ctx: &mut impl AsContextMut<Data = State>, required: u64) -> Result<(), Stop> {
    let mut ctx = ctx.as_context_mut();
    let in_store = ctx.get_fuel()?;
    let state = ctx.data_mut();
    if state.deadline.passed(state.host.system().monotonic()) {
        return Err(Stop::Exceeded(Exceeded::Deadline));
    }
    let wanted = required.max(state.limits.fuel_slice).saturating_sub(in_store);
    let taken = wanted.min(state.fuel_left);
    if in_store + taken < required.max(1) {
        return Err(Stop::Exceeded(Exceeded::Fuel(state.limits.fuel)));
    }
    state.fuel_left -= taken;
    ctx.set_fuel(in_store + taken)?;
    Ok(())
}

/// Calls a function that answers nothing.
pub(crate) fn call_unit(
    ctx: impl AsContextMut<Data = State>,
    func: Func,
    inputs: &[Val],
) -> Result<(), Failure> {
    call(ctx, func, inputs, &mut [])
}

/// Calls a function that answers an `i32`, read as unsigned.
pub(crate) fn call_u32(
    ctx: impl AsContextMut<Data = State>,
    func: Func,
    inputs: &[Val],
) -> Result<u32, Failure> {
    let mut output = [Val::I32(0)];
    call(ctx, func, inputs, &mut output)?;
    match output[0] {
        Val::I32(n) => Ok(n.cast_unsigned()),
        ref other => Err(Failure::Contract(wrong_type("i32", other))),
    }
}

/// Calls a function that answers an `i64`, read as unsigned.
pub(crate) fn call_u64(
    ctx: impl AsContextMut<Data = State>,
    func: Func,
    inputs: &[Val],
) -> Result<u64, Failure> {
    let mut output = [Val::I64(0)];
    call(ctx, func, inputs, &mut output)?;
    match output[0] {
        Val::I64(n) => Ok(n.cast_unsigned()),
        ref other => Err(Failure::Contract(wrong_type("i64", other))),
    }
}

fn wrong_type(expected: &str, found: &Val) -> String {
    format!("an export answered {:?} where {expected} was expected", found.ty())
}

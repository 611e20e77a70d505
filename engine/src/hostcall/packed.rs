//! The packed calling form, `(i64) -> i64`: a JSON request in guest memory, a JSON response that the guest then owns.

use crate::guest::memory::{Exports, copy};
use crate::guest::normal::drop_nulls;
use crate::guest::state::{State, Trap};
use crate::limits::Exceeded;
use alloc::{format, string::String, vec::Vec};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::packed::{pack, unpack};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wasmi::{AsContextMut, Caller, Linker};

/// A response that can say why there is none.
pub(crate) trait Response: Serialize {
    /// The response to a request that failed.
    fn failed(error: ErrorDetail) -> Self;

    /// Why there is none.
    fn error(&self) -> Option<&ErrorDetail>;
}

/// Defines a function in the packed form.
pub(crate) fn define<Q, R>(linker: &mut Linker<State>, name: &str, handle: fn(&mut State, &Q) -> R)
where
    Q: DeserializeOwned + 'static,
    R: Response + 'static,
{
    let module = if name == "file_stat" { "quoin_host" } else { "reglet_host" };
    // Shadowing is refused by the linker; `Engine::link` defines each name once.
    let _ = linker.func_wrap(
        module,
        name,
        move |mut caller: Caller<'_, State>, request: u64| -> Result<u64, wasmi::Error> {
            let response = match read(&caller, request)? {
                Ok(request) => handle(caller.data_mut(), &request),
                Err(error) => R::failed(error),
            };
            let (address, length) = answer(&mut caller, &response, false)?;
            Ok(pack(address, length))
        },
    );
}

/// Reads a request. The outer error ends the guest, the inner one is for it to read.
pub(crate) fn read<Q: DeserializeOwned>(
    caller: &Caller<'_, State>,
    request: u64,
) -> Result<Result<Q, ErrorDetail>, wasmi::Error> {
    let (address, length) = unpack(request);
    Ok(bytes(caller, address, length)?.and_then(|bytes| {
        let mut value: Value =
            serde_json::from_slice(&bytes).map_err(|error| invalid(&format!("no JSON: {error}")))?;
        drop_nulls(&mut value);
        serde_json::from_value(value).map_err(|error| invalid(&format!("{error}")))
    }))
}

/// Bytes that the guest names. The outer error ends the guest, the inner one is for it to read.
pub(crate) fn bytes(
    caller: &Caller<'_, State>,
    address: u32,
    length: u32,
) -> Result<Result<Vec<u8>, ErrorDetail>, wasmi::Error> {
    let state = caller.data();
    state.check_deadline()?;
    let limit = state.limits.request_bytes;
    if usize::try_from(length).map_or(true, |length| length > limit) {
        return Err(Trap::from(Exceeded::Request(limit)).into());
    }
    let Some(memory) = state.memory else {
        return Err(Trap::Contract("a host function was called by the module's start function".into()).into());
    };
    Ok(copy(caller, memory, address, length).map_err(|error| invalid(&error)))
}

/// The error for a request that can't be read.
pub(crate) fn invalid(what: &str) -> ErrorDetail {
    ErrorDetail::new(ErrorType::Validation, "EINVAL", format!("the request is invalid: {what}"))
}

/// Writes a response into memory that the guest allocates, with a NUL behind it (not counted) where `nul` says so.
pub(crate) fn answer(
    caller: &mut Caller<'_, State>,
    response: &impl Serialize,
    nul: bool,
) -> Result<(u32, u32), wasmi::Error> {
    let exports = exports(caller)?;
    let mut json = serde_json::to_vec(response).map_err(|error| wasmi::Error::new(format!("{error}")))?;
    let limit = caller.data().limits.response_bytes;
    if json.len() > limit {
        return Err(Trap::from(Exceeded::Response(limit)).into());
    }
    let length = json.len();
    if nul {
        json.push(0);
    }
    let block = exports.put(caller.as_context_mut(), &json).map_err(Trap::from)?;
    Ok((block.address, u32::try_from(length).unwrap_or(block.size)))
}

fn exports(caller: &Caller<'_, State>) -> Result<Exports, wasmi::Error> {
    let state = caller.data();
    let problem: String = match state.exports {
        _ if state.allocating => "a host function that answers was called from inside `allocate`".into(),
        Some(exports) => return Ok(exports),
        None => "a host function was called by a module that exports no `allocate`".into(),
    };
    Err(Trap::Contract(problem).into())
}

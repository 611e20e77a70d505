//! `log_message`: one line for the operator. It answers nothing, needs no capability, and never fails a check; what can't be
//! read as a request is logged as it is.

use super::packed::{bytes, read};
use crate::guest::state::State;
use crate::host::LogLevel;
use alloc::string::String;
use quoin_abi::host::LogRequest;
use quoin_abi::packed::unpack;
use wasmi::{Caller, Linker};

/// Defines the function, in its one form `(i64) -> ()`.
pub(crate) fn define(linker: &mut Linker<State>, name: &str) {
    let _ = linker.func_wrap(
        "reglet_host",
        name,
        |mut caller: Caller<'_, State>, request: u64| -> Result<(), wasmi::Error> {
            match read::<LogRequest>(&caller, request)? {
                Ok(request) => {
                    let level = level(&request.level);
                    caller.data_mut().log(level, &request.message, &request.attrs)
                }
                Err(error) => {
                    let (address, length) = unpack(request);
                    let text = bytes(&caller, address, length)?.unwrap_or_default();
                    let text = alloc::format!("{} ({error})", String::from_utf8_lossy(&text));
                    caller.data_mut().log(LogLevel::Warn, &text, &[])
                }
            }
        },
    );
}

fn level(word: &str) -> LogLevel {
    match word {
        word if word.eq_ignore_ascii_case("debug") => LogLevel::Debug,
        word if word.eq_ignore_ascii_case("warn") || word.eq_ignore_ascii_case("warning") => LogLevel::Warn,
        word if word.eq_ignore_ascii_case("error") => LogLevel::Error,
        _ => LogLevel::Info,
    }
}

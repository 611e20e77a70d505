//! Host functions: linking by imported type, reading requests, checking capabilities, writing responses; once, for all
//! of them.
//!
//! Each function has a file with its capability check and its call to the [`Host`](crate::host::Host). The two calling
//! forms, [`packed`] and [`positional`], know nothing of what is asked.

mod dns;
mod exec;
mod file_stat;
mod http;
mod log;
mod packed;
mod positional;
mod smtp;
mod tcp;
mod time;

pub(crate) use packed::Response;

use crate::guest::state::State;
use crate::plugin::LinkProblem;
use wasmi::{FuncType, Linker, ValType};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

/// Defines one function of the module `reglet_host`.
pub(crate) fn link_reglet(linker: &mut Linker<State>, name: &str, ty: &FuncType) -> Result<(), LinkProblem> {
    match name {
        "dns_lookup" | "dns_resolve" => match form(ty) {
            Form::Packed => packed::define(linker, name, dns::dns_lookup),
            Form::Positional(4) => positional::dns(linker, name),
            _ => return Err(forms(Some("(i32, i32, i32, i32) -> i32"))),
        },
        "http_request" => match form(ty) {
            Form::Packed => packed::define(linker, name, http::http_request),
            Form::Positional(8) => positional::http(linker, name),
            _ => return Err(forms(Some("(i32, i32, i32, i32, i32, i32, i32, i32) -> i32"))),
        },
        "tcp_connect" => match form(ty) {
            Form::Packed => packed::define(linker, name, tcp::tcp_connect),
            Form::Positional(6) => positional::tcp(linker, name),
            _ => return Err(forms(Some("(i32, i32, i32, i32, i32, i32) -> i32"))),
        },
        "smtp_connect" => match form(ty) {
            Form::Packed => packed::define(linker, name, smtp::smtp_connect),
            _ => return Err(forms(None)),
        },
        "exec_command" => match form(ty) {
            Form::Packed => packed::define(linker, name, exec::exec_command),
            _ => return Err(forms(None)),
        },
        "log_message" => {
            if ty.params() != [I64] || !ty.results().is_empty() {
                return Err(LinkProblem::Type("(i64) -> ()".into()));
            }
            log::define(linker, name)
        }
        _ => return Err(LinkProblem::Unknown),
    };
    Ok(())
}

/// Defines one function of the module `quoin_host`.
pub(crate) fn link_quoin(linker: &mut Linker<State>, name: &str, ty: &FuncType) -> Result<(), LinkProblem> {
    match (name, form(ty)) {
        ("file_stat", Form::Packed) => packed::define(linker, name, file_stat::file_stat),
        ("file_stat", _) => return Err(forms(None)),
        _ => return Err(LinkProblem::Unknown),
    }
    Ok(())
}

/// The calling form that a module imports a function with.
enum Form {
    Packed,
    Positional(usize),
    Other,
}

fn form(ty: &FuncType) -> Form {
    match (ty.params(), ty.results()) {
        ([I64], [I64]) => Form::Packed,
        (params, [I32]) if params.iter().all(|param| *param == I32) => Form::Positional(params.len()),
        _ => Form::Other,
    }
}

fn forms(positional: Option<&str>) -> LinkProblem {
    LinkProblem::Type(match positional {
        Some(positional) => alloc::format!("(i64) -> i64 (packed form) or {positional} (positional form)"),
        None => "(i64) -> i64 (packed form)".into(),
    })
}

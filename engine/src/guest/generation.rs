//! Telling the generation of a module by its exports' names and types.

use crate::plugin::Problem;
use alloc::{format, string::String, vec, vec::Vec};
use core::fmt;
use wasmi::{ExternType, FuncType, Module, ValType};

/// Which form of the guest contract a module speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The authoring guide's: results are addresses, delimited by their JSON.
    Pointer,
    /// SDKs 0.1 to 0.3: results are an address and a length in one value.
    Packed,
    /// SDK 0.4: `_manifest` and `_observe`.
    Manifest,
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pointer => "pointer",
            Self::Packed => "packed",
            Self::Manifest => "manifest",
        })
    }
}

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

/// The generation of a module, or everything that keeps it from having one.
pub(crate) fn detect(module: &Module) -> Result<Generation, Vec<Problem>> {
    // A command needs another way of building, whatever else it lacks.
    let observes = ["describe", "_manifest"].iter().any(|name| module.get_export(name).is_some());
    if !observes && module.get_export("_start").is_some() {
        return Err(vec![Problem::Command]);
    }
    let mut problems = Vec::new();
    match module.get_export("memory") {
        Some(ExternType::Memory(_)) => {}
        Some(other) => problems.push(wrong("memory", &describe_extern(&other), "a memory")),
        None => problems.push(missing("memory", "a memory")),
    }
    expect(module, "allocate", &[I32], &[I32], &mut problems);
    expect(module, "deallocate", &[I32, I32], &[], &mut problems);
    if let Some(ExternType::Func(ty)) = module.get_export("_initialize")
        && !(ty.params().is_empty() && ty.results().is_empty())
    {
        problems.push(wrong("_initialize", &describe_func(&ty), "() -> ()"));
    }
    let generation = match (module.get_export("_manifest"), module.get_export("describe")) {
        (Some(_), _) => {
            expect(module, "_manifest", &[], &[I64], &mut problems);
            expect(module, "_observe", &[I32, I32], &[I64], &mut problems);
            Generation::Manifest
        }
        (None, Some(ExternType::Func(ty))) if ty.params().is_empty() && ty.results() == [I64] => {
            expect(module, "schema", &[], &[I64], &mut problems);
            expect(module, "observe", &[I32, I32], &[I64], &mut problems);
            Generation::Packed
        }
        (None, Some(ExternType::Func(ty))) if ty.params().is_empty() && ty.results() == [I32] => {
            expect(module, "schema", &[], &[I32], &mut problems);
            expect(module, "observe", &[I32, I32], &[I32], &mut problems);
            Generation::Pointer
        }
        (None, Some(other)) => {
            let expected = "() -> i32 (pointer generation) or () -> i64 (packed generation)";
            problems.push(wrong("describe", &describe_extern(&other), expected));
            return Err(problems);
        }
        (None, None) => {
            problems.push(missing("describe", "() -> i32, or `_manifest` of type () -> i64"));
            return Err(problems);
        }
    };
    if problems.is_empty() { Ok(generation) } else { Err(problems) }
}

fn expect(module: &Module, name: &str, params: &[ValType], results: &[ValType], problems: &mut Vec<Problem>) {
    let expected = || describe_func(&FuncType::new(params.iter().copied(), results.iter().copied()));
    match module.get_export(name) {
        Some(ExternType::Func(ty)) if ty.params() == params && ty.results() == results => {}
        Some(other) => problems.push(wrong(name, &describe_extern(&other), &expected())),
        None => problems.push(missing(name, &expected())),
    }
}

fn missing(name: &str, expected: &str) -> Problem {
    Problem::MissingExport { name: name.into(), expected: expected.into() }
}

fn wrong(name: &str, found: &str, expected: &str) -> Problem {
    Problem::WrongExport { name: name.into(), found: found.into(), expected: expected.into() }
}

/// `(i32, i32) -> i64`.
pub(crate) fn describe_func(ty: &FuncType) -> String {
    let list = |types: &[ValType]| {
        types.iter().map(|ty| format!("{ty:?}").to_lowercase()).collect::<Vec<_>>().join(", ")
    };
    match ty.results() {
        [] => format!("({}) -> ()", list(ty.params())),
        [one] => format!("({}) -> {}", list(ty.params()), list(&[*one])),
        more => format!("({}) -> ({})", list(ty.params()), list(more)),
    }
}

/// What an import or export is, with its type.
pub(crate) fn describe_extern(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => describe_func(ty),
        ExternType::Global(_) => "a global".into(),
        ExternType::Memory(_) => "a memory".into(),
        ExternType::Table(_) => "a table".into(),
    }
}

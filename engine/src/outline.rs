//! [`Outline`]: what a module shows from outside, sound or not.

use crate::guest::generation::{Generation, describe_extern, detect};
use crate::plugin::{Engine, Problem};
use alloc::{string::String, vec::Vec};
use wasmi::{ExternType, Module};

/// Bytes of a page of linear memory.
const PAGE: u64 = 1 << 16;

/// What a module shows from outside, for its author: [`Engine::load`] says only that it is no plugin, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Which form of the contract its exports have, if they have one.
    pub generation: Option<Generation>,
    /// Bytes of linear memory that it starts with, before any of its code has run; `None` where it exports no memory.
    pub memory_bytes: Option<u64>,
    /// Its exports: name and type.
    pub exports: Vec<(String, String)>,
    /// Its imports: module, name and type.
    pub imports: Vec<(String, String, String)>,
    /// Everything that keeps it from being a plugin, in the order in which one would fix it; empty where nothing does.
    pub problems: Vec<Problem>,
}

impl Engine {
    /// Looks at a module from outside. Any bytes may be handed in.
    #[must_use]
    pub fn outline(&self, bytes: &[u8]) -> Outline {
        match self.parse(bytes) {
            Ok(module) => self.outline_of(&module),
            Err(error) => Outline {
                generation: None,
                memory_bytes: None,
                exports: Vec::new(),
                imports: Vec::new(),
                problems: error.problems,
            },
        }
    }

    fn outline_of(&self, module: &Module) -> Outline {
        let generation = detect(module);
        let mut problems = generation.as_ref().err().cloned().unwrap_or_default();
        problems.extend(self.link(module).err().into_iter().flatten());
        Outline {
            generation: generation.ok(),
            memory_bytes: match module.get_export("memory") {
                Some(ExternType::Memory(ty)) => Some(ty.minimum().saturating_mul(PAGE)),
                _ => None,
            },
            exports: module
                .exports()
                .map(|export| (export.name().into(), describe_extern(export.ty())))
                .collect(),
            imports: module
                .imports()
                .map(|import| (import.module().into(), import.name().into(), describe_extern(import.ty())))
                .collect(),
            problems,
        }
    }
}

//! [`Engine`] and [`Plugin`]: loading a module, once, for any number of observations.

use crate::failure::Failure;
use crate::guest::generation::{Generation, describe_extern, detect};
use crate::guest::instance::Instance;
use crate::guest::state::State;
use crate::hostcall;
use crate::limits::Limits;
use crate::session::Session;
use crate::wasi;
use alloc::{format, string::String, sync::Arc, vec::Vec};
use core::fmt;
use wasmi::{CompilationMode, Config, CustomFuelCosts, ExternType, Linker, Module};

/// The interpreter with its limits. Cheap to clone; all plugins that one engine loads share it.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) wasmi: wasmi::Engine,
    pub(crate) limits: Arc<Limits>,
}

impl Engine {
    /// An engine under these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let mut config = Config::default();
        config
            .consume_fuel(true)
            // Compiling is free of fuel: it happens once for all observations, so whose would it be? And a slice that
            // ends in the middle of it could not be resumed. The module's size bounds it.
            .fuel_cost(CustomFuelCosts {
                bytes_copied_per_fuel: 64,
                fuel_per_bytes_translated: 0,
                fuel_per_bytes_validated: 0,
            })
            .compilation_mode(CompilationMode::Lazy)
            .ignore_custom_sections(true)
            .set_max_recursion_depth(limits.call_depth)
            .set_min_stack_height(limits.stack_bytes.min(1_000))
            .set_max_stack_height(limits.stack_bytes);
        Self { wasmi: wasmi::Engine::new(&config), limits: Arc::new(limits) }
    }

    /// Loads a plugin. Any bytes may be handed in.
    ///
    /// Function bodies are compiled when they are first called, and shared from then on by all observations of this
    /// plugin, on every thread; what is wrong *inside* a body is therefore a [`Failure`] of the call that needs it.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says everything that is wrong with the module, in the order in which one would fix it.
    pub fn load(&self, bytes: &[u8]) -> Result<Plugin, LoadError> {
        let module = self.parse(bytes)?;
        let generation = detect(&module);
        let linker = self.link(&module);
        let (generation, linker) = match (generation, linker) {
            (Ok(generation), Ok(linker)) => (generation, linker),
            (generation, linker) => {
                let mut problems = generation.err().unwrap_or_default();
                problems.extend(linker.err().unwrap_or_default());
                return Err(LoadError { problems });
            }
        };
        let loaded = Loaded { engine: self.clone(), module, linker, generation };
        Ok(Plugin { loaded: Arc::new(loaded) })
    }

    pub(crate) fn parse(&self, bytes: &[u8]) -> Result<Module, LoadError> {
        let limit = self.limits.module_bytes;
        let problem = if bytes.len() > limit {
            Problem::TooLarge { bytes: bytes.len(), limit }
        } else if !bytes.starts_with(b"\0asm") {
            Problem::NotWasm { looks_like: looks_like(bytes) }
        } else if bytes.get(4..8) == Some(&[0x0d, 0, 1, 0]) {
            Problem::Component
        } else {
            match Module::new(&self.wasmi, bytes) {
                Ok(module) => return Ok(module),
                Err(error) => Problem::Invalid(format!("{error}")),
            }
        };
        Err(LoadError { problems: alloc::vec![problem] })
    }

    /// Defines what the module imports, and nothing else: an instance then costs nothing for functions it never uses.
    pub(crate) fn link(&self, module: &Module) -> Result<Linker<State>, Vec<Problem>> {
        let mut linker = Linker::new(&self.wasmi);
        let mut problems = Vec::new();
        let mut linked: Vec<(&str, &str, String)> = Vec::new();
        for import in module.imports() {
            let (from, name, found) = (import.module(), import.name(), describe_extern(import.ty()));
            match linked.iter().find(|(other, known, _)| (*other, *known) == (from, name)) {
                Some((_, _, ty)) if *ty == found => continue,
                Some((_, _, ty)) => {
                    let expected = format!("{ty}, as the same module imports it before");
                    problems.push(Problem::WrongImport {
                        module: from.into(),
                        name: name.into(),
                        found,
                        expected,
                    });
                    continue;
                }
                None => linked.push((from, name, found.clone())),
            }
            let ExternType::Func(ty) = import.ty() else {
                problems.push(Problem::WrongImport {
                    module: from.into(),
                    name: name.into(),
                    found,
                    expected: "a function; a plugin brings its own memory, tables and globals".into(),
                });
                continue;
            };
            let result = match from {
                "wasi_snapshot_preview1" => wasi::link(&mut linker, name, ty),
                "reglet_host" => hostcall::link_reglet(&mut linker, name, ty),
                "quoin_host" => hostcall::link_quoin(&mut linker, name, ty),
                _ => Err(LinkProblem::Unknown),
            };
            if let Err(problem) = result {
                problems.push(problem.at(from, name, found));
            }
        }
        if problems.is_empty() { Ok(linker) } else { Err(problems) }
    }
}

/// Why an import can't be satisfied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkProblem {
    /// There is no such function.
    Unknown,
    /// It is imported with another type than these.
    Type(String),
}

impl LinkProblem {
    fn at(self, module: &str, name: &str, found: String) -> Problem {
        let (module, name) = (module.into(), name.into());
        match self {
            Self::Unknown => Problem::UnknownImport { module, name },
            Self::Type(expected) => Problem::WrongImport { module, name, found, expected },
        }
    }
}

/// A loaded module. Cheap to clone, and shared between threads.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) loaded: Arc<Loaded>,
}

pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) module: Module,
    pub(crate) linker: Linker<State>,
    pub(crate) generation: Generation,
}

impl Plugin {
    /// Which form of the contract it speaks.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.loaded.generation
    }

    /// A fresh instance: its own memory, nothing left of any other.
    ///
    /// # Errors
    ///
    /// A [`Failure`] where the module can't be instantiated under the limits, or its start function or `_initialize`
    /// fails.
    pub fn instantiate(&self, session: Session) -> Result<Instance, Failure> {
        Instance::new(self, session)
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("generation", &self.loaded.generation).finish_non_exhaustive()
    }
}

/// Everything that keeps a module from being a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// In the order in which one would fix them; never empty.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The file is larger than [`Limits::module_bytes`].
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It does not start as a WebAssembly binary does.
    NotWasm {
        /// What it seems to be instead.
        looks_like: &'static str,
    },
    /// It is a component, of the component model.
    Component,
    /// It is a command (it exports `_start`), not a plugin.
    Command,
    /// It is not valid WebAssembly, or needs a proposal that the interpreter does not have.
    Invalid(String),
    /// An export is missing.
    MissingExport {
        /// Its name.
        name: String,
        /// The type it has to have.
        expected: String,
    },
    /// An export has the wrong type.
    WrongExport {
        /// Its name.
        name: String,
        /// The type that it has.
        found: String,
        /// The type it has to have.
        expected: String,
    },
    /// It imports something that Quoin does not have.
    UnknownImport {
        /// The module it is imported from.
        module: String,
        /// Its name.
        name: String,
    },
    /// It imports something with the wrong type.
    WrongImport {
        /// The module it is imported from.
        module: String,
        /// Its name.
        name: String,
        /// The type that it is imported with.
        found: String,
        /// The types that exist.
        expected: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => {
                write!(f, "the module has {bytes} bytes, more than the limit of {limit}")
            }
            Self::NotWasm { looks_like } => {
                write!(f, "this is no WebAssembly module (it does not start with \"\\0asm\"): it looks like {looks_like}")
            }
            Self::Component => f.write_str(
                "this is a WebAssembly component; build a core module instead (target wasm32-wasip1, a reactor)",
            ),
            Self::Command => f.write_str(
                "this is a WASI command (it exports `_start`, not `describe`); build a reactor that exports \
                 `describe`, `schema` and `observe`",
            ),
            Self::Invalid(text) => write!(f, "not a valid WebAssembly module: {text}"),
            Self::MissingExport { name, expected } => {
                write!(f, "export `{name}` is missing; expected type {expected}")
            }
            Self::WrongExport { name, found, expected } => {
                write!(f, "export `{name}` is {found}; expected {expected}")
            }
            Self::UnknownImport { module, name } => match module.as_str() {
                "wasi_snapshot_preview1" | "reglet_host" | "quoin_host" => {
                    write!(f, "import `{module}.{name}` does not exist; `{module}` has no such function")
                }
                "wasi_unstable" => write!(
                    f,
                    "import `{module}.{name}`: this is WASI preview 0; build with a toolchain that targets preview 1"
                ),
                _ => write!(
                    f,
                    "import `{module}.{name}` does not exist; a plugin may import from `wasi_snapshot_preview1`, \
                     `reglet_host` and `quoin_host`"
                ),
            },
            Self::WrongImport { module, name, found, expected } => {
                write!(f, "import `{module}.{name}` has type {found}; expected {expected}")
            }
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for LoadError {}

fn looks_like(bytes: &[u8]) -> &'static str {
    let text = |start: &str| bytes.trim_ascii_start().starts_with(start.as_bytes());
    match bytes {
        [] => "an empty file",
        [0x1f, 0x8b, ..] => "a gzip archive; unpack it first",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "a zstd archive; unpack it first",
        [b'P', b'K', 3, 4, ..] => "a zip archive; unpack it first",
        [0x7f, b'E', b'L', b'F', ..] => "a program for this machine (ELF), not for WebAssembly",
        _ if text("(module") || text(";;") => {
            "WebAssembly text; assemble it first, with wat2wasm for example"
        }
        _ if core::str::from_utf8(bytes).is_ok() => "a text file",
        _ => "unknown data",
    }
}

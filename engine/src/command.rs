//! [`Command`]: any WASI preview 1 command module, run under the same shim and the same limits as a plugin.

use crate::failure::Failure;
use crate::guest::call::call_unit;
use crate::guest::generation::describe_extern;
use crate::guest::instance::{new_store, start};
use crate::guest::state::State;
use crate::plugin::{Engine, LoadError, Problem};
use crate::session::Session;
use crate::wasi::{CommandConfig, Wasi};
use wasmi::{Extern, ExternType, Linker, Module};

/// A loaded command module: it exports `_start`.
pub struct Command {
    engine: Engine,
    module: Module,
    linker: Linker<State>,
}

impl Engine {
    /// Loads a command.
    ///
    /// # Errors
    ///
    /// [`LoadError`] where the bytes are no module, it has no `_start`, or it imports what there is not.
    pub fn load_command(&self, bytes: &[u8]) -> Result<Command, LoadError> {
        let module = self.parse(bytes)?;
        let (name, expected) = ("_start", "() -> ()");
        let problem = match module.get_export(name) {
            Some(ExternType::Func(ty)) if ty.params().is_empty() && ty.results().is_empty() => None,
            Some(other) => {
                let found = describe_extern(&other);
                Some(Problem::WrongExport { name: name.into(), found, expected: expected.into() })
            }
            None => Some(Problem::MissingExport { name: name.into(), expected: expected.into() }),
        };
        match (problem, self.link(&module)) {
            (None, Ok(linker)) => Ok(Command { engine: self.clone(), module, linker }),
            (problem, linker) => {
                let problems = problem.into_iter().chain(linker.err().into_iter().flatten()).collect();
                Err(LoadError { problems })
            }
        }
    }
}

impl Command {
    /// Runs it to its end and answers its exit code: 0, or what it called `proc_exit` with.
    ///
    /// # Errors
    ///
    /// A [`Failure`] where it trapped or hit a limit.
    pub fn run(&self, session: Session, config: CommandConfig) -> Result<u32, Failure> {
        let mut store = new_store(&self.engine, session, |_, _| Wasi::for_command(config));
        let result = start(&mut store, &self.linker, &self.module).and_then(|instance| {
            match instance.get_export(&store, "_start") {
                Some(Extern::Func(start)) => call_unit(&mut store, start, &[]),
                _ => Err(Failure::Contract("export `_start` is missing".into())),
            }
        });
        match result {
            Ok(()) => Ok(0),
            Err(Failure::Exit(code)) => Ok(code),
            Err(failure) => Err(failure),
        }
    }
}

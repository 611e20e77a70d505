//! [`Instance`]: one instantiated guest, from `_initialize` to its evidence.

use crate::capability::{Grants, Refusal};
use crate::failure::Failure;
use crate::guest::call::{call_u32, call_u64, call_unit};
use crate::guest::generation::Generation;
use crate::guest::memory::{Block, Exports};
use crate::guest::normal;
use crate::guest::result::{Answer, delimited, sized};
use crate::guest::state::State;
use crate::host::Host;
use crate::limits::Exceeded;
use crate::plugin::{Engine, Plugin};
use crate::session::Session;
use crate::time::rfc3339;
use crate::wasi::Wasi;
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::evidence::Evidence;
use quoin_abi::metadata::Metadata;
use quoin_abi::packed::unpack;
use serde_json::{Map, Value};
use wasmi::{Extern, Func, Linker, Module, Store, Val};

/// One instantiated guest. It answers `describe` and `schema` as often as it is asked, and makes one observation, which
/// ends it: the next one starts from a fresh instance.
pub struct Instance {
    store: Store<State>,
    exports: Exports,
    generation: Generation,
    describe: Func,
    /// The manifest generation answers its schema with `describe`.
    schema: Option<Func>,
    observe: Func,
}

/// What came of one observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The evidence; when anything was refused, its `error` says so, whatever the guest made of the refusal.
    pub evidence: Result<Evidence, Failure>,
    /// What was refused, each once.
    pub refusals: Vec<Refusal>,
    /// Fuel used, by instantiation and `_initialize` too.
    pub fuel: u64,
    /// Bytes of linear memory at the end, which is the most there was.
    pub memory_bytes: usize,
}

impl Instance {
    pub(crate) fn new(plugin: &Plugin, session: Session) -> Result<Self, Failure> {
        let loaded = &plugin.loaded;
        let mut store = new_store(&loaded.engine, session, Wasi::for_plugin);
        let instance = start(&mut store, &loaded.linker, &loaded.module)?;
        let func = |store: &Store<State>, name: &str| match instance.get_export(store, name) {
            Some(Extern::Func(func)) => Ok(func),
            _ => Err(Failure::Contract(format!("export `{name}` is missing"))),
        };
        let memory =
            store.data().memory.ok_or_else(|| Failure::Contract("export `memory` is missing".into()))?;
        let exports =
            Exports { memory, allocate: func(&store, "allocate")?, deallocate: func(&store, "deallocate")? };
        store.data_mut().exports = Some(exports);
        if let Some(Extern::Func(initialize)) = instance.get_export(&store, "_initialize") {
            call_unit(&mut store, initialize, &[])?;
        }
        let (describe, schema, observe) = match loaded.generation {
            Generation::Manifest => (func(&store, "_manifest")?, None, func(&store, "_observe")?),
            Generation::Pointer | Generation::Packed => {
                (func(&store, "describe")?, Some(func(&store, "schema")?), func(&store, "observe")?)
            }
        };
        Ok(Self { store, exports, generation: loaded.generation, describe, schema, observe })
    }

    /// What the plugin says about itself.
    ///
    /// # Errors
    ///
    /// Whatever keeps the guest from answering, or [`Failure::Plugin`] with its own error.
    pub fn describe(&mut self) -> Result<Metadata, Failure> {
        let what = self.name_of_describe();
        let value = self.ask(self.describe, &[], what)?;
        normal::metadata(value, what)
    }

    /// The JSON Schema of its configuration; `{}` where a manifest has none.
    ///
    /// # Errors
    ///
    /// As [`Instance::describe`].
    pub fn schema(&mut self) -> Result<Value, Failure> {
        match self.schema {
            Some(schema) => {
                let value = self.ask(schema, &[], "schema")?;
                normal::schema(value)
            }
            None => normal::manifest_schema(self.ask(self.describe, &[], "_manifest")?),
        }
    }

    /// Makes the observation.
    #[must_use]
    pub fn observe(mut self, config: &Map<String, Value>) -> Observation {
        let evidence = self.observe_inner(config);
        let fuel_in_store = self.store.get_fuel().unwrap_or_default();
        let mut state = self.store.into_data();
        let flushed = Wasi::flush(&mut state);
        let refusals = core::mem::take(&mut state.refusals);
        let evidence = match flushed {
            Ok(()) => evidence,
            Err(error) => evidence.and(Err(Failure::from_wasmi(error, &state.limiter, &state.limits))),
        }
        .map(|mut evidence| {
            if evidence.timestamp.is_empty() {
                evidence.timestamp = rfc3339(state.host.system().realtime());
            }
            if let Some(error) = refused(&refusals) {
                // A plugin that passes the refusal on says the same.
                let own = evidence.error.take().filter(|own| own.kind != ErrorType::Capability).map(Box::new);
                evidence.error = Some(ErrorDetail { wrapped: own, ..error });
                evidence.status = false;
            }
            evidence
        });
        Observation {
            evidence,
            refusals,
            fuel: state.limits.fuel.saturating_sub(state.fuel_left).saturating_sub(fuel_in_store),
            memory_bytes: state.limiter.memory(),
        }
    }

    fn observe_inner(&mut self, config: &Map<String, Value>) -> Result<Evidence, Failure> {
        let what = if self.generation == Generation::Manifest { "_observe" } else { "observe" };
        let config = serde_json::to_vec(config).map_err(|error| Failure::Contract(error.to_string()))?;
        let value = self.ask(self.observe, &config, what)?;
        match self.generation {
            Generation::Pointer => normal::pointer_evidence(value),
            Generation::Packed => normal::packed_evidence(value),
            Generation::Manifest => normal::manifest_evidence(value),
        }
    }

    fn name_of_describe(&self) -> &'static str {
        if self.generation == Generation::Manifest { "_manifest" } else { "describe" }
    }

    /// Calls one of the contract's functions and reads what it answers. Both blocks, input and result, are given back
    /// whatever happens, except after a limit was hit: then the guest does not run any more.
    fn ask(&mut self, func: Func, input: &[u8], what: &str) -> Result<Value, Failure> {
        let input = if input.is_empty() { None } else { Some(self.exports.put(&mut self.store, input)?) };
        let answer = self.call_for_answer(func, input, what);
        let stopped = matches!(answer.value, Err(Failure::Exceeded(ref limit)) if !matches!(limit, Exceeded::Result(_)));
        let mut freed = Ok(());
        if !stopped {
            for block in [answer.block, input].into_iter().flatten() {
                freed = freed.and(self.exports.free(&mut self.store, block));
            }
        }
        let value = answer.value?;
        freed.map(|()| value)
    }

    fn call_for_answer(&mut self, func: Func, input: Option<Block>, what: &str) -> Answer {
        let arguments = input.map(|block| [block.address, block.size].map(|n| Val::I32(n.cast_signed())));
        let arguments: &[Val] = arguments.as_ref().map_or(&[], |arguments| arguments);
        let limit = self.store.data().limits.result_bytes;
        if self.generation == Generation::Pointer {
            match call_u32(&mut self.store, func, arguments) {
                Ok(address) => delimited(self.exports.memory.data(&self.store), address, limit, what),
                Err(failure) => Answer { block: None, value: Err(failure) },
            }
        } else {
            match call_u64(&mut self.store, func, arguments).map(unpack) {
                Ok((address, length)) => {
                    sized(self.exports.memory.data(&self.store), address, length, limit, what)
                }
                Err(failure) => Answer { block: None, value: Err(failure) },
            }
        }
    }
}

/// A store with nothing in it yet.
pub(crate) fn new_store(
    engine: &Engine,
    session: Session,
    wasi: impl FnOnce(&dyn Host, &mut Grants) -> Wasi,
) -> Store<State> {
    let state = State::new(session, wasi, engine.limits.clone());
    let mut store = Store::new(&engine.wasmi, state);
    store.limiter(|state| &mut state.limiter);
    store
}

/// Instantiates a module; its start function, which can't be paused, runs on fuel of its own.
pub(crate) fn start(
    store: &mut Store<State>,
    linker: &Linker<State>,
    module: &Module,
) -> Result<wasmi::Instance, Failure> {
    let fuel = store.data().limits.start_fuel;
    let instance = match store.set_fuel(fuel) {
        Ok(()) => linker.instantiate_and_start(&mut *store, module),
        Err(error) => Err(error),
    };
    let used = fuel.saturating_sub(store.get_fuel().unwrap_or_default());
    let instance = instance.map_err(|error| {
        let state = store.data();
        match Failure::from_wasmi(error, &state.limiter, &state.limits) {
            Failure::Exceeded(Exceeded::Fuel(_)) => Failure::Exceeded(Exceeded::StartFuel(fuel)),
            other => other,
        }
    })?;
    if let Some(Extern::Memory(memory)) = instance.get_export(&*store, "memory") {
        store.data_mut().memory = Some(memory);
    }
    let state = store.data_mut();
    state.fuel_left = state.fuel_left.saturating_sub(used);
    store.set_fuel(0).map_err(|error| Failure::Trap(error.to_string()))?;
    Ok(instance)
}

/// The error that an observation gets in which something was refused. A guest may have taken the refusal for an answer
/// ("there is no such file"), and a check that could not look must never pass.
fn refused(refusals: &[Refusal]) -> Option<ErrorDetail> {
    let (first, more) = refusals.split_first()?;
    let mut message = first.to_string();
    for refusal in more {
        message = format!("{message}; {refusal}");
    }
    Some(ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", message))
}

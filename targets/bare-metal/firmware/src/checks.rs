//! The plan's observations, one after the other, each by a fresh instance of its plugin.

use crate::machine::{BoardHost, Machine};
use crate::serial::Serial;
use crate::{clock, flash, memory};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_engine::capability::{Capability, CapabilitySet, Grants};
use quoin_engine::{Deadline, Engine, Limits, Plugin, Session};
use quoin_frames::{Message, Observation, Observed, Profile, Usage};
use quoin_net::Instant;

/// What a plugin may take to say what it is.
const DESCRIBE: Duration = Duration::from_secs(10);

/// What one plugin may use here. A frame of the report has to hold its result.
fn limits() -> Limits {
    Limits {
        module_bytes: 256 << 10,
        fuel: 2_000_000_000,
        fuel_slice: 100_000,
        start_fuel: 1_000_000,
        memory_bytes: 2 << 20,
        table_elements: 10_000,
        call_depth: 500,
        stack_bytes: 128 << 10,
        result_bytes: 64 << 10,
        request_bytes: 64 << 10,
        response_bytes: 256 << 10,
        log_lines: 100,
        log_line_bytes: 512,
        open_files: 8,
        refusals: 16,
    }
}

/// Makes all observations, and tells of each when it has been made.
pub fn run(profile: &Profile, machine: &Rc<Machine>, serial: &Rc<Serial>) -> Usage {
    let engine = Engine::new(limits());
    let mut checks = Checks { engine, machine, serial, loaded: BTreeMap::new() };
    let begun = clock::now();
    for control in &profile.controls {
        let deadline = after(clock::now(), Duration::from_millis(control.timeout_ms));
        for observation in &control.observations {
            serial.send(&Message::Observed(checks.observe(observation, deadline)));
        }
    }
    let bytes = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    Usage {
        microseconds: microseconds(begun),
        flash: bytes(memory::flash()),
        statics: bytes(memory::statics()),
        heap: bytes(memory::heap_most()),
        heap_size: bytes(memory::heap_size()),
        stack: bytes(memory::stack_most()),
        stack_size: bytes(memory::stack_size()),
    }
}

fn after(now: Instant, time: Duration) -> Deadline {
    Deadline::after(now.as_nanos(), time)
}

fn microseconds(since: Instant) -> u64 {
    u64::try_from(clock::now().since(since).as_micros()).unwrap_or(u64::MAX)
}

/// A plugin, and what it declares that it needs.
#[derive(Clone)]
struct Loaded {
    plugin: Plugin,
    declared: CapabilitySet,
}

/// What observations are made with.
struct Checks<'a> {
    engine: Engine,
    machine: &'a Rc<Machine>,
    serial: &'a Rc<Serial>,
    /// Each plugin once: the engine keeps what it has compiled.
    loaded: BTreeMap<String, Loaded>,
}

impl Checks<'_> {
    fn observe(&mut self, observation: &Observation, deadline: Deadline) -> Observed {
        let begun = clock::now();
        let mut observed = Observed { outcome: Ok(String::new()), microseconds: 0, fuel: 0, memory: 0 };
        observed.outcome = self
            .evidence(observation, deadline, &mut observed)
            .map_err(|error| serde_json::to_string(&error).unwrap_or_default());
        observed.microseconds = microseconds(begun);
        observed
    }

    /// The evidence in JSON.
    fn evidence(
        &mut self,
        observation: &Observation,
        deadline: Deadline,
        observed: &mut Observed,
    ) -> Result<String, ErrorDetail> {
        let name = &observation.plugin;
        let config = serde_json::from_str(&observation.config)
            .map_err(|error| wrong(format!("the plan's configuration of plugin {name}: {error}")))?;
        let capabilities = observation.capabilities.iter().map(|text| text.parse::<Capability>());
        let configured = capabilities
            .collect::<Result<Vec<_>, _>>()
            .and_then(CapabilitySet::new)
            .map_err(|error| wrong(format!("the plan's capabilities of plugin {name}: {error}")))?;
        let Loaded { plugin, declared } = self.plugin(name, deadline)?;
        let grants = Grants::new(declared, CapabilitySet::default(), []).with_configured(&configured);
        let session = self.session(name, grants, deadline);
        let seen = plugin.instantiate(session).map_err(|failure| failure.detail())?.observe(&config);
        observed.fuel = seen.fuel;
        observed.memory = u32::try_from(seen.memory_bytes).unwrap_or(u32::MAX);
        let evidence = seen.evidence.map_err(|failure| failure.detail())?;
        serde_json::to_string(&evidence)
            .map_err(|error| ErrorDetail::new(ErrorType::Internal, "EJSON", error.to_string()))
    }

    /// The plugin of that name. It is granted nothing for saying what it is.
    fn plugin(&mut self, name: &str, deadline: Deadline) -> Result<Loaded, ErrorDetail> {
        if let Some(loaded) = self.loaded.get(name) {
            return Ok(loaded.clone());
        }
        let module = flash::plugin(name).map_err(wrong)?;
        let plugin = self.engine.load(module).map_err(|error| {
            ErrorDetail::new(ErrorType::Validation, "EPLUGIN", format!("plugin {name}: {error}"))
        })?;
        let soon = after(clock::now(), DESCRIBE).earlier(deadline);
        let session = self.session(name, Grants::none(), soon);
        let metadata = plugin
            .instantiate(session)
            .and_then(|mut instance| instance.describe())
            .map_err(|failure| failure.detail())?;
        let (declared, _) = CapabilitySet::from_declared(&metadata.capabilities);
        let loaded = Loaded { plugin, declared };
        self.loaded.insert(name.into(), loaded.clone());
        Ok(loaded)
    }

    fn session(&self, plugin: &str, grants: Grants, deadline: Deadline) -> Session {
        let host = BoardHost {
            machine: Rc::clone(self.machine),
            serial: Rc::clone(self.serial),
            plugin: plugin.into(),
        };
        Session { host: Box::new(host), grants, deadline }
    }
}

/// What is wrong with the plan.
fn wrong(message: String) -> ErrorDetail {
    ErrorDetail::new(ErrorType::Config, "EPLAN", message)
}

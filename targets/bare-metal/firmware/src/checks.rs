//! The plan's observations, one after the other, each by a fresh instance of its plugin.

use crate::machine::{BoardHost, Machine};
use crate::serial::Serial;
use crate::{clock, flash, memory};
use alloc::boxed::Box;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use core::time::Duration;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_engine::capability::{Capability, CapabilitySet, Grants};
use quoin_engine::{Deadline, Engine, Limits, Session};
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
    let begun = clock::now();
    for control in &profile.controls {
        let deadline = after(clock::now(), Duration::from_millis(control.timeout_ms));
        for observation in &control.observations {
            let observer = Observer { engine: &engine, machine, serial, observation };
            serial.send(&Message::Observed(observer.observe(deadline)));
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

/// One observation, and what it is made with.
struct Observer<'a> {
    engine: &'a Engine,
    machine: &'a Rc<Machine>,
    serial: &'a Rc<Serial>,
    observation: &'a Observation,
}

impl Observer<'_> {
    fn observe(&self, deadline: Deadline) -> Observed {
        let begun = clock::now();
        let mut observed = Observed { outcome: Ok(String::new()), microseconds: 0, fuel: 0, memory: 0 };
        let evidence = self.evidence(deadline, &mut observed);
        observed.outcome = match evidence {
            Ok(json) => Ok(json),
            Err(error) => Err(serde_json::to_string(&error).unwrap_or_default()),
        };
        observed.microseconds = microseconds(begun);
        observed
    }

    /// The evidence in JSON.
    fn evidence(&self, deadline: Deadline, observed: &mut Observed) -> Result<String, ErrorDetail> {
        let wrong = |message: String| ErrorDetail::new(ErrorType::Config, "EPLAN", message);
        let name = &self.observation.plugin;
        let config = serde_json::from_str(&self.observation.config)
            .map_err(|error| wrong(format!("the plan's configuration of plugin {name}: {error}")))?;
        let capabilities = self.observation.capabilities.iter().map(|text| text.parse::<Capability>());
        let configured = capabilities
            .collect::<Result<alloc::vec::Vec<_>, _>>()
            .and_then(CapabilitySet::new)
            .map_err(|error| wrong(format!("the plan's capabilities of plugin {name}: {error}")))?;
        let module = flash::plugin(name).map_err(wrong)?;
        let plugin = self.engine.load(module).map_err(|error| {
            ErrorDetail::new(ErrorType::Validation, "EPLUGIN", format!("plugin {name}: {error}"))
        })?;
        // It is granted nothing for saying what it is.
        let soon = after(clock::now(), DESCRIBE).earlier(deadline);
        let mut instance =
            plugin.instantiate(self.session(Grants::none(), soon)).map_err(|failure| failure.detail())?;
        let metadata = instance.describe().map_err(|failure| failure.detail())?;
        drop(instance);
        let (declared, _) = CapabilitySet::from_declared(&metadata.capabilities);
        let grants = Grants::new(declared, CapabilitySet::default(), []).with_configured(&configured);
        let instance =
            plugin.instantiate(self.session(grants, deadline)).map_err(|failure| failure.detail())?;
        let seen = instance.observe(&config);
        observed.fuel = seen.fuel;
        observed.memory = u32::try_from(seen.memory_bytes).unwrap_or(u32::MAX);
        let evidence = seen.evidence.map_err(|failure| failure.detail())?;
        serde_json::to_string(&evidence)
            .map_err(|error| ErrorDetail::new(ErrorType::Internal, "EJSON", error.to_string()))
    }

    fn session(&self, grants: Grants, deadline: Deadline) -> Session {
        let host = BoardHost {
            machine: Rc::clone(self.machine),
            serial: Rc::clone(self.serial),
            plugin: self.observation.plugin.clone(),
        };
        Session { host: Box::new(host), grants, deadline }
    }
}

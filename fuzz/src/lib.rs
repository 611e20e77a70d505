//! What the fuzz targets share: a machine on which everything is the same each time, small limits, and the one
//! property that every guest has to keep: two fresh instances of one module do the same.

mod machine;

pub use machine::{Machine, limits};

use quoin_engine::capability::Grants;
use quoin_engine::{Deadline, Failure, Limits, Observation, Plugin, Session};
use serde_json::Map;
use std::time::Duration;

/// A session on this machine that may do nothing, with more time than its clock ever shows.
#[must_use]
pub fn session(machine: &Machine) -> Session {
    let deadline = Deadline::after(0, Duration::MAX);
    Session { host: Box::new(machine.clone()), grants: Grants::none(), deadline }
}

/// Asks a plugin everything there is to ask, each in a fresh instance.
///
/// # Panics
///
/// Where it goes beyond a limit, fails without a word, or does not do the same a second time.
pub fn ask_everything(plugin: &Plugin, limits: &Limits) {
    let once = observe(plugin);
    if let Ok(observation) = &once {
        assert!(observation.fuel <= limits.fuel, "{} units of fuel", observation.fuel);
        assert!(observation.memory_bytes <= limits.memory_bytes, "{} bytes", observation.memory_bytes);
        assert!(observation.refusals.len() <= limits.refusals);
        if let Err(failure) = &observation.evidence {
            speaks(failure);
        }
    }
    // That a function does not compile is told in detail the first time, and in other words from then on.
    let compiles = |observed: &Result<Observation, Failure>| {
        let failure = observed.as_ref().map_or_else(Some, |observation| observation.evidence.as_ref().err());
        failure.is_none_or(|failure| !failure.to_string().contains("not valid WebAssembly"))
    };
    let again = observe(plugin);
    if compiles(&once) {
        assert_eq!(once, again, "something was left of the first instance");
    } else {
        assert!(!compiles(&again), "it compiled the second time");
    }

    if let Ok(mut instance) = plugin.instantiate(session(&Machine::default())) {
        for failure in [instance.describe().err(), instance.schema().err()].into_iter().flatten() {
            speaks(&failure);
        }
        // An instance that has failed is still an instance.
        let _ = instance.describe();
    }
}

fn observe(plugin: &Plugin) -> Result<Observation, Failure> {
    let config = Map::from_iter([("path".to_owned(), "/etc/hosts".into())]);
    Ok(plugin.instantiate(session(&Machine::default()))?.observe(&config))
}

fn speaks(failure: &Failure) {
    assert!(!failure.to_string().is_empty());
    let _ = failure.detail();
}

//! The engine over this machine, with a log that can be read.

use quoin::linux::Machine;
use quoin_engine::capability::{CapabilitySet, Grants};
use quoin_engine::host::Host;
use quoin_engine::{Deadline, Observation, Plugin, Session};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// This machine; every plugin is called `test`.
pub struct Bench {
    machine: Arc<Machine>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    /// A new one, with an empty log.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it opens files")]
    pub fn new() -> Self {
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let sink = {
            let log = Arc::clone(&log);
            Arc::new(move |plugin: &str, line: &quoin_engine::host::LogLine<'_>| {
                assert_eq!(plugin, "test");
                let mut text = format!("{:?} {}", line.level, line.message);
                for attr in line.attrs {
                    let value = attr.value.as_str().map_or_else(|| attr.value.to_string(), String::from);
                    text += &format!(" {}={value}", attr.key);
                }
                log.lock().unwrap().push(text);
            })
        };
        Self { machine: Machine::open(None, None, sink).unwrap(), log }
    }

    /// The lines since the last call, each `Level message key=value…`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    /// What an instance is given.
    #[must_use]
    pub fn session(&self, grants: Grants, time: Duration) -> Session {
        let host = self.machine.host("test");
        let deadline = Deadline::after(host.system().monotonic(), time);
        Session { host: Box::new(host), grants, deadline }
    }

    /// One observation in a fresh instance.
    ///
    /// # Panics
    ///
    /// Where there is no instance, or `config` is no object.
    #[must_use]
    pub fn observe(&self, plugin: &Plugin, grants: Grants, time: Duration, config: &Value) -> Observation {
        plugin.instantiate(self.session(grants, time)).unwrap().observe(config.as_object().unwrap())
    }
}

/// Grants of these capabilities, each `kind:pattern`, as if the plugin declared everything.
///
/// # Panics
///
/// Where one of them is malformed.
#[must_use]
pub fn grants(capabilities: &[&str]) -> Grants {
    let set = |texts: &[&str]| CapabilitySet::new(texts.iter().map(|text| text.parse().unwrap())).unwrap();
    let all =
        ["fs:read:**", "fs:write:**", "network:outbound:*", "network:outbound:private", "env:*", "exec:**"];
    Grants::new(set(&all), set(capabilities), [])
}

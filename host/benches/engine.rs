//! The engine against a bare `wasmi` harness on the same module: load, `describe` and one `observe`, cold each time.
//!
//! The bare harness does what a guest cannot do without: it links the imports with functions that do nothing (or, for
//! WASI's clock, random data, environment and standard output, next to nothing), calls `_initialize`, passes the
//! configuration through `allocate`, and looks at the first byte of each answer. Like the engine it makes the observation
//! in a fresh instance. It checks, limits and frees nothing.

#![allow(missing_docs, reason = "a benchmark has no interface")]

mod bare;
mod harness;

use harness::{paired, show};
use quoin::linux::Machine;
use quoin_engine::capability::{CapabilitySet, Grants, Literal, LiteralPath};
use quoin_engine::host::Host as _;
use quoin_engine::{Deadline, Engine, Limits, Session};
use serde_json::{Map, Value, json};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

fn main() -> ExitCode {
    let config = json!({"path": "/etc/hostname", "read_content": true});
    println!(
        "{:<12} {:>12} {:>12} {:>8}   load, describe and observe, cold",
        "plugin", "engine", "bare wasmi", "ratio"
    );
    let file = include_bytes!("../../plugins/dist/file.wasm");
    compare("file (Rust)", file, &config, 300);
    let go = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/go/go-pointer.wasm");
    match std::fs::read(go) {
        Ok(module) => compare("guide (Go)", &module, &config, 30),
        Err(error) => {
            eprintln!("the Go plugin is not there ({error}); tests/run builds it");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn compare(name: &str, module: &[u8], config: &Value, rounds: usize) {
    let machine = Machine::open(None, None, Arc::new(|_, _| {})).expect("the root directory");
    let config = config.as_object().expect("an object");
    let text = serde_json::to_vec(config).expect("JSON");
    let seen = paired(rounds, || quoin(&machine, module, config), || bare::run(module, &text));
    println!("{name:<12} {:>12} {:>12} {:>8.2}", show(seen.a), show(seen.b), seen.ratio);
}

fn quoin(machine: &Arc<Machine>, module: &[u8], config: &Map<String, Value>) {
    let plugin = Engine::new(Limits::default()).load(module).expect("a plugin");
    let session = |grants| {
        let host = Box::new(machine.host("bench"));
        let deadline = Deadline::after(host.system().monotonic(), Duration::from_secs(30));
        Session { host, grants, deadline }
    };
    let mut instance = plugin.instantiate(session(Grants::none())).expect("an instance");
    let metadata = instance.describe().expect("metadata");
    let (declared, _) = CapabilitySet::from_declared(&metadata.capabilities);
    let path = LiteralPath::new("/etc/hostname").expect("a path");
    let grants = Grants::new(declared, CapabilitySet::default(), [Literal { path, write: false }]);
    let observation = plugin.instantiate(session(grants)).expect("an instance").observe(config);
    let evidence = observation.evidence.expect("evidence");
    assert!(evidence.error.is_none(), "{:?}", evidence.error);
}

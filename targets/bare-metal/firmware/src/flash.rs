//! The plan and the plugins.

use crate::memory;
use alloc::format;
use alloc::string::String;
use quoin_frames::{Plan, Splitter, decode};

/// The plugins, by name: those that need a network and nothing else.
const PLUGINS: &[(&str, &[u8])] = &[
    ("dns", include_bytes!("../../../../plugins/dist/dns.wasm")),
    ("http", include_bytes!("../../../../plugins/dist/http.wasm")),
    ("smtp", include_bytes!("../../../../plugins/dist/smtp.wasm")),
    ("tcp", include_bytes!("../../../../plugins/dist/tcp.wasm")),
];

/// The module of the plugin of that name.
///
/// # Errors
///
/// Which ones there are.
pub fn plugin(name: &str) -> Result<&'static [u8], String> {
    if let Some((_, module)) = PLUGINS.iter().find(|(known, _)| *known == name) {
        return Ok(module);
    }
    let known: alloc::vec::Vec<_> = PLUGINS.iter().map(|(name, _)| *name).collect();
    Err(format!("plugin {name} is not in this firmware, which has {}", known.join(", ")))
}

/// The plan.
///
/// # Errors
///
/// What is wrong with what is in its place.
pub fn plan() -> Result<Plan, String> {
    let (bytes, address) = memory::plan();
    let advice = "make one with `quoin-board plan`, and write it there";
    let mut splitter = Splitter::default();
    let frame = bytes.iter().find_map(|byte| splitter.push(*byte));
    // Flash that has been erased is all ones.
    match frame {
        None if bytes.iter().any(|byte| !matches!(byte, 0 | 0xff)) => {
            Err(format!("what is in flash at {address:#010x} is no plan: {advice}"))
        }
        None => Err(format!("there is no plan in flash at {address:#010x}: {advice}")),
        Some(frame) => frame
            .and_then(|frame| decode(&frame))
            .map_err(|error| format!("the plan in flash at {address:#010x} is {error}: {advice}")),
    }
}

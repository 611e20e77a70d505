//! A guest whose memory and answers are the fuzzer's: whatever stands there, at whatever address, is read as JSON or
//! ends as an error, and is given back with its exact size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_engine::{Engine, Plugin};
use quoin_fuzz::{Machine, limits, session};
use serde_json::Map;
use std::thread_local;

thread_local! {
    /// One guest a generation, all of the same code: see `wat/answers.wat`.
    static PLUGINS: [Plugin; 3] = [("i32", ""), ("i64", ""), ("i64", "_")].map(|(ty, underscore)| {
        let describe = if underscore.is_empty() { "describe" } else { "_manifest" };
        let wat = include_str!("../wat/answers.wat")
            .replace("RESULT", ty)
            .replace("CONVERT", if ty == "i32" { "i32.wrap_i64" } else { "" })
            .replace("DESCRIBE", describe)
            .replace("OBSERVE", &format!("{underscore}observe"));
        let wasm = wat::parse_str(wat).expect("this is WebAssembly");
        Engine::new(limits()).load(&wasm).expect("this is a plugin")
    });
}

/// Where the guest puts the fuzzer's bytes.
const START: u64 = 1024;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (generation, exact) = (usize::from(first % 3), first & 4 == 0);
    // The address is the fuzzer's, or the start of its bytes, which is where most is to be found.
    let (answer, memory) = match rest.split_at_checked(8) {
        Some((answer, memory)) if !exact => {
            (u64::from_le_bytes(answer.try_into().expect("these are eight")), memory)
        }
        _ if generation == 0 => (START, rest),
        _ => (START << 32 | rest.len() as u64, rest),
    };
    let memory = &memory[..memory.len().min(60_000)];
    let answer = if generation == 0 { answer & 0xffff_ffff } else { answer };
    PLUGINS.with(|plugins| {
        let plugin = &plugins[generation];
        let machine = || {
            let machine = Machine { now: answer, ..Machine::default() };
            machine.random.borrow_mut().extend_from_slice(memory);
            machine
        };
        let observed = machine();
        let observation =
            plugin.instantiate(session(&observed)).expect("it initializes").observe(&Map::new());
        if let Ok(evidence) = &observation.evidence {
            assert!(serde_json::to_string(evidence).is_ok_and(|text| !text.is_empty()));
        }
        // The guest waits for as long as the block that it is given back is: its address and its size.
        if let Some(block) = observed.waits.borrow().iter().find(|block| *block >> 32 != 0x2_0000) {
            let expected = if generation == 0 { answer << 32 | length(memory, answer) } else { answer };
            assert_eq!(*block, expected, "{:x} is given back", *block);
        } else {
            assert!(observation.evidence.is_err(), "a result is not given back");
        }

        let described = machine();
        let mut instance = plugin.instantiate(session(&described)).expect("it initializes");
        let _ = instance.describe();
        let _ = instance.schema();
    });
});

/// How long the JSON value at an address is, by counting quotes and brackets.
fn length(memory: &[u8], address: u64) -> u64 {
    let address = usize::try_from(address).unwrap_or(usize::MAX);
    let start = address.saturating_sub(START as usize);
    let bytes = memory.get(start..).unwrap_or_default();
    let mut depth = 0_u32;
    let (mut in_text, mut escaped) = (false, false);
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => continue,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            // A number or a word ends at what can't go on with it.
            _ if depth == 0 => {
                let more =
                    bytes[index..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b));
                return (index + more.count()) as u64;
            }
            _ => continue,
        }
        if depth == 0 && !in_text {
            return index as u64 + 1;
        }
    }
    bytes.len() as u64
}

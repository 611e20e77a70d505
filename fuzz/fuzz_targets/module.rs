//! Any bytes at all may be handed to `load`: what comes of them is a plugin that can be asked, or a clear error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_engine::Engine;
use quoin_fuzz::{ask_everything, limits};

fuzz_target!(|bytes: &[u8]| {
    let limits = limits();
    let load = || Engine::new(limits.clone()).load(bytes);
    match load() {
        Ok(plugin) => {
            assert!(bytes.starts_with(b"\0asm\x01\0\0\0") && bytes.len() <= limits.module_bytes);
            ask_everything(&plugin, &limits);
        }
        Err(error) => {
            assert!(!error.problems.is_empty() && !error.to_string().is_empty());
            assert_eq!(Some(error), load().err());
        }
    }
});

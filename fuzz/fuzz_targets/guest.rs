//! Valid modules with every export that a generation needs and whatever code in them: where `module` is stopped by the
//! validator, this one runs.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::{Corpus, fuzz_target};
use quoin_engine::{Engine, Limits};
use quoin_fuzz::{ask_everything, limits};
use std::sync::OnceLock;
use wasm_smith::{Config, Module};

/// The contract as a module, once for each generation.
fn shapes() -> &'static [Vec<u8>; 3] {
    static SHAPES: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    let shape = |exports: &str| {
        let wat = format!(
            r#"(module
                 (memory (export "memory") 1 8)
                 (func (export "allocate") (param i32) (result i32) unreachable)
                 (func (export "deallocate") (param i32 i32))
                 (func (export "_initialize"))
                 {exports})"#
        );
        wat::parse_str(wat).expect("this is WebAssembly")
    };
    SHAPES.get_or_init(|| {
        [
            r#"(func (export "describe") (result i32) unreachable) (func (export "schema") (result i32) unreachable)
               (func (export "observe") (param i32 i32) (result i32) unreachable)"#,
            r#"(func (export "describe") (result i64) unreachable) (func (export "schema") (result i64) unreachable)
               (func (export "observe") (param i32 i32) (result i64) unreachable)"#,
            r#"(func (export "_manifest") (result i64) unreachable)
               (func (export "_observe") (param i32 i32) (result i64) unreachable)"#,
        ]
        .map(shape)
    })
}

/// A few of what a plugin may import, of every kind.
fn imports() -> &'static [u8] {
    static IMPORTS: OnceLock<Vec<u8>> = OnceLock::new();
    IMPORTS.get_or_init(|| {
        wat::parse_str(
            r#"(module
                 (import "reglet_host" "log_message" (func (param i64)))
                 (import "reglet_host" "exec_command" (func (param i64) (result i64)))
                 (import "reglet_host" "dns_lookup" (func (param i32 i32 i32 i32) (result i32)))
                 (import "reglet_host" "tcp_connect" (func (param i64) (result i64)))
                 (import "quoin_host" "file_stat" (func (param i64) (result i64)))
                 (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
                 (import "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32)))
                 (import "wasi_snapshot_preview1" "poll_oneoff" (func (param i32 i32 i32 i32) (result i32)))
                 (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
                 (import "wasi_snapshot_preview1" "path_open"
                   (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
                 (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#,
        )
        .expect("this is WebAssembly")
    })
}

fn module(bytes: &[u8]) -> arbitrary::Result<Vec<u8>> {
    let mut bytes = Unstructured::new(bytes);
    let config = Config {
        exports: Some(bytes.choose(shapes())?.clone()),
        available_imports: Some(imports().to_vec()),
        max_imports: 8,
        max_memories: 1,
        max_memory32_bytes: 8 << 16,
        memory64_enabled: false,
        max_tables: 3,
        max_table_elements: 2_000,
        max_funcs: 8,
        allow_start_export: true,
        // What wasmi has not, or this build leaves out.
        compact_imports_enabled: false,
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        threads_enabled: false,
        ..Config::default()
    };
    Ok(Module::new(config, &mut bytes)?.to_bytes())
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(wasm) = module(bytes) else { return Corpus::Reject };
    // Most of this code runs for ever, and so do most of the calls of one input.
    let limits = Limits { fuel: 20_000, fuel_slice: 2_000, start_fuel: 2_000, ..limits() };
    let plugin = Engine::new(limits.clone()).load(&wasm).expect("it is valid and has what a plugin has");
    ask_everything(&plugin, &limits);
    Corpus::Keep
});

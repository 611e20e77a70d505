//! Guests that mean harm: each ends as an error, in a clear sentence, and nothing panics.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod machine;

use machine::{ALLOCATOR, Machine, failure, guest, observe};
use quoin_engine::capability::Grants;
use quoin_engine::{Engine, Limits};
use std::time::Duration;

const OK: &str = "(call $answer (i32.const 200) (i32.const 15))";

fn error_of(wat: &str) -> String {
    failure(observe(&Machine::new(), Limits::default(), wat, Grants::none(), Duration::from_secs(30)))
}

/// The guest with another body in its `allocate`.
fn allocating(body: &str) -> String {
    guest("", OK).replace(
        "(func $allocate (export \"allocate\") (param $n i32) (result i32) (local $p i32)",
        &format!(
            "(func (export \"allocate\") (param $n i32) (result i32) {body})
             (func $allocate (param $n i32) (result i32) (local $p i32)"
        ),
    )
}

#[test]
fn allocate_that_lies() {
    for (body, message) in [
        ("(i32.const 0)", "allocate(2) answered 0"),
        ("(i32.const -1)", "outside of its memory"),
        ("(i32.const 0x20000)", "outside of its memory"),
        ("(i32.const 0x1ffff)", "outside of its memory"),
        ("(i32.const 0x7fffffff)", "outside of its memory"),
        ("(unreachable)", "trapped"),
    ] {
        let text = error_of(&allocating(body));
        assert!(text.contains(message), "{body}: {text}");
    }
}

#[test]
fn allocate_that_overlaps_or_is_not_aligned_harms_only_the_guest() {
    // It answers an address in the middle of the guest's own result text: the input overwrites it.
    let text = error_of(&allocating("(i32.const 201)"));
    assert!(text.contains("no JSON") || text.contains("trapped"), "{text}");
}

#[test]
fn deallocate_that_traps() {
    let wat = guest("", OK)
        .replace("(param $p i32) (param $n i32)\n", "(param $p i32) (param $n i32) (unreachable)\n");
    let text = error_of(&wat);
    assert!(text.contains("trapped"), "{text}");
}

#[test]
fn results_in_the_wrong_place() {
    for (address, message) in [
        ("(i32.const 0)", "answered 0"),
        ("(i32.const -1)", "outside of its memory"),
        ("(i32.const 0x20000)", "only blanks"),
        ("(i32.const 0x20001)", "outside of its memory"),
        ("(i32.const 0x1ffff)", "no JSON"),
    ] {
        let text = error_of(&guest("", address));
        assert!(text.contains(message), "{address}: {text}");
    }
}

#[test]
fn a_result_that_runs_to_the_end_of_memory() {
    let body = r#"(memory.fill (i32.const 8192) (i32.const 97) (i32.const 122880))
                  (i32.store (i32.const 8192) (i32.const 0x2261227b)) (i32.store16 (i32.const 8196) (i32.const 0x223a))
                  (i32.const 8192)"#;
    assert!(error_of(&guest("", body)).contains("past the end of its memory"));
}

#[test]
fn packed_results_that_wrap() {
    for value in ["0xffffffff_ffffffff", "0x00001000_ffffffff", "0xffffffff_00000001", "0x00000000_00000001"]
    {
        let wat = ALLOCATOR.replace("PARTS", "")
            + &format!(
                r#"(func (export "describe") (result i64) (i64.const {value}))
                   (func (export "schema") (result i64) (i64.const {value}))
                   (func (export "observe") (param i32 i32) (result i64) (i64.const {value})))"#
            );
        let text = error_of(&wat);
        assert!(text.contains("outside of its memory") || text.contains("no JSON"), "{value}: {text}");
    }
}

#[test]
fn a_deeply_nested_result() {
    let body = "(memory.fill (i32.const 8192) (i32.const 91) (i32.const 100000)) (i32.const 8192)";
    assert!(error_of(&guest("", body)).contains("no JSON"));
    // Well-formed, but deeper than anyone writes by hand: 60,000 `[` and as many `]`.
    let body = "(memory.fill (i32.const 8192) (i32.const 91) (i32.const 60000))
                (memory.fill (i32.const 68192) (i32.const 93) (i32.const 60000)) (i32.const 8192)";
    assert!(error_of(&guest("", body)).contains("recursion limit"));
}

#[test]
fn proc_exit_is_an_error() {
    let parts = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;
    let text = error_of(&guest(parts, "(call $exit (i32.const 3)) (unreachable)"));
    assert!(text.contains("proc_exit(3)"), "{text}");
}

#[test]
fn an_element_segment_outside_of_its_table() {
    let text = error_of(&guest("(table $t 1 funcref) (elem (table $t) (i32.const 1) func $allocate)", OK));
    assert!(text.ends_with("an element segment does not fit its table (1 at index 1)"), "{text}");
}

#[test]
fn a_data_segment_outside_of_memory() {
    assert!(!error_of(&guest(r#"(data (i32.const 0x7fffffff) "x")"#, OK)).is_empty());
}

fn load_error(bytes: &[u8]) -> String {
    Engine::new(Limits::default()).load(bytes).unwrap_err().to_string()
}

#[test]
fn bytes_that_are_no_module() {
    for (bytes, message) in [
        (&b""[..], "an empty file"),
        (b"\0asm", "not a valid"),
        (b"\x7fELF....", "ELF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"(module)", "wat2wasm"),
        (b"#!/bin/sh\n", "a text file"),
        (b"\xff\xfe\x00", "unknown data"),
        (b"\0asm\x0d\0\x01\0rest", "component"),
        (b"\0asm\x01\0\0\0\xff\xff\xff\xff", "not a valid"),
    ] {
        let text = load_error(bytes);
        assert!(text.contains(message), "{bytes:?}: {text}");
    }
}

#[test]
fn modules_that_are_no_plugin_say_everything_that_is_missing() {
    let load = |wat: &str| load_error(&wat::parse_str(wat).unwrap());
    let text = load("(module)");
    for name in
        ["`memory`", "`allocate` is missing; expected type (i32) -> i32", "`deallocate`", "`describe`"]
    {
        assert!(text.contains(name), "{name}: {text}");
    }
    let text = load(r#"(module (func (export "_start")))"#);
    assert!(text.contains("WASI command"), "{text}");
    let mistyped = guest("", OK).replace(
        "(func (export \"schema\") (result i32)",
        "(func (export \"schema\") (result i32) (i32.const 0)) (func $x (result i32)",
    );
    assert!(
        load(
            &mistyped.replace(
                "(func (export \"schema\") (result i32) (i32.const 0))",
                "(func (export \"schema\"))"
            )
        )
        .contains("export `schema` is () -> (); expected () -> i32")
    );
    assert!(
        load(r#"(module (func (export "describe") (result f32) (f32.const 0)))"#)
            .contains("pointer generation")
    );
    assert!(load(r#"(module (func (export "describe") (param i32)))"#).contains("`describe` is (i32) -> ()"));
}

#[test]
fn imports_that_do_not_exist_or_fit() {
    let load = |import: &str| load_error(&wat::parse_str(guest(import, OK)).unwrap());
    for (import, message) in [
        (r#"(import "env" "abort" (func))"#, "`env.abort` does not exist"),
        (r#"(import "reglet_host" "reboot" (func))"#, "`reglet_host` has no such function"),
        (r#"(import "wasi_snapshot_preview1" "fd_explode" (func))"#, "no such function"),
        (r#"(import "wasi_unstable" "fd_write" (func))"#, "preview 0"),
        (
            r#"(import "reglet_host" "tcp_connect" (func (param i32)))"#,
            "(i64) -> i64 (packed form) or (i32, i32, i32, i32, i32, i32) -> i32",
        ),
        (
            r#"(import "reglet_host" "exec_command" (func (param i32 i32) (result i32)))"#,
            "(i64) -> i64 (packed form)",
        ),
        (r#"(import "quoin_host" "file_stat" (func (param i32)))"#, "(i64) -> i64"),
        (r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32)))"#, "has type (i32) -> ()"),
        (r#"(import "reglet_host" "dns_lookup" (table 1 funcref))"#, "a table"),
        (
            r#"(import "reglet_host" "dns_lookup" (func (param i64) (result i64))) (import "reglet_host" "dns_lookup" (func (param i32 i32 i32 i32) (result i32)))"#,
            "imports it before",
        ),
    ] {
        let text = load(import);
        assert!(text.contains(message), "{import}: {text}");
    }
    // The same import twice, as Go makes it, is no problem.
    let twice = r#"(import "reglet_host" "exec_command" (func (param i64) (result i64)))
                   (import "reglet_host" "exec_command" (func (param i64) (result i64)))"#;
    let wasm = wat::parse_str(guest(twice, OK)).unwrap();
    Engine::new(Limits::default()).load(&wasm).unwrap();
}

#[test]
fn every_prefix_and_many_mutations_of_a_module_load_or_are_refused() {
    let wasm = wat::parse_str(guest("", OK)).unwrap();
    let engine = Engine::new(Limits::default());
    for end in 0..wasm.len() {
        let _ = engine.load(&wasm[..end]);
    }
    for position in 0..wasm.len() {
        for byte in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            let mut mutant = wasm.clone();
            mutant[position] = byte;
            let _ = engine.load(&mutant);
        }
    }
}

#[test]
fn a_function_that_is_not_valid_is_told_apart_from_a_trap_each_time_it_is_called() {
    // Not the assembler but the validator knows the types.
    let wasm = wat::parse_str(guest("", "(f32.const 1)")).unwrap();
    let plugin = Engine::new(Limits::default()).load(&wasm).unwrap();
    for why in ["type mismatch: expected i32, found f32", "an earlier call"] {
        let session = Machine::new().session(Grants::none(), Duration::from_secs(30));
        let text = failure(plugin.instantiate(session).unwrap().observe(&serde_json::Map::new()));
        assert!(text.contains("a function of it is not valid WebAssembly") && text.contains(why), "{text}");
    }
}

#[test]
fn an_operator_behind_a_functions_end_is_not_valid() {
    let wat = guest(
        "(func $nothing) (func $behind (nop) (nop) (nop) (nop) (call $nothing))",
        &format!("(call $behind) {OK}"),
    );
    let mut wasm = wat::parse_str(wat).unwrap();
    // The last `nop` becomes an `end`, which no assembler writes there.
    const NOP: u8 = 0x01;
    let nops: Vec<_> =
        (0..wasm.len()).filter(|&at| wasm[at..].starts_with(&[NOP, NOP, NOP, NOP, 0x10])).collect();
    let [at] = nops[..] else { panic!("{nops:?}") };
    wasm[at + 3] = 0x0b;
    let plugin = Engine::new(Limits::default()).load(&wasm).unwrap();
    let session = Machine::new().session(Grants::none(), Duration::from_secs(30));
    let text = failure(plugin.instantiate(session).unwrap().observe(&serde_json::Map::new()));
    assert!(text.contains("a function of it is not valid WebAssembly"), "{text}");
}

//! The release build against a hostile plugin. wasmi passes from one instruction's handler to the next by a tail call,
//! which the compiler makes only where it optimises and inlines: a handler that it calls instead takes a little of our
//! own stack each time, until a guest's loop ends the whole process with a signal. So the binary that is shipped has to
//! run a loop over every kind of instruction for as long as it may, and end it as an error.

#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

mod program;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a type's instructions are made of: its operands are a constant, a local, the result before and something in
/// memory, each of which has handlers of its own.
fn operands(ty: &str) -> [String; 3] {
    [format!("({ty}.const 3)"), format!("(local.get ${ty})"), format!("({ty}.load offset=8 (local.get $at))")]
}

/// The instruction on every kind of operand.
fn unary(to: &str, name: &str, from: &str) -> String {
    operands(from).map(|operand| format!("(local.set ${to} ({name} {operand}))\n")).concat()
}

/// The instruction on all pairs of operands; the second is never zero, so that nothing traps.
fn binary(to: &str, name: &str, from: &str) -> String {
    let mut text = String::new();
    for left in operands(from) {
        for right in [format!("({from}.const 3)"), format!("(local.get $three_{from})")] {
            let result = format!("({name} {left} {right})");
            text += &format!("(local.set ${to} {result})\n");
            if to == "i32" {
                text += &format!("(block (br_if 0 {result}) (global.set $g_i32 {result}))\n");
                text += &format!("(local.set $i64 (select (i64.const 3) (local.get $i64) {result}))\n");
                text += &format!("(if (i32.eqz {result}) (then (local.set $i32 (i32.const 3))))\n");
            }
        }
    }
    text
}

/// One turn of the loop.
fn turn() -> String {
    let mut text = String::new();
    for ty in ["i32", "i64"] {
        for name in "add sub mul div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr".split(' ') {
            text += &binary(ty, &format!("{ty}.{name}"), ty);
        }
        for name in "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(' ') {
            text += &binary("i32", &format!("{ty}.{name}"), ty);
        }
        for name in "clz ctz popcnt extend8_s extend16_s".split(' ') {
            text += &unary(ty, &format!("{ty}.{name}"), ty);
        }
        text += &unary("i32", &format!("{ty}.eqz"), ty);
        for name in "load8_s load8_u load16_s load16_u".split(' ') {
            text += &unary(ty, &format!("{ty}.{name}"), "i32_address");
        }
        for from in ["f32", "f64"] {
            for name in ["trunc_sat", "convert"] {
                for sign in ["s", "u"] {
                    let (to, from) = if name == "convert" { (from, ty) } else { (ty, from) };
                    text += &unary(to, &format!("{to}.{name}_{from}_{sign}"), from);
                }
            }
        }
    }
    for ty in ["f32", "f64"] {
        for name in "add sub mul div min max copysign".split(' ') {
            text += &binary(ty, &format!("{ty}.{name}"), ty);
        }
        for name in "eq ne lt gt le ge".split(' ') {
            text += &binary("i32", &format!("{ty}.{name}"), ty);
        }
        for name in "abs neg sqrt ceil floor trunc nearest".split(' ') {
            text += &unary(ty, &format!("{ty}.{name}"), ty);
        }
    }
    for (to, name, from) in [
        ("i32", "i32.wrap_i64", "i64"),
        ("i64", "i64.extend_i32_s", "i32"),
        ("i64", "i64.extend_i32_u", "i32"),
        ("i64", "i64.extend32_s", "i64"),
        ("f32", "f32.demote_f64", "f64"),
        ("f64", "f64.promote_f32", "f32"),
        ("i32", "i32.reinterpret_f32", "f32"),
        ("i64", "i64.reinterpret_f64", "f64"),
        ("f32", "f32.reinterpret_i32", "i32"),
        ("f64", "f64.reinterpret_i64", "i64"),
    ] {
        text += &unary(to, name, from);
    }
    for ty in ["i32", "i64", "f32", "f64"] {
        for operand in operands(ty) {
            text += &format!(
                "({ty}.store offset=8 (local.get $at) {operand}) ({ty}.store (i32.const 64) {operand})\n"
            );
            text += &format!("(global.set $g_{ty} {operand}) (local.set ${ty} (global.get $g_{ty}))\n");
            text += &format!("(local.set ${ty} (call $id_{ty} {operand}))\n");
            text += &format!("(local.set ${ty} (select {operand} (local.get ${ty}) (global.get $g_i32)))\n");
        }
        text += &format!("(local.set ${ty} (local.get $three_{ty}))\n");
    }
    for (ty, name) in
        [("i32", "store8"), ("i32", "store16"), ("i64", "store8"), ("i64", "store16"), ("i64", "store32")]
    {
        text += &operands(ty).map(|value| format!("({ty}.{name} (local.get $at) {value})\n")).concat();
    }
    text + r#"
        (memory.fill (i32.const 128) (i32.const 7) (i32.const 64))
        (memory.copy (i32.const 192) (i32.const 128) (i32.const 64))
        (memory.init $passive (i32.const 256) (i32.const 0) (i32.const 7))
        (drop (memory.grow (i32.const 0)))
        (global.set $g_i32 (memory.size))
        (table.set $t (i32.const 1) (table.get $t (i32.const 0)))
        (table.fill $t (i32.const 1) (ref.func $id_i32) (i32.const 1))
        (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))
        (table.init $t $elements (i32.const 0) (i32.const 0) (i32.const 1))
        (drop (table.grow $t (ref.null func) (i32.const 0)))
        (global.set $g_i32 (i32.add (table.size $t) (ref.is_null (table.get $t (i32.const 0)))))
        (local.set $i32 (call_indirect $t (type $unary) (local.get $i32) (i32.const 0)))
        (local.set $i32 (call $tail (i32.const 5)))
        (call $many (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4))
        (local.set $f64) (local.set $f32) (local.set $i64) (local.set $i32)
        (block $c (block $b (block $a (br_table $a $b $c (i32.and (local.get $three_i32) (global.get $g_i32))))
          (br $c)) (nop))
        (drop (call $time (i32.const 1) (i64.const 0) (i32.const 512)))"#
}

/// A plugin of the pointer generation that never answers.
fn spinning() -> String {
    let mut locals = String::from("(local $at i32) (local $i32_address i32)");
    let (mut start, mut functions) = (String::new(), String::new());
    for ty in ["i32", "i64", "f32", "f64"] {
        locals += &format!("(local ${ty} {ty}) (local $three_{ty} {ty})");
        start += &format!("(local.set $three_{ty} ({ty}.const 3)) (local.set ${ty} ({ty}.const 5))");
        functions += &format!("(func $id_{ty} (param {ty}) (result {ty}) (local.get 0))\n");
        functions += &format!("(global $g_{ty} (mut {ty}) ({ty}.const 1))\n");
    }
    // Addresses are small, or the loads of their operands trap.
    let turn = turn()
        .replace("(i32_address.const 3)", "(i32.const 3)")
        .replace("(i32_address.load offset=8 (local.get $at))", "(i32.load8_u offset=8 (local.get $at))");
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
          (memory (export "memory") 1)
          (type $unary (func (param i32) (result i32)))
          (table $t 2 10 funcref)
          (elem (table $t) (i32.const 0) func $id_i32)
          (elem $elements func $id_i32)
          (data (i32.const 1024) "{{\"name\":\"spinning\",\"version\":\"1\"}}")
          (data (i32.const 1100) "{{\"type\":\"object\"}}")
          (data $passive "passive")
          {functions}
          (func $tail (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
            (return_call $tail (i32.sub (local.get 0) (i32.const 1))))
          (func $many (param i32 i64 f32 f64) (result i32 i64 f32 f64)
            (local.get 0) (local.get 1) (local.get 2) (local.get 3))
          (func (export "allocate") (param i32) (result i32) (i32.const 2048))
          (func (export "deallocate") (param i32 i32))
          (func (export "describe") (result i32) (i32.const 1024))
          (func (export "schema") (result i32) (i32.const 1100))
          (func (export "observe") (param i32 i32) (result i32) {locals}
            (local.set $at (i32.const 16)) (local.set $i32_address (i32.const 32)) {start}
            (loop $l {turn} (br $l))
            (unreachable)))"#
    )
}

/// What is given, or else what lies beside the binary that the tests are built with.
fn release_binary() -> Command {
    program::given().unwrap_or_else(|| {
        let built = program::quoin();
        Command::new(Path::new(built.get_program()).ancestors().nth(2).unwrap().join("release/quoin"))
    })
}

#[test]
#[ignore = "needs the release build; `tests/run release` makes it first"]
fn a_loop_over_every_kind_of_instruction_ends_as_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile.yaml");
    fs::write(folder.path().join("spinning.wasm"), wat::parse_str(spinning()).unwrap()).unwrap();
    let text = "
profile: {name: Hostile}
plugins: [file, ./spinning.wasm]
controls:
  items:
    - {id: spins, timeout: 1s, observations: [{plugin: spinning, config: {}}]}
    - {id: sound, observations: [{plugin: file, config: {path: /}, expect: data.exists}]}
";
    fs::write(&profile, text).unwrap();
    let output = release_binary()
        .args(["check", "--format", "json"])
        .arg(&profile)
        .output()
        .expect("there is a release build");
    let said = String::from_utf8_lossy(&output.stderr);
    // A signal leaves no code.
    assert_eq!(output.status.code(), Some(1), "{:?}: {said}", output.status);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let controls = &report["controls"];
    assert_eq!(controls[0]["status"], "error", "{report:#}");
    assert!(controls[0].to_string().contains("time limit"), "{report:#}");
    assert_eq!(controls[1]["status"], "pass", "{report:#}");
}

//! The three generations of the guest contract, told apart at load and normalised.

mod machine;

use machine::{ALLOCATOR, Machine, data, guest, instance};
use quoin_engine::capability::Grants;
use quoin_engine::{Engine, Failure, Generation, Limits};
use serde_json::{Map, json};
use std::time::Duration;

fn packed(observe: &str) -> String {
    ALLOCATOR.replace("PARTS", "")
        + &format!(
            r#"
  (func $pack (param $p i32) (param $n i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $p)) (i64.const 32)) (i64.extend_i32_u (local.get $n))))
  (func (export "describe") (result i64) (call $pack (call $answer (i32.const 100) (i32.const 31)) (i32.const 31)))
  (func (export "schema") (result i64) (call $pack (call $answer (i32.const 150) (i32.const 17)) (i32.const 17)))
  (func (export "observe") (param i32 i32) (result i64) {observe})
)"#
        )
}

const MANIFEST: &str = r#"
  (data (i32.const 300) "{\"name\":\"m\",\"sdk_version\":\"0.4.0\",\"config_schema\":{\"type\":\"object\"},\"capabilities\":{\"fs\":{\"rules\":[{\"read\":[\"/etc/**\"]}]}}}")
  (data (i32.const 600) "{\"status\":\"failure\",\"message\":\"too open\",\"data\":{\"mode\":\"0777\"}}")
  (func $pack (param $p i32) (param $n i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $p)) (i64.const 32)) (i64.extend_i32_u (local.get $n))))
  (func (export "_manifest") (result i64) (call $pack (call $answer (i32.const 300) (i32.const 123)) (i32.const 123)))
  (func (export "_observe") (param i32 i32) (result i64) (call $pack (call $answer (i32.const 600) (i32.const 64)) (i32.const 64)))
)"#;

#[test]
fn pointer_generation() {
    let machine = Machine::new();
    let mut instance = instance(&machine, Limits::default(), &guest("", ""));
    let metadata = instance.describe().unwrap();
    assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("test", "1.0"));
    assert_eq!(instance.schema().unwrap(), json!({"type": "object"}));
    let observation = instance.observe(&Map::new());
    assert!(observation.fuel > 0 && observation.memory_bytes == 2 << 16);
    assert!(observation.evidence.as_ref().unwrap().status);
    assert!(observation.evidence.unwrap().timestamp.ends_with('Z'));
    // Once after each of the three calls: nothing was left outstanding.
    assert_eq!(machine.lines(), ["Info balanced"; 3]);
}

#[test]
fn packed_generation() {
    let machine = Machine::new();
    let wat = packed(r#"(call $pack (call $answer (i32.const 200) (i32.const 15)) (i32.const 15))"#);
    let mut instance = instance(&machine, Limits::default(), &wat);
    assert_eq!(instance.describe().unwrap().name, "test");
    assert_eq!(instance.schema().unwrap(), json!({"type": "object"}));
    assert!(instance.observe(&Map::new()).evidence.unwrap().status);
    assert_eq!(machine.lines(), ["Info balanced"; 3]);
}

#[test]
fn packed_zero_is_no_result() {
    let machine = Machine::new();
    let observation = instance(&machine, Limits::default(), &packed("(i64.const 0)")).observe(&Map::new());
    assert!(machine::failure(observation).contains("answered 0"));
    assert_eq!(machine.lines(), ["Info balanced"], "the input is given back");
}

#[test]
fn manifest_generation() {
    let machine = Machine::new();
    let wat = ALLOCATOR.replace("PARTS", "") + MANIFEST;
    let wasm = wat::parse_str(&wat).unwrap();
    let plugin = Engine::new(Limits::default()).load(&wasm).unwrap();
    assert_eq!(plugin.generation(), Generation::Manifest);
    let mut instance = plugin.instantiate(machine.session(Grants::none(), Duration::from_secs(30))).unwrap();
    let metadata = instance.describe().unwrap();
    assert_eq!(metadata.sdk_version.as_deref(), Some("0.4.0"));
    assert_eq!(instance.schema().unwrap(), json!({"type": "object"}));
    let observation = instance.observe(&Map::new());
    assert!(!observation.evidence.as_ref().unwrap().status);
    assert_eq!(data(observation), json!({"mode": "0777", "message": "too open"}));
    assert_eq!(machine.lines(), ["Info balanced"; 3]);
}

#[test]
fn blocks_are_given_back_on_every_error() {
    let cases = [
        // No JSON: a guest of the pointer generation can't be told how long it was, only the input goes back.
        ("(call $answer (i32.const 300) (i32.const 4)) ", "no JSON", 0),
        // JSON, but not a result: both go back.
        ("(call $answer (i32.const 150) (i32.const 17))", "`status`", 1),
        // A trap in the guest's own code: the input goes back.
        ("(unreachable)", "trapped", 1),
        ("(i32.const 0)", "answered 0", 1),
        ("(i32.const 0x7fffffff)", "outside of its memory", 1),
    ];
    for (observe, message, balanced) in cases {
        let machine = Machine::new();
        let wat = guest(r#"(data (i32.const 300) "nope")"#, observe);
        let observation = instance(&machine, Limits::default(), &wat).observe(&Map::new());
        let text = machine::failure(observation);
        assert!(text.contains(message), "{observe}: {text}");
        assert_eq!(machine.lines().len(), balanced, "{observe}");
    }
}

#[test]
fn initialize_runs_once_before_everything_else() {
    let machine = Machine::new();
    let wat = guest(
        r#"(global $ready (mut i32) (i32.const 0))
           (func (export "_initialize")
             (if (global.get $ready) (then (unreachable)))
             (global.set $ready (i32.const 1)))"#,
        "(if (i32.eqz (global.get $ready)) (then (unreachable))) (call $answer (i32.const 200) (i32.const 15))",
    );
    let mut instance = instance(&machine, Limits::default(), &wat);
    instance.describe().unwrap();
    assert!(instance.observe(&Map::new()).evidence.unwrap().status);
}

#[test]
fn a_plugin_s_own_error_in_describe_is_told() {
    let machine = Machine::new();
    let wat = guest("", "")
        .replace(r#"{\"name\":\"test\",\"version\":\"1.0\"} "#, r#"{\"error\":\"broken somewhere in\"}"#);
    let failure = instance(&machine, Limits::default(), &wat).describe().unwrap_err();
    assert!(
        matches!(&failure, Failure::Plugin(error) if error.message == "broken somewhere in"),
        "{failure}"
    );
}

#[test]
fn observations_share_nothing() {
    let machine = Machine::new();
    let wat = guest(
        "(global $count (mut i32) (i32.const 0))",
        r#"(global.set $count (i32.add (global.get $count) (i32.const 1)))
           (if (i32.ne (global.get $count) (i32.const 1)) (then (unreachable)))
           (i32.store8 (i32.const 2000) (i32.add (i32.load8_u (i32.const 2000)) (i32.const 1)))
           (if (i32.ne (i32.load8_u (i32.const 2000)) (i32.const 1)) (then (unreachable)))
           (call $answer (i32.const 200) (i32.const 15))"#,
    );
    let wasm = wat::parse_str(&wat).unwrap();
    let plugin = Engine::new(Limits::default()).load(&wasm).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let session = machine.session(Grants::none(), Duration::from_secs(30));
                    let observation = plugin.instantiate(session).unwrap().observe(&Map::new());
                    assert!(observation.evidence.unwrap().status);
                }
            });
        }
    });
}

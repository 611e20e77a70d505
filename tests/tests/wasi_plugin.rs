//! Plugins that use WASI against their host, over this machine's real clocks: one that waits, one that floods its
//! output, one that exits. Each ends as one error, and the next observation of the same plugin is none the worse.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_engine::capability::Grants;
use quoin_engine::{Engine, Exceeded, Failure, Limits, Observation, Plugin};
use quoin_tests::machine::Bench;
use serde_json::json;
use std::time::{Duration, Instant};

/// A packed-generation guest, whose bump allocator puts each new block behind the last. `hostile` runs where the
/// configuration is `{"hostile":true}`, and then `{"status":true}` is answered.
fn plugin(imports: &str, hostile: &str) -> Plugin {
    let text = format!(
        r#"(module
  {imports}
  (memory (export "memory") 2)
  (global $next (mut i32) (i32.const 65536))
  (data (i32.const 0) "{{\"name\":\"test\",\"version\":\"1.0\"}}")
  (data (i32.const 100) "{{\"Status\":true}}")
  (func (export "allocate") (param $n i32) (result i32)
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $n))))
  (func (export "deallocate") (param i32 i32))
  (func (export "describe") (result i64) (i64.const 0x00_0000_001f))
  (func (export "schema") (result i64) (i64.const 0x00_0000_001f))
  (func (export "observe") (param $config i32) (param $len i32) (result i64) (local $i i32)
    (if (i32.eq (local.get $len) (i32.const 16)) (then {hostile}))
    (i64.const 0x64_0000_000f)))"#
    );
    Engine::new(Limits::default()).load(&wat::parse_str(text).unwrap()).unwrap()
}

fn observe(bench: &Bench, plugin: &Plugin, hostile: bool, time: Duration) -> Observation {
    let config = if hostile { json!({"hostile": true}) } else { json!({}) };
    bench.observe(plugin, Grants::none(), time, &config)
}

fn assert_unharmed(bench: &Bench, plugin: &Plugin) {
    let good = observe(bench, plugin, false, Duration::from_secs(60)).evidence.unwrap();
    assert!(good.status && good.error.is_none(), "{good:?}");
}

/// Waits on the monotonic clock: subscription at 1024, event at 1280, count at 1536.
fn poll(nanoseconds: u64) -> Plugin {
    plugin(
        r#"(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))"#,
        &format!(
            r#"(i32.store (i32.const 1040) (i32.const 1))
               (i64.store (i32.const 1048) (i64.const {nanoseconds}))
               (if (call $poll (i32.const 1024) (i32.const 1280) (i32.const 1) (i32.const 1536)) (then (unreachable)))
               (if (i32.ne (i32.load (i32.const 1536)) (i32.const 1)) (then (unreachable)))"#
        ),
    )
}

#[test]
fn a_guest_may_wait_within_its_deadline() {
    let (bench, plugin) = (Bench::new(), poll(50_000_000));
    let start = Instant::now();
    let good = observe(&bench, &plugin, true, Duration::from_secs(60)).evidence.unwrap();
    assert!(good.status, "{good:?}");
    let took = start.elapsed();
    assert!((Duration::from_millis(50)..Duration::from_secs(30)).contains(&took), "{took:?}");
}

#[test]
fn a_guest_that_hangs_in_poll_oneoff_ends_at_its_deadline() {
    let (bench, plugin) = (Bench::new(), poll(u64::MAX));
    let start = Instant::now();
    let hung = observe(&bench, &plugin, true, Duration::from_millis(300));
    assert_eq!(hung.evidence, Err(Failure::Exceeded(Exceeded::Deadline)));
    let took = start.elapsed();
    assert!((Duration::from_millis(300)..Duration::from_secs(30)).contains(&took), "{took:?}");
    assert_unharmed(&bench, &plugin);
}

/// Writes `hello` and a line end, `times` times, to a descriptor: text at 1024, iovec at 1040, count at 1056.
fn write(descriptor: u32, times: u32) -> Plugin {
    plugin(
        r#"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
           (data (i32.const 1024) "hello\n") (data (i32.const 1040) "\00\04\00\00\06\00\00\00")"#,
        &format!(
            r#"(loop $again
                 (if (call $write (i32.const {descriptor}) (i32.const 1040) (i32.const 1) (i32.const 1056))
                   (then (unreachable)))
                 (local.set $i (i32.add (local.get $i) (i32.const 1)))
                 (br_if $again (i32.lt_u (local.get $i) (i32.const {times}))))"#
        ),
    )
}

#[test]
fn output_becomes_log_lines_up_to_the_limit() {
    let limit = Limits::default().log_lines;
    for (descriptor, line) in [(1, "Info hello"), (2, "Warn hello")] {
        let (bench, plugin) = (Bench::new(), write(descriptor, u32::try_from(limit).unwrap()));
        let good = observe(&bench, &plugin, true, Duration::from_secs(60)).evidence.unwrap();
        assert!(good.status, "{good:?}");
        assert_eq!(bench.lines(), vec![line; limit]);
    }
}

#[test]
fn a_guest_that_floods_its_output_ends_at_the_limit() {
    let limit = Limits::default().log_lines;
    for descriptor in [1, 2] {
        let (bench, plugin) = (Bench::new(), write(descriptor, u32::MAX));
        let flooded = observe(&bench, &plugin, true, Duration::from_secs(60));
        assert_eq!(flooded.evidence, Err(Failure::Exceeded(Exceeded::LogLines(limit))));
        assert_eq!(bench.lines().len(), limit);
        assert_unharmed(&bench, &plugin);
    }
}

#[test]
fn a_guest_that_exits_has_not_answered() {
    // Not even 0 is an answer: a check that makes no observation must not pass.
    for code in [0, 1, 0xffff_ffff] {
        let (bench, plugin) = (
            Bench::new(),
            plugin(
                r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#,
                &format!("(call $exit (i32.const {code}))"),
            ),
        );
        let gone = observe(&bench, &plugin, true, Duration::from_secs(60));
        assert_eq!(gone.evidence, Err(Failure::Exit(code)));
        assert_unharmed(&bench, &plugin);
    }
}

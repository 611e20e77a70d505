//! Every limit ends the observation with an error that names it, and nothing else is harmed.

mod machine;

use machine::{Machine, failure, guest, observe};
use quoin_engine::capability::Grants;
use quoin_engine::{Engine, Exceeded, Failure, Limits};
use serde_json::Map;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);
const OK: &str = "(call $answer (i32.const 200) (i32.const 15))";

fn limited(limits: Limits, wat: &str) -> String {
    failure(observe(&Machine::new(), limits, wat, Grants::none(), LONG))
}

#[test]
fn an_endless_loop_ends_at_the_deadline() {
    let started = Instant::now();
    let time = Duration::from_millis(100);
    let observation = observe(
        &Machine::new(),
        Limits::default(),
        &guest("", "(loop $l (br $l)) (unreachable)"),
        Grants::none(),
        time,
    );
    assert_eq!(observation.evidence, Err(Failure::Exceeded(Exceeded::Deadline)));
    assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());
}

#[test]
fn an_endless_initialize_ends_at_the_deadline() {
    let wat = guest(r#"(func (export "_initialize") (loop $l (br $l)))"#, "");
    let time = Duration::from_millis(50);
    let observation = observe(&Machine::new(), Limits::default(), &wat, Grants::none(), time);
    assert_eq!(observation.evidence, Err(Failure::Exceeded(Exceeded::Deadline)));
}

#[test]
fn an_endless_allocate_called_by_the_host_ends_at_the_deadline() {
    let wat = guest("", "").replace(
        "(func $allocate (export \"allocate\") (param $n i32) (result i32) (local $p i32)",
        "(func $allocate (export \"allocate\") (param $n i32) (result i32) (local $p i32) (loop $l (br $l))",
    );
    let time = Duration::from_millis(50);
    let observation = observe(&Machine::new(), Limits::default(), &wat, Grants::none(), time);
    assert_eq!(observation.evidence, Err(Failure::Exceeded(Exceeded::Deadline)));
}

#[test]
fn fuel_is_bounded_across_slices() {
    let limits = Limits { fuel: 100_000, fuel_slice: 1_000, ..Limits::default() };
    let text = limited(limits.clone(), &guest("", "(loop $l (br $l)) (unreachable)"));
    assert!(text.contains("fuel limit") && text.contains("100000"), "{text}");
    // The same limits are enough for honest work, which takes more than one slice.
    let honest = guest(
        "",
        "(local $i i32)
         (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 5000))))
         (call $answer (i32.const 200) (i32.const 15))",
    );
    let observation = observe(&Machine::new(), limits, &honest, Grants::none(), LONG);
    assert!(observation.evidence.unwrap().status);
    assert!(observation.fuel > 5_000 && observation.fuel < 100_000, "{}", observation.fuel);
}

#[test]
fn one_instruction_that_costs_more_than_a_slice_still_runs() {
    let limits = Limits { fuel_slice: 100, ..Limits::default() };
    let wat = guest(
        "",
        "(memory.fill (i32.const 8192) (i32.const 1) (i32.const 100000)) (call $answer (i32.const 200) (i32.const 15))",
    );
    assert!(observe(&Machine::new(), limits, &wat, Grants::none(), LONG).evidence.unwrap().status);
}

#[test]
fn a_start_function_has_fuel_of_its_own() {
    let limits = Limits { start_fuel: 10_000, ..Limits::default() };
    let wat = guest("(func $start (loop $l (br $l))) (start $start)", OK);
    let text = limited(limits.clone(), &wat);
    assert!(text.contains("start fuel limit") && text.contains("_initialize"), "{text}");
    let wat = guest("(func $start) (start $start)", OK);
    assert!(observe(&Machine::new(), limits, &wat, Grants::none(), LONG).evidence.unwrap().status);
}

#[test]
fn a_memory_bomb_ends_at_the_memory_limit() {
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let bomb = "(loop $l (drop (memory.grow (i32.const 1))) (br $l)) (unreachable)";
    let text = limited(limits.clone(), &guest("", bomb));
    assert!(text.contains("memory limit") && text.contains("1048576"), "{text}");
    let born = guest("", OK).replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 60000)");
    assert!(limited(limits, &born).contains("memory limit"));
}

#[test]
fn tables_are_bounded() {
    let limits = Limits { table_elements: 1000, ..Limits::default() };
    let grow = "(drop (table.grow $t (ref.null func) (i32.const 100000))) (unreachable)";
    let text = limited(limits.clone(), &guest("(table $t 1 funcref)", grow));
    assert!(text.contains("table limit") && text.contains("1000"), "{text}");
    assert!(limited(limits, &guest("(table 4000000000 funcref)", OK)).contains("table limit"));
}

#[test]
fn deep_recursion_ends_at_the_call_depth() {
    let text = limited(Limits::default(), &guest("(func $f (call $f))", "(call $f) (unreachable)"));
    assert!(text.contains("call depth limit") && text.contains("1000"), "{text}");
}

#[test]
fn results_are_bounded() {
    let limits = Limits { result_bytes: 10, ..Limits::default() };
    assert!(limited(limits, &guest("", OK)).contains("result limit"));
    let limits = Limits { result_bytes: 15, ..Limits::default() };
    assert!(observe(&Machine::new(), limits, &guest("", OK), Grants::none(), LONG).evidence.unwrap().status);
}

#[test]
fn log_lines_are_bounded_in_number_and_size() {
    let machine = Machine::new();
    let limits = Limits { log_lines: 5, log_line_bytes: 4, ..Limits::default() };
    let flood = "(loop $l (call $log (i64.const 0x10_0000_0025)) (br $l)) (unreachable)";
    let text = failure(observe(&machine, limits, &guest("", flood), Grants::none(), LONG));
    assert!(text.contains("log limit"), "{text}");
    assert_eq!(machine.lines(), ["Info bala… (4 bytes cut)"; 5]);
}

#[test]
fn requests_and_responses_are_bounded() {
    let import = r#"(import "reglet_host" "exec_command" (func $exec (param i64) (result i64)))"#;
    let call = "(drop (call $exec (i64.const 0x10_0000_0025))) (unreachable)";
    let limits = Limits { request_bytes: 5, ..Limits::default() };
    assert!(limited(limits, &guest(import, call)).contains("request limit"));
    let limits = Limits { response_bytes: 5, ..Limits::default() };
    assert!(limited(limits, &guest(import, call)).contains("response limit"));
}

#[test]
fn a_module_is_bounded() {
    let engine = Engine::new(Limits { module_bytes: 10, ..Limits::default() });
    let error = engine.load(&wat::parse_str(guest("", OK)).unwrap()).unwrap_err();
    assert!(error.to_string().contains("more than the limit of 10"), "{error}");
}

#[test]
fn later_runs_of_the_same_plugin_are_unharmed() {
    let limits = Limits { memory_bytes: 1 << 20, log_lines: 10, ..Limits::default() };
    // The first configuration byte that is not `{}` decides; with `{}` it answers, with anything longer it explodes.
    let wat = guest(
        "(func $f (call $f))",
        "(if (i32.gt_u (local.get $len) (i32.const 20)) (then (call $f)))
         (if (i32.gt_u (local.get $len) (i32.const 12)) (then (loop $l (drop (memory.grow (i32.const 1))) (br $l))))
         (if (i32.gt_u (local.get $len) (i32.const 2)) (then (unreachable)))
         (call $answer (i32.const 200) (i32.const 15))",
    );
    let plugin = Engine::new(limits).load(&wat::parse_str(&wat).unwrap()).unwrap();
    let machine = Machine::new();
    let run = |text: &str| {
        let config: Map<_, _> = serde_json::from_str(text).unwrap();
        plugin.instantiate(machine.session(Grants::none(), LONG)).unwrap().observe(&config).evidence
    };
    for _ in 0..3 {
        assert!(run("{}").unwrap().status);
        assert!(matches!(run(r#"{"a":1}"#), Err(Failure::Trap(_))));
        assert!(matches!(run(r#"{"abcdefghij":1}"#), Err(Failure::Exceeded(Exceeded::Memory(_)))));
        assert!(matches!(
            run(r#"{"abcdefghijklmnopqrst":1}"#),
            Err(Failure::Exceeded(Exceeded::CallDepth(_)))
        ));
    }
}

//! Linking, arguments, environment, clocks, random data, scheduling, the process, sockets, standard streams.

use super::*;
use crate::host::LogLevel;
use crate::limits::Exceeded;
use crate::wasi::link::NAMES;
use wasmi::FuncType;

#[test]
fn every_function_links_with_its_type_and_no_other() {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    for (name, params) in FUNCTIONS {
        let params: Vec<ValType> =
            params.chars().map(|param| if param == 'i' { ValType::I32 } else { ValType::I64 }).collect();
        let results: &[ValType] = if name == "proc_exit" { &[] } else { &[ValType::I32] };
        let ty = FuncType::new(params, results.iter().copied());
        assert_eq!(link(&mut linker, name, &ty), Ok(()), "{name}");
        assert_eq!(link(&mut linker, name, &ty), Ok(()), "{name} again");
        let wrong = FuncType::new([ValType::F32], [ValType::I64]);
        let problem = link(&mut linker, name, &wrong).unwrap_err();
        assert!(matches!(&problem, LinkProblem::Type(_)), "{name}");
    }
    assert_eq!(NAMES.len() + 1, FUNCTIONS.len());
    let ty = FuncType::new([ValType::I32], [ValType::I32]);
    assert_eq!(link(&mut linker, "fd_fly", &ty), Err(LinkProblem::Unknown));
    let expected = "(i32, i64, i32, i32) -> i32";
    assert_eq!(link(&mut linker, "fd_seek", &ty), Err(LinkProblem::Type(expected.into())));
}

#[test]
fn arguments_and_environment_arrive() {
    let mut guest = Guest::command(&Tree::new());
    guest.ok("args_sizes_get", &[OUT.into(), (OUT + 4).into()]);
    assert_eq!((guest.u32(OUT), guest.u32(OUT + 4)), (2, 17));
    guest.ok("args_get", &[OUT.into(), BUF.into()]);
    assert_eq!((guest.u32(OUT), guest.u32(OUT + 4)), (BUF, BUF + 5));
    assert_eq!(guest.get(BUF, 17), b"prog\0an argument\0");
    guest.ok("environ_sizes_get", &[OUT.into(), (OUT + 4).into()]);
    assert_eq!((guest.u32(OUT), guest.u32(OUT + 4)), (1, 4));
    guest.ok("environ_get", &[OUT.into(), BUF.into()]);
    assert_eq!(guest.get(BUF, 4), b"A=1\0");
    for name in ["args_get", "args_sizes_get", "environ_get", "environ_sizes_get"] {
        assert_eq!(guest.call(name, &[0xffff_fffe, BUF.into()]), Errno::Fault);
        assert_eq!(guest.call(name, &[OUT.into(), 0xffff]), Errno::Fault);
    }
}

#[test]
fn a_plugin_sees_the_variables_that_it_was_granted() {
    let mut host = ModelHost::new(&Tree::new());
    host.environment = vec![("LANG".into(), "C".into()), ("SECRET".into(), "x".into())];
    let set = CapabilitySet::new([Capability::parse("env", "LANG").unwrap()]).unwrap();
    let mut guest = Guest::new(plugin(host, Grants::new(set.clone(), set, [])));
    guest.ok("environ_sizes_get", &[OUT.into(), (OUT + 4).into()]);
    assert_eq!((guest.u32(OUT), guest.u32(OUT + 4)), (1, 7));
    guest.ok("args_sizes_get", &[OUT.into(), (OUT + 4).into()]);
    assert_eq!((guest.u32(OUT), guest.u32(OUT + 4)), (0, 0));
    assert_eq!(guest.refusals(), [""; 0], "a variable that is not granted is just not there");
}

#[test]
fn clocks_tell_the_time() {
    let mut guest = Guest::command(&Tree::new());
    guest.ok("clock_time_get", &[1, 0, OUT.into()]);
    assert_eq!(guest.u64(OUT), 1_000_000_000);
    guest.ok("clock_time_get", &[0, u64::MAX, OUT.into()]);
    assert_eq!(guest.u64(OUT), 1_700_000_001_000_000_000);
    guest.ok("clock_res_get", &[0, OUT.into()]);
    assert_eq!(guest.u64(OUT), 1);
    for id in [2, 3, 4, u64::MAX] {
        assert_eq!(guest.call("clock_time_get", &[id, 0, OUT.into()]), Errno::Inval);
        assert_eq!(guest.call("clock_res_get", &[id, OUT.into()]), Errno::Inval);
    }
    assert_eq!(guest.call("clock_time_get", &[0, 0, 0xfffc]), Errno::Fault);
    assert_eq!(guest.call("clock_res_get", &[0, u64::MAX]), Errno::Fault);
}

#[test]
fn random_data_fills_what_is_asked_for() {
    let mut guest = Guest::command(&Tree::new());
    guest.ok("random_get", &[BUF.into(), 0]);
    guest.ok("random_get", &[BUF.into(), 100]);
    assert_ne!(guest.get(BUF, 100), [0; 100]);
    assert_eq!(guest.get(BUF + 100, 4), [0; 4]);
    assert_eq!(guest.call("random_get", &[0xfff0, 17]), Errno::Fault);
    assert_eq!(guest.call("random_get", &[BUF.into(), u32::MAX.into()]), Errno::Fault);
    guest.ok("sched_yield", &[]);
}

#[test]
fn the_process_ends_with_its_code() {
    let mut guest = Guest::command(&Tree::new());
    assert_eq!(guest.trap("proc_exit", &[7]), Trap::Exit(7));
    assert_eq!(guest.call("proc_raise", &[6]), Errno::Nosys);
    assert_eq!(guest.call("proc_raise", &[31]), Errno::Inval);
}

#[test]
fn no_descriptor_is_a_socket() {
    let mut guest = Guest::command(&Tree::new());
    for (fd, errno) in [(0, Errno::Notsock), (3, Errno::Notsock), (9, Errno::Badf)] {
        assert_eq!(guest.call("sock_accept", &[fd, 0, OUT.into()]), errno);
        assert_eq!(guest.call("sock_recv", &[fd, 0, 0, 0, 0, 0]), errno);
        assert_eq!(guest.call("sock_send", &[fd, 0, 0, 0, 0]), errno);
        assert_eq!(guest.call("sock_shutdown", &[fd, 3]), errno);
    }
}

fn logged(host: &ModelHost) -> impl Fn() -> Vec<(LogLevel, String)> + use<> {
    let logged = host.logged.clone();
    move || logged.borrow().clone()
}

#[test]
fn output_becomes_log_lines() {
    let host = ModelHost::new(&Tree::new());
    let lines = logged(&host);
    let mut guest = Guest::new(plugin(host, Grants::none()));
    assert_eq!(guest.write(1, b"one\r\ntw"), Ok(7));
    assert_eq!(guest.write(2, b"oh\n"), Ok(3));
    assert_eq!(guest.write(1, b"o\n\nthree \xff"), Ok(10));
    let expected = vec![
        (LogLevel::Info, "one".into()),
        (LogLevel::Warn, "oh".into()),
        (LogLevel::Info, "two".into()),
        (LogLevel::Info, "".into()),
    ];
    assert_eq!(lines(), expected);
    guest.ok("fd_close", &[1]);
    Wasi::flush(guest.store.data_mut()).unwrap();
    Wasi::flush(guest.store.data_mut()).unwrap();
    assert_eq!(lines()[4..], [(LogLevel::Info, "three \u{fffd}".into())]);
    assert_eq!(guest.read(0, 10), Ok(vec![]), "standard input is empty");
    assert_eq!(guest.write(0, b"x"), Err(Errno::Notcapable));
    assert_eq!(guest.read(2, 1), Err(Errno::Notcapable));
    assert_eq!(guest.call("fd_seek", &[2, 0, 1, OUT.into()]), Errno::Spipe);
}

#[test]
fn a_line_that_never_ends_takes_no_more_room_than_it_is_logged_with() {
    let host = ModelHost::new(&Tree::new());
    let lines = logged(&host);
    let mut guest = Guest::new(plugin(host, Grants::none()));
    guest.limits().log_line_bytes = 10;
    for _ in 0..100 {
        assert_eq!(guest.write(2, "a€".as_bytes()), Ok(4));
    }
    assert!(lines().is_empty());
    assert_eq!(guest.write(2, b"\n"), Ok(1));
    assert_eq!(lines(), [(LogLevel::Warn, "a€a€a… (391 bytes cut)".into())]);
}

#[test]
fn a_flood_of_lines_ends_the_guest() {
    let mut guest = Guest::plugin(&Tree::new(), &[]);
    guest.limits().log_lines = 3;
    guest.put(BUF, b"\n\n\n\n");
    guest.put(TEXT, &[BUF.to_le_bytes(), 4_u32.to_le_bytes()].concat());
    let trap = guest.trap("fd_write", &[1, TEXT.into(), 1, OUT.into()]);
    assert_eq!(trap, Trap::Exceeded(Exceeded::LogLines(3)));
}

#[test]
fn a_guest_without_memory_or_past_its_deadline_does_no_harm() {
    let wat = r#"(module
        (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (global $errno (mut i32) (i32.const -1))
        (func $start (global.set $errno (call $random_get (i32.const 0) (i32.const 8))))
        (start $start)
        (func (export "random_get") (param i32 i32) (result i32) (global.get $errno)))"#;
    let mut guest = Guest::from_wat(plugin(ModelHost::new(&Tree::new()), Grants::none()), wat);
    guest.ok("random_get", &[0, 0]);
    assert_ne!(guest.get(0, 8), [0; 8], "memory is known even to the start function");

    let mut guest = Guest::plugin(&Tree::new(), &[]);
    guest.store.data_mut().deadline = crate::deadline::Deadline::after(5, core::time::Duration::ZERO);
    assert_eq!(guest.trap("sched_yield", &[]), Trap::Exceeded(Exceeded::Deadline));
}

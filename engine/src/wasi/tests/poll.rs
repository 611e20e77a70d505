//! Waiting.

use super::*;
use crate::deadline::Deadline;
use crate::limits::Exceeded;
use core::time::Duration;

const CLOCK: u8 = 0;
const READ: u8 = 1;
const WRITE: u8 = 2;

fn clock(userdata: u64, id: u32, timeout: u64, flags: u16) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    bytes[..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = CLOCK;
    bytes[16..20].copy_from_slice(&id.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    bytes
}

fn fd(userdata: u64, tag: u8, fd: u32) -> Vec<u8> {
    let mut bytes = vec![0; 48];
    bytes[..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = tag;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    bytes
}

/// What happened: user data, errno, type, bytes.
fn poll(guest: &mut Guest, subscriptions: &[Vec<u8>]) -> Vec<(u64, Errno, u8, u64)> {
    guest.put(TEXT, &subscriptions.concat());
    guest.ok("poll_oneoff", &[TEXT.into(), BUF.into(), subscriptions.len() as u64, OUT.into()]);
    (0..guest.u32(OUT))
        .map(|index| {
            let event = guest.get(BUF + index * 32, 32);
            let number = u16::from_le_bytes(event[8..10].try_into().unwrap());
            let bytes = u64::from_le_bytes(event[16..24].try_into().unwrap());
            (u64::from_le_bytes(event[..8].try_into().unwrap()), errno(number.into()), event[10], bytes)
        })
        .collect()
}

fn now(guest: &mut Guest, id: u64) -> u64 {
    guest.ok("clock_time_get", &[id, 0, OUT.into()]);
    guest.u64(OUT)
}

#[test]
fn the_first_clock_to_come_wakes() {
    let mut guest = Guest::command(&Tree::new());
    let before = now(&mut guest, 1);
    assert_eq!(
        poll(&mut guest, &[clock(1, 1, 500, 0), clock(2, 0, 300, 0)]),
        [(2, Errno::Success, CLOCK, 0)]
    );
    assert_eq!(now(&mut guest, 1), before + 300);
    let (monotonic, realtime) = (now(&mut guest, 1), now(&mut guest, 0));
    assert_eq!(poll(&mut guest, &[clock(3, 1, monotonic + 70, 1)]).len(), 1);
    assert_eq!(now(&mut guest, 1), monotonic + 70);
    assert_eq!(poll(&mut guest, &[clock(3, 0, realtime + 90, 1)]).len(), 1);
    assert_eq!(now(&mut guest, 0), realtime + 90);
    assert_eq!(poll(&mut guest, &[clock(3, 0, 5, 1)]).len(), 1, "long past");
    assert_eq!(now(&mut guest, 0), realtime + 90);
}

#[test]
fn descriptors_wake_when_they_are_ready() {
    let tree = Tree::new();
    tree.pipe("/pipe", "hello", 1_000_000_500);
    tree.file("/file", "12345");
    let mut guest = Guest::command(&tree);
    let pipe = guest.open_at(3, true, "pipe", 0, RIGHTS_READ).unwrap();
    let file = guest.open_at(3, true, "file", 0, RIGHTS_ALL).unwrap();
    guest.read(file, 2).unwrap();
    let waited = poll(&mut guest, &[clock(1, 1, 200, 0), fd(2, READ, pipe)]);
    assert_eq!(waited, [(1, Errno::Success, CLOCK, 0)]);
    let waited = poll(&mut guest, &[clock(1, 1, 900, 0), fd(2, READ, pipe)]);
    assert_eq!(waited, [(2, Errno::Success, READ, 0)]);
    assert_eq!(now(&mut guest, 1), 1_000_000_500);
    let waited = poll(&mut guest, &[fd(3, READ, file), clock(1, 1, 1, 0), fd(4, WRITE, file)]);
    assert_eq!(waited, [(3, Errno::Success, READ, 3), (4, Errno::Success, WRITE, 0)]);
}

#[test]
fn what_is_wrong_with_one_is_told_of_that_one() {
    let tree = Tree::new();
    tree.file("/file", "");
    let mut guest = Guest::command(&tree);
    let file = guest.open_at(3, true, "file", 0, RIGHTS_READ).unwrap();
    let wrong = [
        fd(1, READ, 99),
        fd(2, READ, 3),
        fd(3, WRITE, file),
        clock(4, 2, 0, 0),
        clock(5, 1, 0, 2),
        clock(6, 1, u64::MAX, 0),
    ];
    let told = [
        (1, Errno::Badf, READ, 0),
        (2, Errno::Badf, READ, 0),
        (3, Errno::Notcapable, WRITE, 0),
        (4, Errno::Inval, CLOCK, 0),
        (5, Errno::Inval, CLOCK, 0),
    ];
    assert_eq!(poll(&mut guest, &wrong), told);
    guest.put(TEXT, &fd(1, 9, 0));
    for (subscriptions, events, count, out, errno) in [
        (TEXT, BUF, 0, OUT, Errno::Inval),
        (TEXT, BUF, 1, OUT, Errno::Inval),
        (TEXT, BUF, 4097, OUT, Errno::Inval),
        (TEXT, BUF, u32::MAX, OUT, Errno::Inval),
        (0xfff0, BUF, 1, OUT, Errno::Fault),
        (TEXT, 0xfff0, 1, OUT, Errno::Fault),
        (TEXT, BUF, 1, 0xfffd, Errno::Fault),
        (TEXT, BUF, 4096, OUT, Errno::Fault),
    ] {
        let args = [subscriptions, events, count, out].map(u64::from);
        assert_eq!(guest.call("poll_oneoff", &args), errno);
    }
}

#[test]
fn nothing_waits_past_the_deadline() {
    let tree = Tree::new();
    tree.pipe("/pipe", "late", 9_000_000_000);
    let mut guest = Guest::command(&tree);
    let pipe = guest.open("pipe").unwrap();
    guest.store.data_mut().deadline = Deadline::after(2_000_000_000, Duration::ZERO);
    guest.put(TEXT, &clock(1, 1, u64::MAX, 0));
    let trap = guest.trap("poll_oneoff", &[TEXT.into(), BUF.into(), 1, OUT.into()]);
    assert_eq!(trap, Trap::Exceeded(Exceeded::Deadline));
    guest.store.data_mut().deadline = Deadline::after(3_000_000_000, Duration::ZERO);
    assert_eq!(now(&mut guest, 1), 2_000_000_000);
    guest.put(TEXT, &[BUF, 4].map(u32::to_le_bytes).concat());
    let trap = guest.trap("fd_read", &[pipe.into(), TEXT.into(), 1, OUT.into()]);
    assert_eq!(trap, Trap::Exceeded(Exceeded::Deadline));
    guest.store.data_mut().deadline = Deadline::after(10_000_000_000, Duration::ZERO);
    guest.ok("fd_fdstat_set_flags", &[pipe.into(), 4]);
    assert_eq!(guest.read(pipe, 4), Err(Errno::Again));
    guest.ok("fd_fdstat_set_flags", &[pipe.into(), 0]);
    assert_eq!(guest.read(pipe, 10), Ok(b"late".into()), "waits until there is something");
    assert_eq!(guest.call("fd_pread", &[pipe.into(), TEXT.into(), 1, 0, OUT.into()]), Errno::Spipe);
}

#[test]
fn a_plugins_streams_are_ready_at_once() {
    let mut guest = Guest::plugin(&Tree::new(), &[]);
    let ready = poll(&mut guest, &[fd(1, READ, 0), fd(2, WRITE, 1), clock(3, 1, 10, 0)]);
    assert_eq!(ready, [(1, Errno::Success, READ, 0), (2, Errno::Success, WRITE, 0)]);
}

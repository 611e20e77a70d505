//! What checks leave behind in memory, on a real device. Alone in its program, so that what is measured is that and nothing else.
//!
//! It needs root and `ip`; `tests/run lab` runs it.
#![cfg(all(target_os = "linux", feature = "link"))]
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use embedded_io::{Read as _, Write as _};
use quoin_net::link::{LinkStack, Options};
use quoin_net::{Code, Deadline, Stack};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::Command;
use std::thread;
use std::time::Duration;

/// A network namespace for this thread and those that it starts, with a bridge in it where 192.0.2.1 is.
struct Lab(String);

impl Lab {
    fn new() -> Self {
        let name = format!("quoin-memory-{}", std::process::id());
        run(&format!("ip netns add {name}"));
        let there = std::fs::File::open(format!("/run/netns/{name}")).expect("the namespace");
        let kind = Some(rustix::thread::LinkNameSpaceType::Network);
        rustix::thread::move_into_link_name_space(std::os::fd::AsFd::as_fd(&there), kind).expect("root");
        run("ip link add br0 type bridge");
        run("ip addr add 192.0.2.1/24 dev br0");
        run("ip link set br0 up");
        Self(name)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
    }
}

fn run(command: &str) {
    let mut words = command.split_whitespace();
    let program = words.next().expect("a program");
    let status = Command::new(program).args(words).status().expect(program);
    assert!(status.success(), "`{command}` needs root");
}

/// Answers each connection's five bytes with five, and each datagram with itself.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("192.0.2.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let socket = UdpSocket::bind(address).expect("the same port");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut hello = [0; 5];
            // Who has gone is none of the server's business.
            let _ = stream.read_exact(&mut hello).and_then(|()| stream.write_all(&hello));
        }
    });
    thread::spawn(move || {
        let mut buffer = [0; 100];
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..count], from);
        }
    });
    address
}

/// One check of every kind: answered, refused, unread, silent, nobody there.
fn checks(stack: &LinkStack, server: SocketAddr, silent: SocketAddr) {
    let within = |milliseconds| Deadline::after(stack.now(), Duration::from_millis(milliseconds));
    let code = |to, milliseconds| stack.connect(to, within(milliseconds)).map(drop).unwrap_err().code();
    let mut stream = stack.connect(server, within(10_000)).unwrap();
    stream.write_all(b"hello").unwrap();
    stream.read_exact(&mut [0; 5]).unwrap();
    drop(stream);
    let mut stream = stack.connect(server, within(10_000)).unwrap();
    stream.write_all(b"hello").unwrap();
    stream.read_exact(&mut [0; 1]).unwrap();
    drop(stream);
    assert_eq!(code("192.0.2.1:1".parse().unwrap(), 10_000), Code::ConnectionRefused);
    let answer = stack.connect(silent, within(5)).and_then(|mut stream| stream.read(&mut [0; 1]));
    assert_eq!(answer.unwrap_err().code(), Code::TimedOut);
    stack.exchange(server, b"hello", within(10_000), &mut |answer| answer == b"hello").unwrap();
    let mut host = [0; 1];
    stack.random(&mut host).unwrap();
    // Another check may have asked for that host three seconds ago.
    let nobody = code(SocketAddr::from(([192, 0, 2, 6 + host[0] % 200], 80)), 1);
    assert!([Code::TimedOut, Code::HostUnreachable].contains(&nobody), "{nobody}");
}

/// KiB that this process has in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn a_thousand_checks_use_no_more_than_ten() {
    let _lab = Lab::new();
    let server = serve();
    // Whoever connects is accepted by the kernel, and by nobody else: it keeps what is sent, and never closes.
    let silent = TcpListener::bind("192.0.2.1:0").unwrap();
    rustix::net::listen(&silent, 4096).unwrap();
    let options: Options = "bridge:br0,addr=192.0.2.5/24".parse().unwrap();
    let stack = LinkStack::open(&options, Duration::from_secs(10)).unwrap();
    (0..10).for_each(|_| checks(&stack, server, silent.local_addr().unwrap()));
    let after_ten = resident();
    (0..990).for_each(|_| checks(&stack, server, silent.local_addr().unwrap()));
    let after_a_thousand = resident();
    let sockets = stack.node(|node| node.sockets()).unwrap();
    assert!(sockets <= 16, "{sockets} sockets are left");
    // A connection that is being closed has 56 KiB, and there are at most 16. Ten checks leave some ten, a thousand as many as there may
    // be; a thousand that leaked would have 56 MiB.
    println!("{after_ten} KiB after ten checks of every kind, {after_a_thousand} KiB after a thousand");
    let more = after_a_thousand.saturating_sub(after_ten);
    assert!(more <= 2048, "{more} KiB more after a thousand than after ten, {after_ten} KiB");
}

//! The kernel's sockets, on this machine's loopback interface only.

use super::KernelStack;
use crate::{Cancel, Code, Deadline, Error, Stack, Stream};
use embedded_io::{Read as _, Write as _};
use rustix::net::sockopt::set_socket_linger;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(150);

fn within(stack: &KernelStack, time: Duration) -> Deadline {
    Deadline::after(stack.now(), time)
}

fn soon(stack: &KernelStack) -> Deadline {
    within(stack, Duration::from_secs(20))
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

/// An error that comes when the time is up, and neither before nor long after.
fn in_time<T>(start: Instant, time: Duration, result: Result<T, Error>) {
    assert_eq!(result.err().unwrap().code(), Code::TimedOut);
    assert!(start.elapsed() >= time, "{:?}", start.elapsed());
    assert!(start.elapsed() < time + Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_connection_carries_bytes_both_ways_and_ends() {
    let stack = KernelStack::new();
    for at in [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), (Ipv6Addr::LOCALHOST, 0).into()] {
        // A machine without IPv6 has nothing to show there.
        let Ok(listener) = TcpListener::bind(at) else { continue };
        let at = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut peer, from) = listener.accept().unwrap();
            let mut heard = [0; 5];
            peer.read_exact(&mut heard).unwrap();
            // A pause, so that the other side waits.
            thread::sleep(SHORT);
            peer.write_all(&heard).unwrap();
            from
        });
        let mut stream = stack.connect(at, soon(&stack)).unwrap();
        stream.write_all(b"hello").unwrap();
        stream.flush().unwrap();
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"hello");
        assert_eq!(stream.read(&mut heard), Ok(0));
        assert_eq!(stream.read(&mut []), Ok(0));
        assert_eq!(stream.write(&[]), Ok(0));
        assert_eq!((stream.peer_addr(), stream.local_addr()), (at, server.join().unwrap()));
    }
}

#[test]
fn nothing_listens() {
    let stack = KernelStack::new();
    let (listener, at) = listener();
    drop(listener);
    assert_eq!(stack.connect(at, soon(&stack)).err().unwrap().code(), Code::ConnectionRefused);
}

#[test]
fn a_port_that_only_we_ourselves_could_answer_on_is_closed() {
    let stack = KernelStack::new();
    // Linux gives listeners the ports of one parity first, and connections those of the other. Sooner or later a connection to such
    // a port comes from that very port.
    let port = listener().1.port() ^ 1;
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for _ in 0..10_000 {
        let code = stack.connect(at, soon(&stack)).err().map(|error| error.code());
        assert_eq!(code, Some(Code::ConnectionRefused));
    }
}

#[test]
fn a_peer_that_says_nothing_lasts_until_the_deadline() {
    let stack = KernelStack::new();
    let (listener, at) = listener();
    let start = Instant::now();
    let mut stream = stack.connect(at, within(&stack, SHORT)).unwrap();
    in_time(start, SHORT, stream.read(&mut [0]));
    // And nothing goes on after it, though it could.
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"late").unwrap();
    in_time(start, SHORT, stream.read(&mut [0]));
    in_time(start, SHORT, stream.write(&[0]));
    assert_eq!(stack.connect(at, within(&stack, Duration::ZERO)).err().unwrap().code(), Code::TimedOut);
}

#[test]
fn a_peer_that_does_not_read_stops_writing_at_the_deadline() {
    let stack = KernelStack::new();
    let (_listener, at) = listener();
    let start = Instant::now();
    let mut stream = stack.connect(at, within(&stack, Duration::from_millis(500))).unwrap();
    let block = [0; 65_536];
    let full = (0..10_000).find_map(|_| stream.write(&block).err()).unwrap();
    in_time(start, Duration::from_millis(500), Err::<(), _>(full));
}

#[test]
fn a_host_that_does_not_answer_lasts_until_connecting_has_to_be_done() {
    let stack = KernelStack::new();
    // A listener with one place that is taken: Linux drops what else knocks.
    let socket =
        rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    rustix::net::listen(&socket, 0).unwrap();
    let at: SocketAddr = rustix::net::getsockname(&socket).unwrap().try_into().unwrap();
    let mut taken = Vec::new();
    let start = loop {
        let start = Instant::now();
        match stack.connect_by(at, within(&stack, SHORT), soon(&stack)) {
            Ok(stream) => taken.push(stream),
            Err(error) => {
                in_time(start, SHORT, Err::<(), _>(error));
                break start;
            }
        }
        assert!(taken.len() < 10, "the listener takes all of them");
    };
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_reset_is_told_when_reading_and_when_writing() {
    let stack = KernelStack::new();
    let (listener, at) = listener();
    let mut reading = stack.connect(at, soon(&stack)).unwrap();
    let mut writing = stack.connect(at, soon(&stack)).unwrap();
    for _ in 0..2 {
        let (peer, _) = listener.accept().unwrap();
        // Without lingering, closing resets.
        set_socket_linger(&peer, Some(Duration::ZERO)).unwrap();
    }
    assert_eq!(reading.read(&mut [0]).unwrap_err().code(), Code::ConnectionReset);
    let failed = (0..1_000).find_map(|_| {
        thread::sleep(Duration::from_millis(1));
        writing.write(b"x").err()
    });
    assert_eq!(failed.unwrap().code(), Code::ConnectionReset);
    // Afterwards it is EPIPE, which is the same, and no signal.
    assert_eq!(writing.write(b"x").unwrap_err().code(), Code::ConnectionReset);
}

#[test]
fn addresses_without_a_way_fail_at_once() {
    let stack = KernelStack::new();
    // Class E is no address to send to; a multicast group is none to connect to.
    for (at, expected) in [
        ("224.0.0.1:80", &[Code::NetworkUnreachable, Code::HostUnreachable][..]),
        ("255.255.255.255:80", &[Code::NetworkUnreachable, Code::PermissionDenied]),
        ("[fe80::1]:80", &[Code::AddressNotAvailable, Code::NetworkUnreachable]),
    ] {
        let code = stack.connect(at.parse().unwrap(), soon(&stack)).err().unwrap().code();
        assert!(expected.contains(&code), "{at}: {code}");
    }
}

fn udp() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = socket.local_addr().unwrap();
    (socket, at)
}

#[test]
fn datagrams_are_exchanged_with_that_peer_alone() {
    let stack = KernelStack::new();
    let (socket, at) = udp();
    let server = thread::spawn(move || {
        let mut buffer = [0; 100];
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        let (stranger, _) = udp();
        stranger.send_to(b"right", from).unwrap();
        socket.send_to(b"wrong", from).unwrap();
        // Longer than anyone asked for.
        socket.send_to(&[b'r'; 5_000], from).unwrap();
        socket.send_to(b"right", from).unwrap();
        (buffer[..length].to_vec(), from.port())
    });
    let mut seen = Vec::new();
    let answer = stack
        .exchange(at, b"question", soon(&stack), &mut |datagram| {
            seen.push(datagram.to_vec());
            datagram == b"right"
        })
        .unwrap();
    assert_eq!(answer, b"right");
    assert_eq!(seen, [b"wrong".to_vec(), b"right".to_vec()]);
    let (heard, port) = server.join().unwrap();
    assert_eq!(heard, b"question");
    assert!(port >= 1_024);
}

#[test]
fn a_closed_port_says_so_and_a_silent_one_lasts_until_the_deadline() {
    let stack = KernelStack::new();
    let (socket, at) = udp();
    let start = Instant::now();
    in_time(start, SHORT, stack.exchange(at, b"x", within(&stack, SHORT), &mut |_| true));
    drop(socket);
    let refused = stack.exchange(at, b"x", soon(&stack), &mut |_| true).unwrap_err();
    assert_eq!(refused.code(), Code::ConnectionRefused);
}

#[test]
fn ports_are_not_the_next_ones() {
    let stack = KernelStack::new();
    let (socket, at) = udp();
    let server = thread::spawn(move || {
        let mut ports = Vec::new();
        while ports.len() < 10 {
            let (_, from) = socket.recv_from(&mut [0; 10]).unwrap();
            socket.send_to(b"x", from).unwrap();
            ports.push(from.port());
        }
        ports
    });
    for _ in 0..10 {
        stack.exchange(at, b"x", soon(&stack), &mut |_| true).unwrap();
    }
    let ports = server.join().unwrap();
    let steps: std::collections::BTreeSet<_> =
        ports.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    assert!(steps.len() > 4, "{ports:?}");
}

#[test]
fn an_interrupt_ends_what_waits_and_lets_nothing_begin() {
    let cancel = Cancel::default();
    let stack = KernelStack::with_cancel(cancel.clone());
    let (_listener, at) = listener();
    let mut stream = stack.connect(at, soon(&stack)).unwrap();
    let start = Instant::now();
    let interrupter = thread::spawn(move || {
        thread::sleep(SHORT);
        cancel.cancel();
    });
    assert_eq!(stream.read(&mut [0]).unwrap_err().code(), Code::Canceled);
    assert!(start.elapsed() >= SHORT && start.elapsed() < Duration::from_secs(10));
    interrupter.join().unwrap();
    assert_eq!(stream.write(&[0]).unwrap_err().code(), Code::Canceled);
    assert_eq!(stack.connect(at, soon(&stack)).err().unwrap().code(), Code::Canceled);
    let exchanged = stack.exchange(at, b"x", soon(&stack), &mut |_| true);
    assert_eq!(exchanged.unwrap_err().code(), Code::Canceled);
}

#[test]
fn names_are_resolved_over_these_sockets() {
    let (socket, at) = udp();
    let server = thread::spawn(move || {
        let mut buffer = [0; 512];
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        let mut answer = buffer[..length].to_vec();
        // No such name, and no OPT record.
        answer[2..4].copy_from_slice(&[0x81, 0x83]);
        answer[11] = 0;
        answer.truncate(length - 11);
        socket.send_to(&answer, from).unwrap();
    });
    let stack = KernelStack::new();
    let dns = crate::dns::Config { servers: vec![at], ..Default::default() };
    let network = crate::Network { stack: &stack, dns: &dns };
    let error =
        network.connect("gone.example", 80, &mut crate::policy::AllowAll, soon(&stack)).err().unwrap();
    assert_eq!(error.code(), Code::NameNotFound);
    server.join().unwrap();
    fn closes_when_dropped(_: Box<dyn Stream + '_>) {}
    let (listener, at) = listener();
    closes_when_dropped(stack.connect(at, soon(&stack)).unwrap());
    assert_eq!(listener.accept().unwrap().0.read(&mut [0]).unwrap(), 0);
}

#[test]
fn threads_share_one() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(&KernelStack::new());
}

#[test]
fn the_clock_goes_on_and_random_bytes_differ() {
    let stack = KernelStack::new();
    let (a, b) = (stack.now(), stack.now());
    assert!(a.as_nanos() > 0 && a <= b);
    let mut bytes = [[0; 300]; 2];
    stack.random(&mut bytes[0]).unwrap();
    stack.random(&mut bytes[1]).unwrap();
    assert_ne!(bytes[0], bytes[1]);
    assert_ne!(bytes[0][290..], [0; 10]);
}

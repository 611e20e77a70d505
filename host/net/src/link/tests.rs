//! A node and a peer on a link in memory.

use super::testing::{
    DROPPED, ECHO, MUCH, PEER_V4, PEER_V6, REJECTED, RESETS, SOURCE, code_of, config, pair, within,
};
use super::{Config, LocalStack};
use crate::{Code, Stack, Stream};
use embedded_io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr};

fn peers(port: u16) -> [SocketAddr; 2] {
    [PEER_V4, PEER_V6].map(|peer| SocketAddr::new(peer.parse().unwrap(), port))
}

fn echo(stream: &mut dyn Stream, bytes: &[u8]) {
    stream.write_all(bytes).unwrap();
    let mut answer = vec![0; bytes.len()];
    stream.read_exact(&mut answer).unwrap();
    assert!(answer == bytes, "{} bytes came back as others", bytes.len());
}

#[test]
fn it_connects_writes_and_reads() {
    let (stack, _) = pair(&config()).unwrap();
    for peer in peers(ECHO) {
        let mut stream = stack.connect(peer, within(&stack, 5)).unwrap();
        assert_eq!(stream.peer_addr(), peer);
        assert!(stream.local_addr().port() >= 16_384);
        echo(&mut *stream, b"hello");
        echo(&mut *stream, &[9; 30_000]);
    }
}

#[test]
fn a_mapped_address_is_ipv4() {
    let (stack, _) = pair(&config()).unwrap();
    let mapped = SocketAddr::new("::ffff:192.0.2.1".parse().unwrap(), ECHO);
    let stream = stack.connect(mapped, within(&stack, 5)).unwrap();
    assert_eq!(stream.peer_addr(), peers(ECHO)[0]);
}

#[test]
fn a_body_comes_whole_and_then_the_end() {
    let (stack, _) = pair(&config()).unwrap();
    for peer in peers(SOURCE) {
        let mut stream = stack.connect(peer, within(&stack, 60)).unwrap();
        let mut buffer = vec![0; 10_000];
        let mut read = 0;
        loop {
            match stream.read(&mut buffer).unwrap() {
                0 => break,
                count => read += count,
            }
        }
        assert_eq!(read, MUCH);
        assert_eq!(stream.read(&mut buffer), Ok(0), "and again");
    }
}

#[test]
fn failures_have_the_kernels_codes() {
    let (stack, _) = pair(&config()).unwrap();
    let connect = |to: SocketAddr, seconds| {
        let from = stack.now();
        let code = code_of(stack.connect(to, within(&stack, seconds)));
        (code, stack.now().since(from).as_secs())
    };
    for refusing in peers(1) {
        assert_eq!(connect(refusing, 5), (Code::ConnectionRefused, 0));
    }
    assert_eq!(connect(peers(DROPPED)[0], 5).0, Code::TimedOut);
    for silent in ["192.0.2.99:80", "[2001:db8::99]:80"] {
        assert_eq!(connect(silent.parse().unwrap(), 60), (Code::HostUnreachable, 3), "{silent}");
        assert_eq!(connect(silent.parse().unwrap(), 2), (Code::TimedOut, 2), "{silent}");
    }
    for elsewhere in
        ["198.51.100.1:80", "[2001:db8:1::1]:80", "224.0.0.1:80", "255.255.255.255:80", "192.0.2.255:80"]
    {
        assert_eq!(connect(elsewhere.parse().unwrap(), 5), (Code::NetworkUnreachable, 0), "{elsewhere}");
    }
    for own in ["127.0.0.1:80", "[::1]:80", "0.0.0.0:80", "192.0.2.1:0"] {
        assert_eq!(connect(own.parse().unwrap(), 5), (Code::AddressNotAvailable, 0), "{own}");
    }
    assert_eq!(
        connect("192.0.2.5:80".parse().unwrap(), 5),
        (Code::ConnectionRefused, 0),
        "nothing listens here"
    );
}

#[test]
fn a_firewalls_rejection_is_told() {
    let (stack, _) = pair(&config()).unwrap();
    let codes: Vec<_> = (REJECTED..REJECTED + 6)
        .map(|port| {
            code_of(stack.connect(SocketAddr::new(PEER_V4.parse().unwrap(), port), within(&stack, 5)))
        })
        .collect();
    use Code::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    let expected = [
        NetworkUnreachable,
        HostUnreachable,
        ConnectionRefused,
        NetworkUnreachable,
        HostUnreachable,
        HostUnreachable,
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_reset_in_the_middle_comes_after_what_was_sent() {
    let (stack, _) = pair(&config()).unwrap();
    for peer in peers(RESETS) {
        let mut stream = stack.connect(peer, within(&stack, 5)).unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        assert_eq!(code_of(stream.read(&mut hello)), Code::ConnectionReset);
        assert_eq!(code_of(stream.write(&hello)), Code::ConnectionReset);
    }
}

#[test]
fn a_stalling_peer_takes_no_longer_than_the_deadline() {
    let (stack, _) = pair(&config()).unwrap();
    let mut stream = stack.connect(peers(ECHO)[0], within(&stack, 2)).unwrap();
    assert_eq!(code_of(stream.read(&mut [0; 1])), Code::TimedOut);
    assert_eq!(
        stack.now().since(crate::Instant::from_nanos(0)).as_secs(),
        3,
        "one second for the addresses, two for this"
    );
}

#[test]
fn datagrams_are_exchanged() {
    let (stack, _) = pair(&config()).unwrap();
    for peer in peers(ECHO) {
        let answer =
            stack.exchange(peer, b"question", within(&stack, 5), &mut |answer| answer == b"question");
        assert_eq!(answer.unwrap(), b"question");
        let other = stack.exchange(peer, b"question", within(&stack, 5), &mut |_| false);
        assert_eq!(code_of(other), Code::TimedOut);
        let long = stack.exchange(peer, &[0; 2000], within(&stack, 5), &mut |_| true);
        assert_eq!(code_of(long), Code::TooLarge);
    }
    let refused = stack.exchange(peers(1)[0], b"question", within(&stack, 5), &mut |_| true);
    assert_eq!(code_of(refused), Code::ConnectionRefused);
    let refused = stack.exchange(peers(1)[1], b"question", within(&stack, 5), &mut |_| true);
    assert_eq!(code_of(refused), Code::ConnectionRefused);
    let silent =
        stack.exchange("192.0.2.99:53".parse().unwrap(), b"question", within(&stack, 5), &mut |_| true);
    assert_eq!(code_of(silent), Code::TimedOut, "nobody tells a datagram's sender");
}

#[test]
fn a_fifth_of_all_frames_may_be_lost() {
    let (stack, world) = pair(&config()).unwrap();
    world.loss.set(5);
    for peer in peers(ECHO) {
        let mut stream = stack.connect(peer, within(&stack, 300)).unwrap();
        echo(&mut *stream, &[3; 20_000]);
    }
}

#[test]
fn a_thousand_connections_leave_nothing_behind() {
    let (stack, _) = pair(&config()).unwrap();
    let mut most = 0;
    for check in 0..1000 {
        let port = if check % 3 == 0 { 1 } else { ECHO };
        if let Ok(mut stream) = stack.connect(peers(port)[check % 2], within(&stack, 5)) {
            echo(&mut *stream, b"hello");
        }
        most = most.max(stack.node(|node| node.sockets()));
    }
    assert!(most <= 4, "{most} sockets at once");
}

#[test]
fn unread_bytes_are_answered_with_a_reset() {
    let (stack, _) = pair(&config()).unwrap();
    let mut stream = stack.connect(peers(SOURCE)[0], within(&stack, 5)).unwrap();
    stream.read_exact(&mut [0; 1]).unwrap();
    drop(stream);
    assert_eq!(stack.node(|node| node.sockets()), 0);
}

#[test]
fn more_connections_than_there_may_be_are_too_many() {
    let mut few = config();
    few.limits.sockets = 3;
    let (stack, _) = pair(&few).unwrap();
    let streams: Vec<_> = (0..3).map(|_| stack.connect(peers(ECHO)[0], within(&stack, 5)).unwrap()).collect();
    assert_eq!(code_of(stack.connect(peers(ECHO)[0], within(&stack, 5))), Code::Exhausted);
    drop(streams);
    assert!(stack.connect(peers(ECHO)[0], within(&stack, 5)).is_ok());
}

#[test]
fn an_address_that_somebody_has_is_not_taken() {
    let taken = Config { addresses: vec!["192.0.2.1/24".parse().unwrap()], ..config() };
    let error = pair(&taken).map(drop).unwrap_err();
    assert_eq!(error.code(), Code::AddressNotAvailable);
    assert!(error.message().contains("02:00:00:00:00:01"), "{error}");
}

#[test]
fn what_is_missing_is_said() {
    let leased = Config { addresses: Vec::new(), dhcp: true, ..config() };
    let error = pair(&leased).map(drop).unwrap_err();
    assert_eq!(error.code(), Code::TimedOut);
    assert!(error.message().contains("no DHCP server"), "{error}");
}

#[test]
fn a_tunnel_has_no_neighbours() {
    let tunnel = Config { mac: None, ..config() };
    let (stack, _) = pair(&tunnel).unwrap();
    for peer in peers(ECHO) {
        let mut stream = stack.connect(peer, within(&stack, 5)).unwrap();
        echo(&mut *stream, b"hello");
    }
    let far: IpAddr = "198.51.100.1".parse().unwrap();
    assert_eq!(code_of(stack.connect(SocketAddr::new(far, 1), within(&stack, 5))), Code::TimedOut);
}

#[test]
fn it_waits_without_spinning() {
    let (stack, world) = pair(&config()).unwrap();
    let mut stream = stack.connect(peers(ECHO)[0], within(&stack, 100)).unwrap();
    let before = world.idled.get();
    assert_eq!(code_of(stream.read(&mut [0; 1])), Code::TimedOut);
    // The clock of this world goes on by half a second at most.
    let woken = world.idled.get() - before;
    assert!(woken <= 210, "woken {woken} times in 100 seconds");
}

#[test]
fn ports_are_not_to_be_predicted() {
    let (stack, _) = pair(&config()).unwrap();
    let streams: Vec<_> = (0..5).map(|_| stack.connect(peers(ECHO)[0], within(&stack, 5)).unwrap()).collect();
    let mut ports: Vec<_> = streams.iter().map(|stream| stream.local_addr().port()).collect();
    let steps: Vec<_> = ports.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
    assert!(steps.iter().any(|step| *step > 100), "{ports:?}");
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 5);
}

/// It is given by code, and `dyn Stack` is what protocols see.
#[test]
fn a_local_stack_is_a_stack() {
    fn protocol(stack: &dyn Stack) -> usize {
        stack.name_servers().len()
    }
    let (stack, _) = pair(&Config { name_servers: vec!["192.0.2.1".parse().unwrap()], ..config() }).unwrap();
    assert_eq!(protocol(&stack), 1);
    let _: LocalStack<_, _> = stack;
}

//! The stack of our own on real devices, in network namespaces of this test's: against the kernel's TCP, its ICMP errors, dnsmasq.
//!
//! They need root, `ip`, `nft` and `dnsmasq`; `tests/run lab` runs them. A name server of the kernel's own stack on the other side is what
//! makes checksums that are left undone, and merged frames, come up.
#![cfg(all(target_os = "linux", feature = "link"))]

use embedded_io::{Read as _, Write as _};
use quoin_net::link::{LinkStack, Options};
use quoin_net::{Code, Deadline, Error, Stack};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const ROOT: &str = "needs root and a network namespace; tests/run lab";

fn run(command: &str) {
    let mut words = command.split_whitespace();
    let program = words.next().expect("a program");
    let output =
        Command::new(program).args(words).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "`{command}`: {}{ROOT}", String::from_utf8_lossy(&output.stderr));
}

/// From here on, this thread is in that namespace.
fn enter(namespace: &str) {
    let there = std::fs::File::open(format!("/run/netns/{namespace}")).expect(ROOT);
    let kind = Some(rustix::thread::LinkNameSpaceType::Network);
    rustix::thread::move_into_link_name_space(std::os::fd::AsFd::as_fd(&there), kind).expect(ROOT);
}

/// A network namespace for this thread, with a bridge in it, `br-guest`, where the router is 192.0.2.1 and 2001:db8::1; and a second namespace
/// behind a veth pair on that bridge, where 192.0.2.2 and 2001:db8::2 is.
struct Lab {
    here: String,
    other: String,
    dnsmasq: Option<Child>,
}

impl Lab {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // What a killed run leaves behind is removed by the lab in tests/, by this name.
        let here = format!("quoin-lab-{}-net{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let other = format!("{here}-other");
        let lab = Self { here: here.clone(), other: other.clone(), dnsmasq: None };
        run(&format!("ip netns add {here}"));
        run(&format!("ip netns add {other}"));
        enter(&here);
        for command in [
            "ip link set lo up",
            "ip link add br-guest type bridge",
            "ip link add guest0 type veth peer name guest1",
            &format!("ip link set guest1 netns {other}"),
            "ip link set guest0 master br-guest up",
            "ip addr add 192.0.2.1/24 dev br-guest",
            "ip addr add 2001:db8::1/64 dev br-guest nodad",
            "ip link set br-guest up",
            &format!("ip -n {other} link set lo up"),
            &format!("ip -n {other} addr add 192.0.2.2/24 dev guest1"),
            &format!("ip -n {other} addr add 2001:db8::2/64 dev guest1 nodad"),
            &format!("ip -n {other} link set guest1 up"),
        ] {
            run(command);
        }
        lab
    }

    fn serve_dhcp(&mut self) {
        let arguments = "--no-daemon --conf-file=/dev/null --no-resolv --no-hosts --port=0 --interface=br-guest --bind-interfaces \
             --dhcp-range=192.0.2.50,192.0.2.99,2m --dhcp-range=2001:db8::,ra-only,64 --enable-ra --dhcp-option=6,192.0.2.1 \
             --dhcp-leasefile=/dev/null --user=root --pid-file= --dhcp-authoritative";
        let mut command = Command::new("dnsmasq");
        command.args(arguments.split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null());
        self.dnsmasq = Some(command.spawn().expect("dnsmasq"));
        thread::sleep(Duration::from_millis(300));
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(dnsmasq) = &mut self.dnsmasq {
            let _ = dnsmasq.kill();
            let _ = dnsmasq.wait();
        }
        for namespace in [&self.here, &self.other] {
            let _ = Command::new("ip").args(["netns", "del", namespace]).status();
        }
    }
}

fn open(options: &str, seconds: u64) -> Result<LinkStack, Error> {
    LinkStack::open(&options.parse::<Options>().expect(options), Duration::from_secs(seconds))
}

fn within(stack: &LinkStack, seconds: u64) -> Deadline {
    Deadline::after(stack.now(), Duration::from_secs(seconds))
}

fn code(stack: &LinkStack, to: &str, seconds: u64) -> Code {
    stack.connect(to.parse().expect(to), within(stack, seconds)).map(drop).expect_err("an error").code()
}

/// Echoes what each connection sends, in the namespace of the thread that calls it.
fn echo(at: &str) -> SocketAddr {
    let listener = TcpListener::bind(at).expect(at);
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || echo_one(stream));
        }
    });
    address
}

fn echo_one(mut stream: TcpStream) {
    let mut buffer = [0; 65_536];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

fn talk(stack: &LinkStack, to: SocketAddr, bytes: usize) {
    let mut stream = stack.connect(to, within(stack, 20)).unwrap_or_else(|error| panic!("{to}: {error}"));
    let sent: Vec<u8> = (0..bytes).map(|i| i.to_le_bytes()[0]).collect();
    let (mut received, mut written) = (Vec::new(), 0);
    let mut buffer = vec![0; 16_384];
    while received.len() < bytes {
        // No more at once than both ends can hold, for there is one thread here.
        let until = (received.len() + 8192).min(bytes);
        if written < until {
            written += stream.write(&sent[written..until]).expect("written");
        }
        let count = stream.read(&mut buffer).expect("read");
        received.extend_from_slice(&buffer[..count]);
    }
    assert!(received == sent, "{bytes} bytes came back as others");
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn a_bridge_port_is_a_host_of_its_own() {
    let _lab = Lab::new();
    let servers = [echo("192.0.2.1:0"), echo("[2001:db8::1]:0")];
    let stack =
        open("bridge:br-guest,addr=192.0.2.5/24,addr=2001:db8::5/64,gw=192.0.2.1,gw=2001:db8::1", 5).unwrap();
    for server in servers {
        talk(&stack, server, 5);
        talk(&stack, server, 2_000_000);
    }
    assert_eq!(code(&stack, "192.0.2.1:1", 5), Code::ConnectionRefused);
    assert_eq!(code(&stack, "[2001:db8::1]:1", 5), Code::ConnectionRefused);
    let ports = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    assert!(ports.contains("quoin0"), "{ports}");
    drop(stack);
    let ports = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    assert!(!ports.contains("quoin0"), "{ports}");
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn an_interface_leads_to_the_other_hosts_on_its_link() {
    let lab = Lab::new();
    // The servers are in the other namespace, and the node in this one.
    let other = lab.other.clone();
    let servers = thread::spawn(move || {
        enter(&other);
        [echo("192.0.2.2:0"), echo("[2001:db8::2]:0")]
    });
    let servers = servers.join().unwrap();
    for device in ["raw:br-guest", "raw:guest0", "bridge:br-guest"] {
        if device == "raw:guest0" {
            run("ip link set guest0 nomaster");
        } else if device == "bridge:br-guest" {
            run("ip link set guest0 master br-guest");
        }
        let stack = open(&format!("{device},addr=192.0.2.5/24,addr=2001:db8::5/64"), 5).unwrap();
        for server in servers {
            talk(&stack, server, 2_000_000);
        }
        assert_eq!(code(&stack, "192.0.2.2:1", 5), Code::ConnectionRefused, "{device}");
    }
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn dhcp_and_router_advertisements_tell_everything() {
    let mut lab = Lab::new();
    lab.serve_dhcp();
    let server = echo("192.0.2.1:0");
    let server_v6 = echo("[2001:db8::1]:0");
    let stack = open("bridge:br-guest,dhcp,slaac", 20).unwrap();
    let addresses = stack.node(|node| node.addresses().to_vec()).unwrap();
    assert_eq!(addresses.len(), 3, "{addresses:?}");
    talk(&stack, server, 1000);
    talk(&stack, server_v6, 1000);
    assert!(stack.name_servers().contains(&"192.0.2.1".parse().unwrap()), "{:?}", stack.name_servers());
    assert_eq!(code(&stack, "[2001:db8:1::1]:80", 5), Code::NetworkUnreachable, "the router has no route");
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn without_a_lease_it_says_so() {
    let _lab = Lab::new();
    let started = Instant::now();
    let error = open("bridge:br-guest", 3).map(drop).unwrap_err();
    assert_eq!(error.code(), Code::TimedOut);
    assert!(error.message().contains("no DHCP server has offered a lease"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn addresses_that_the_kernel_has_are_not_taken() {
    let _lab = Lab::new();
    for address in ["192.0.2.1/24", "2001:db8::1/64"] {
        let error = open(&format!("bridge:br-guest,addr={address}"), 5).map(drop).unwrap_err();
        assert_eq!(error.code(), Code::AddressNotAvailable, "{error}");
    }
}

/// Both stacks meet the same firewall, from the same link.
#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn failures_have_the_codes_that_the_kernel_gives() {
    let lab = Lab::new();
    let rules: Vec<String> = [
        ("4", "icmp type net-unreachable"),
        ("4", "icmp type host-unreachable"),
        ("4", "icmp type port-unreachable"),
        ("4", "icmp type net-prohibited"),
        ("4", "icmp type host-prohibited"),
        ("4", "icmp type admin-prohibited"),
        ("4", "tcp reset"),
        ("6", "icmpv6 type no-route"),
        ("6", "icmpv6 type admin-prohibited"),
        ("6", "icmpv6 type addr-unreachable"),
        ("6", "icmpv6 type port-unreachable"),
        ("6", "tcp reset"),
    ]
    .iter()
    .enumerate()
    .map(|(i, (family, with))| {
        let nfproto = if *family == "4" { "ipv4" } else { "ipv6" };
        format!("meta nfproto {nfproto} tcp dport {} reject with {with}", 100 + i)
    })
    .collect();
    let table =
        format!("table inet t {{ chain c {{ type filter hook input priority 0; {}; }}; }}", rules.join("; "));
    let mut nft = Command::new("nft").args(["-f", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    nft.stdin.take().unwrap().write_all(table.as_bytes()).unwrap();
    assert!(nft.wait().unwrap().success(), "{table}");
    let stack = open("bridge:br-guest,addr=192.0.2.5/24,addr=2001:db8::5/64,gw=192.0.2.1", 5).unwrap();
    let other = lab.other.clone();
    let targets: Vec<SocketAddr> = (0..12)
        .map(|i| (if i < 7 { "192.0.2.1" } else { "2001:db8::1" }, i))
        .map(|(host, i)| SocketAddr::new(host.parse().unwrap(), 100 + i))
        .chain(["192.0.2.77:1", "[2001:db8::77]:1"].map(|silent| silent.parse().unwrap()))
        .collect();
    let asked = targets.clone();
    let kernel = thread::spawn(move || {
        enter(&other);
        let errno = |to| TcpStream::connect_timeout(&to, Duration::from_secs(8)).unwrap_err().raw_os_error();
        asked.into_iter().map(errno).collect::<Vec<_>>()
    });
    let ours: Vec<Code> = targets.iter().map(|to| code(&stack, &to.to_string(), 8)).collect();
    let kernel = kernel.join().unwrap();
    for ((to, ours), kernel) in targets.iter().zip(ours).zip(kernel) {
        let expected = match kernel {
            Some(111) => Code::ConnectionRefused,
            Some(113) => Code::HostUnreachable,
            Some(101) => Code::NetworkUnreachable,
            Some(13) => Code::PermissionDenied,
            other => panic!("{to}: errno {other:?}, ours is {ours}"),
        };
        assert_eq!(ours, expected, "{to}");
    }
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn datagrams_go_to_the_kernel_and_back() {
    let _lab = Lab::new();
    let server = UdpSocket::bind("192.0.2.1:0").unwrap();
    let at = server.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 2000];
        while let Ok((count, from)) = server.recv_from(&mut buffer) {
            let _ = server.send_to(&buffer[..count], from);
        }
    });
    let stack = open("bridge:br-guest,addr=192.0.2.5/24", 5).unwrap();
    let answer = stack.exchange(at, &[7; 1400], within(&stack, 5), &mut |answer| answer.len() == 1400);
    assert_eq!(answer.unwrap(), [7; 1400]);
    let refused = stack.exchange("192.0.2.1:1".parse().unwrap(), b"x", within(&stack, 5), &mut |_| true);
    assert_eq!(refused.unwrap_err().code(), Code::ConnectionRefused);
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn many_threads_share_one_interface() {
    let _lab = Lab::new();
    let server = echo("192.0.2.1:0");
    let stack = open("bridge:br-guest,addr=192.0.2.5/24", 5).unwrap();
    thread::scope(|threads| {
        for _ in 0..50 {
            threads.spawn(|| {
                for _ in 0..20 {
                    talk(&stack, server, 20_000);
                }
            });
        }
    });
    let sockets = stack.node(|node| node.sockets()).unwrap();
    assert!(sockets <= 16, "{sockets} sockets are left");
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn a_device_that_exists_is_used() {
    let _lab = Lab::new();
    run("ip tuntap add quoin-tap mode tap");
    run("ip link set quoin-tap master br-guest up");
    run("ip tuntap add quoin-tun mode tun");
    run("ip addr add 198.51.100.1/24 dev quoin-tun");
    run("ip link set quoin-tun up");
    let server = echo("0.0.0.0:0");
    for (options, to) in [
        ("tap:quoin-tap,addr=192.0.2.5/24", "192.0.2.1"),
        ("tun:quoin-tun,addr=198.51.100.5/24", "198.51.100.1"),
    ] {
        let stack = open(options, 5).unwrap();
        talk(&stack, SocketAddr::new(to.parse().unwrap(), server.port()), 1_000_000);
    }
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn errors_name_what_there_is() {
    let _lab = Lab::new();
    for (options, says) in [
        ("bridge:br-gest", "there is no interface br-gest; there are"),
        ("bridge:guest0", "guest0 is no bridge; "),
        ("raw:lo", "lo is no Ethernet interface"),
        ("tap:guest0", "guest0 is no TAP device"),
        ("tap:none0,addr=192.0.2.5/24", "there is no interface none0"),
        ("bridge:br-guest,mtu=9000", "more than the 1500 bytes"),
    ] {
        let error = open(options, 2).map(drop).expect_err(options);
        assert_eq!(error.code(), Code::Invalid, "{error}");
        assert!(error.message().contains(says), "{error}");
    }
}

#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn a_bridge_keeps_its_address() {
    let _lab = Lab::new();
    let mac = || {
        let shown = Command::new("ip").args(["-o", "link", "show", "br-guest"]).output().unwrap().stdout;
        let shown = String::from_utf8(shown).unwrap();
        shown.split("link/ether ").nth(1).unwrap()[..17].to_owned()
    };
    let before = mac();
    for _ in 0..5 {
        let _stack = open("bridge:br-guest,addr=192.0.2.5/24", 5).unwrap();
        assert_eq!(mac(), before);
    }
}

/// A firewall that drops, and a server that never answers, take as long as the deadline says, while others are served.
#[test]
#[ignore = "needs root and a network namespace; tests/run lab"]
fn a_black_hole_keeps_nobody_else_waiting() {
    let _lab = Lab::new();
    run("nft add table inet t");
    run("nft add chain inet t c { type filter hook input priority 0 ; }");
    run("nft add rule inet t c tcp dport 9 drop");
    let server = echo("192.0.2.1:0");
    let stack = open("bridge:br-guest,addr=192.0.2.5/24", 5).unwrap();
    thread::scope(|threads| {
        for _ in 0..50 {
            threads.spawn(|| {
                let started = Instant::now();
                assert_eq!(code(&stack, "192.0.2.1:9", 3), Code::TimedOut);
                assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
            });
        }
        thread::sleep(Duration::from_millis(200));
        let started = Instant::now();
        talk(&stack, server, 100_000);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    });
    assert_eq!(stack.node(|node| node.sockets()), Ok(0));
}

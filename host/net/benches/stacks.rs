//! Both stacks to the same servers, in one run: `cargo bench -p quoin-net --bench stacks`, as root.
//!
//! A router in a network namespace of its own, with the servers on it, and a bridge. Our stack is one port of the bridge, the kernel's, in
//! another namespace, is behind a veth pair that is another port. Then what 200 waiting checks cost.
#![cfg(all(target_os = "linux", feature = "link"))]

use embedded_io::Read as _;
use quoin_net::Deadline;
use quoin_net::Stack as _;
use quoin_net::link::{LinkStack, Options};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

const BODY: usize = 10 << 20;
const CONNECTS: u32 = 300;
const BODIES: u32 = 5;
const ROUNDS: usize = 10;
const WAITING: usize = 200;

fn run(command: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let status = Command::new(words[0]).args(&words[1..]).status().expect(words[0]);
    assert!(status.success(), "{command}");
}

fn enter(namespace: &str) {
    let there = std::fs::File::open(format!("/run/netns/{namespace}")).expect("the namespace");
    let kind = Some(rustix::thread::LinkNameSpaceType::Network);
    rustix::thread::move_into_link_name_space(std::os::fd::AsFd::as_fd(&there), kind).expect("root");
}

struct Lab(String, String);

impl Lab {
    fn new() -> Self {
        let here = format!("quoin-bench-{}", std::process::id());
        let other = format!("{here}-other");
        run(&format!("ip netns add {here}"));
        run(&format!("ip netns add {other}"));
        enter(&here);
        for command in [
            "ip link set lo up",
            "ip link add br0 type bridge",
            "ip link add port0 type veth peer name port1",
            &format!("ip link set port1 netns {other}"),
            "ip link set port0 master br0 up",
            "ip addr add 192.0.2.1/24 dev br0",
            "ip link set br0 up",
            &format!("ip -n {other} addr add 192.0.2.2/24 dev port1"),
            &format!("ip -n {other} link set port1 up"),
        ] {
            run(command);
        }
        Self(here, other)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        run(&format!("ip netns del {}", self.0));
        run(&format!("ip netns del {}", self.1));
    }
}

fn serve(each: impl Fn(TcpStream) + Send + Copy + 'static) -> SocketAddr {
    let listener = TcpListener::bind("192.0.2.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            each(stream);
        }
    });
    address
}

fn body(mut stream: TcpStream) {
    let chunk = vec![7; 65_536];
    let mut left = BODY;
    while left > 0 {
        match stream.write(&chunk[..left.min(chunk.len())]) {
            Ok(count) => left -= count,
            Err(_) => return,
        }
    }
}

/// One operation's time, the mean of so many.
fn measure(count: u32, mut operation: impl FnMut()) -> Duration {
    let started = Instant::now();
    (0..count).for_each(|_| operation());
    started.elapsed() / count
}

/// Connecting, and a body: the best of what was seen, because whatever else the machine does only makes it slower.
#[derive(Clone, Copy)]
struct Times {
    connect: Duration,
    body: Duration,
}

impl Times {
    const NONE: Self = Self { connect: Duration::MAX, body: Duration::MAX };

    fn best(self, other: Self) -> Self {
        Self { connect: self.connect.min(other.connect), body: self.body.min(other.body) }
    }

    fn throughput(self) -> f64 {
        BODY as f64 / self.body.as_secs_f64() / 1e6
    }
}

fn deadline(stack: &LinkStack) -> Deadline {
    Deadline::after(stack.now(), Duration::from_secs(30))
}

fn connect_ours(stack: &LinkStack, to: SocketAddr) {
    stack.connect(to, deadline(stack)).map(drop).expect("connected");
}

fn download_ours(stack: &LinkStack, from: SocketAddr) {
    let mut stream = stack.connect(from, deadline(stack)).expect("connected");
    let mut buffer = vec![0; 16_384];
    let mut read = 0;
    while read < BODY {
        read += stream.read(&mut buffer).expect("read");
    }
}

fn connect_kernel(to: SocketAddr) {
    TcpStream::connect_timeout(&to, Duration::from_secs(30)).map(drop).expect("connected");
}

fn download_kernel(from: SocketAddr) {
    let mut stream = TcpStream::connect_timeout(&from, Duration::from_secs(30)).expect("connected");
    let mut buffer = vec![0; 16_384];
    let mut read = 0;
    while read < BODY {
        read += stream.read(&mut buffer).expect("read");
    }
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find(|line| line.starts_with(field)).expect("the field");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

/// User and system time of this process.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").expect("stat");
    let after = text.rsplit_once(") ").expect("the fields after the name").1;
    let ticks: u64 =
        after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn waiting(stack: &LinkStack, silent: SocketAddr) {
    const TIME: Duration = Duration::from_secs(10);
    let before = status("VmRSS");
    thread::scope(|threads| {
        for _ in 0..WAITING {
            threads.spawn(|| {
                let mut stream =
                    stack.connect(silent, Deadline::after(stack.now(), 2 * TIME)).expect("connected");
                let _ = stream.read(&mut [0; 100]);
            });
        }
        thread::sleep(Duration::from_secs(2));
        let (resident, used) = (status("VmRSS") - before, cpu());
        thread::sleep(TIME);
        let used = cpu() - used;
        println!(
            "{WAITING} waiting connections: {:.2} % of a core, {} KiB each with their threads' stacks",
            100.0 * used.as_secs_f64() / TIME.as_secs_f64(),
            resident / WAITING as u64
        );
    });
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let lab = Lab::new();
    let (accepts, sends) = (serve(drop), serve(body));
    // Whoever is connected to here keeps the connection, and says nothing.
    let silent = serve(|mut stream| drop(thread::spawn(move || stream.read(&mut [0; 1]))));
    let options: Options = "bridge:br0,addr=192.0.2.5/24,mac=02:00:00:00:00:05".parse().expect("options");
    let stack = LinkStack::open(&options, Duration::from_secs(10)).expect("a stack");
    let (mut kernel, mut ours) = (Times::NONE, Times::NONE);
    // In turns, so that both meet the same machine.
    for _ in 0..ROUNDS {
        let other = lab.1.clone();
        let turn = thread::spawn(move || {
            enter(&other);
            Times {
                connect: measure(CONNECTS, || connect_kernel(accepts)),
                body: measure(BODIES, || download_kernel(sends)),
            }
        });
        kernel = kernel.best(turn.join().expect("the kernel's turn"));
        ours = ours.best(Times {
            connect: measure(CONNECTS, || connect_ours(&stack, accepts)),
            body: measure(BODIES, || download_ours(&stack, sends)),
        });
    }
    for (name, times) in [("the kernel's stack", kernel), ("our own stack", ours)] {
        let connect = 1e6 * times.connect.as_secs_f64();
        println!(
            "{name:18}: connect and close in {connect:6.1} µs, 10 MiB at {:5.0} MB/s",
            times.throughput()
        );
    }
    println!(
        "ours takes {:.2} of the kernel's time to connect (at most 1.5), and has {:.2} of its throughput (at least 0.5)",
        ours.connect.as_secs_f64() / kernel.connect.as_secs_f64(),
        ours.throughput() / kernel.throughput()
    );
    waiting(&stack, silent);
    drop(stack);
    drop(lab);
    // The servers' threads would wait forever.
    std::process::exit(0);
}

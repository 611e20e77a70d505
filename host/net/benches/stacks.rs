//! Both stacks to the same servers, in one run: `cargo bench -p quoin-net --bench stacks`, as root.
//!
//! A router in a network namespace of its own, with the servers on it, and a bridge. Our stack is one port of the bridge, the kernel's, in
//! another namespace, is behind a veth pair that is another port. Then what 200 waiting checks cost.
#![cfg(all(target_os = "linux", feature = "link"))]

use embedded_io::Read as _;
use quoin_net::kernel::KernelStack;
use quoin_net::link::{LinkStack, Options};
use quoin_net::{Deadline, Stack};
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
        let here = format!("quoin-lab-{}-bench", std::process::id());
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
    // Room for all of a round's connections. With std's 128 the queue overflows where this thread gets no processor for some
    // milliseconds, and then the kernel drops a SYN, whoever sent it, until it comes again a second later.
    rustix::net::listen(&listener, 4096).expect("a longer queue");
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

/// What was measured of one stack.
#[derive(Default)]
struct Times {
    /// One round's mean each.
    connects: Vec<Duration>,
    bodies: Vec<Duration>,
    /// The slowest single connection of all.
    slowest: Duration,
}

impl Times {
    /// One round over a stack.
    fn measure(&mut self, stack: &dyn Stack, accepts: SocketAddr, sends: SocketAddr) {
        let started = Instant::now();
        for _ in 0..CONNECTS {
            let one = Instant::now();
            stack.connect(accepts, deadline(stack)).map(drop).expect("connected");
            self.slowest = self.slowest.max(one.elapsed());
        }
        self.connects.push(started.elapsed() / CONNECTS);
        let started = Instant::now();
        (0..BODIES).for_each(|_| download(stack, sends));
        self.bodies.push(started.elapsed() / BODIES);
    }

    /// The best round, because whatever else the machine does only makes it slower.
    fn connect(&self) -> f64 {
        self.connects.iter().min().expect("rounds").as_secs_f64()
    }

    /// Bytes a second, of the best round.
    fn throughput(&self) -> f64 {
        BODY as f64 / self.bodies.iter().min().expect("rounds").as_secs_f64()
    }
}

fn deadline(stack: &dyn Stack) -> Deadline {
    Deadline::after(stack.now(), Duration::from_secs(30))
}

fn download(stack: &dyn Stack, from: SocketAddr) {
    let mut stream = stack.connect(from, deadline(stack)).expect("connected");
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
    let (mut kernel, mut ours) = (Times::default(), Times::default());
    // In turns, so that both meet the same machine.
    for _ in 0..ROUNDS {
        let (other, mut times) = (lab.1.clone(), kernel);
        let turn = thread::spawn(move || {
            enter(&other);
            times.measure(&KernelStack::new(), accepts, sends);
            times
        });
        kernel = turn.join().expect("the kernel's turn");
        ours.measure(&stack, accepts, sends);
    }
    for (name, times) in [("the kernel's stack", &kernel), ("our own stack", &ours)] {
        println!(
            "{name:18}: connect and close in {:5.1} µs (slowest: {:.1} ms), 10 MiB at {:4.0} MB/s",
            1e6 * times.connect(),
            1e3 * times.slowest.as_secs_f64(),
            times.throughput() / 1e6
        );
    }
    println!(
        "ours takes {:.2} of the kernel's time to connect (at most 1.5), and has {:.2} of its throughput (at least 0.5)",
        ours.connect() / kernel.connect(),
        ours.throughput() / kernel.throughput()
    );
    waiting(&stack, silent);
    drop(stack);
    drop(lab);
    // The servers' threads would wait forever.
    std::process::exit(0);
}

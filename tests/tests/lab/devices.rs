//! `--net`: what can't be used, who may use it, and what is left of it afterwards.

use crate::profile::Profile;
use quoin_tests::lab::segment::{NETS, SERVER, Segment, address};
use quoin_tests::lab::{Check, Listener, Namespace, Server, bridge, connect, misbehaving, until};
use quoin_tests::programs::quoin;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const OPEN: &str = "
    - id: open
      observations:
        - plugin: tcp
          config: {host: 192.0.2.1, port: 80, timeout_ms: 3000}
          expect: data.connected == false and data.remote_addr == nil
";

/// Takes as long as it is given: nobody is there to answer.
const LONG: &str = "
    - id: long
      timeout: 60s
      observations:
        - plugin: tcp
          config: {host: 192.0.2.200, port: 80, timeout_ms: 50000}
";

/// Waits for an answer that never comes.
const SILENT: &str = "
    - id: silent
      timeout: 60s
      observations:
        - plugin: http
          config: {url: 'http://192.0.2.1:8005/', timeout_ms: 50000}
";

#[test]
#[ignore = "needs root: tests/run lab"]
fn what_is_not_there_or_makes_no_sense() {
    let host = Namespace::new("host");
    bridge(&host, "br0");
    let profile = Profile::new(OPEN);
    for (net, words) in [
        ("raw:eth7,addr=192.0.2.3/24", &["eth7"][..]),
        ("bridge:br7,addr=192.0.2.3/24", &["br7"]),
        ("bridge:lo,addr=192.0.2.3/24", &["lo", "bridge"]),
        ("tap:tap7,addr=192.0.2.3/24", &["tap7"]),
        ("tun:tun7,addr=192.0.2.3/24", &["tun7"]),
        ("tap:br0,addr=192.0.2.3/24", &["br0"]),
        ("wire:br0", &["wire", "bridge"]),
        ("bridge:br0,adr=192.0.2.3/24", &["adr", "addr"]),
        ("bridge:br0,addr=192.0.2.300/24", &["192.0.2.300"]),
        ("bridge:br0,dhcp,addr=192.0.2.3/24", &["dhcp"]),
    ] {
        let outcome = Check::new(&host, profile.path()).net(net).run();
        assert_eq!(outcome.code, Some(2), "{net}: {}", outcome.said);
        assert!(outcome.report.is_null(), "{net}: {:#}", outcome.report);
        for word in words {
            assert!(outcome.said.contains(word), "{net}: {word} is not in: {}", outcome.said);
        }
    }
    assert_eq!(host.interfaces(), ["lo", "br0"]);
}

/// Runs the program under another user, from a place that this user can reach.
fn unprivileged(host: &Namespace, net: &str, capabilities: &str) -> (Option<i32>, String) {
    let directory = Server::directory();
    let program = directory.path().join("quoin");
    fs::copy(quoin().get_program(), &program).unwrap();
    let profile = Profile::new(OPEN);
    // Most systems let everybody open it, and ask for the capability afterwards; some only root.
    const TUN: &str =
        "mount -t tmpfs -o mode=755 lab /dev/net && mknod -m 666 /dev/net/tun c 10 200 && exec \"$@\"";
    let mut command = host.command("sh");
    command.args(["-c", TUN, "sh", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
    command.arg("--bounding-set=-all,+net_raw,+net_admin");
    command.arg(format!("--inh-caps=-all{capabilities}")).arg(format!("--ambient-caps=-all{capabilities}"));
    command.arg(program).arg("check").arg(profile.path()).args(["--net", net]);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn who_may_not_is_told_what_is_missing() {
    let segment = Segment::new();
    for (net, capability) in NETS.into_iter().zip(["CAP_NET_RAW", "CAP_NET_ADMIN"]) {
        let (code, said) = unprivileged(&segment.client, net, "");
        assert_eq!(code, Some(2), "{net}: {said}");
        assert!(said.contains(capability), "{net}: {capability} is not in: {said}");
    }
    assert_eq!(segment.client.interfaces().len(), 4);
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn one_capability_is_enough() {
    let segment = Segment::new();
    for (net, capability) in NETS.into_iter().zip([",+net_raw", ",+net_admin"]) {
        let (code, said) = unprivileged(&segment.client, net, capability);
        assert_eq!(code, Some(0), "{net}: {said}");
    }
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn a_device_of_ones_own_takes_no_capability() {
    let segment = Segment::new();
    segment.client.ip("tuntap add dev tap0 mode tap user 65534");
    segment.client.ip("link set tap0 master br-lab up");
    let (code, said) = unprivileged(&segment.client, "tap:tap0,addr=192.0.2.4/24", "");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn the_device_is_gone_after_the_run_and_after_a_kill() {
    let segment = Segment::new();
    let before = segment.client.interfaces();
    let profile = Profile::new(OPEN);
    Check::new(&segment.client, profile.path()).net(NETS[1]).run().assert_passed();
    assert_eq!(segment.client.interfaces(), before);

    let profile = Profile::new(LONG);
    let mut quoin = Check::new(&segment.client, profile.path()).net(NETS[1]).command().spawn().unwrap();
    until("a TAP device to be there", || segment.client.interfaces().len() == before.len() + 1);
    quoin.kill().unwrap();
    quoin.wait().unwrap();
    until("the TAP device to be gone", || segment.client.interfaces() == before);
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn an_interrupt_ends_the_run_and_takes_the_device_away() {
    static REACHED: AtomicBool = AtomicBool::new(false);
    let serve = |stream| {
        REACHED.store(true, Ordering::Relaxed);
        misbehaving::silent(stream)
    };
    let segment = Segment::new();
    let _listener = Listener::start(&segment.server, SocketAddr::new(address(SERVER[0]), 8005), serve);
    let before = segment.client.interfaces();
    let profile = Profile::new(SILENT);
    let mut command = Check::new(&segment.client, profile.path()).net(NETS[1]).command();
    let quoin = command.stdout(Stdio::piped()).spawn().unwrap();
    until("the server to be asked", || REACHED.load(Ordering::Relaxed));
    assert_eq!(segment.client.interfaces().len(), before.len() + 1);
    let interrupted = Instant::now();
    kill_process(Pid::from_child(&quoin), Signal::INT).unwrap();
    let output = quoin.wait_with_output().unwrap();
    let took = interrupted.elapsed();
    assert_eq!(output.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["controls"][0]["status"], "skipped", "{report:#}");
    assert!(took < Duration::from_secs(10), "{took:?} of the fifty seconds that the check would take");
    until("the TAP device to be gone", || segment.client.interfaces() == before);
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn a_bridge_that_listens_and_learns_first_is_waited_for() {
    let segment = Segment::new();
    let profile = Profile::new(
        "
    - id: closed
      observations:
        - plugin: tcp
          config: {host: 192.0.2.1, port: 81}
          expect: data.error_code == 'ECONNREFUSED'
",
    );
    // Hundredths of a second, twice.
    segment.client.ip("link set br-lab type bridge stp_state 1 forward_delay 1100");
    let outcome = Check::new(&segment.client, profile.path()).net("bridge:br-lab,addr=192.0.2.4/24").run();
    outcome.assert_passed();
    assert!(
        outcome.took.as_secs() >= 22,
        "{:?}: the port forwards at once, so nothing is shown",
        outcome.took
    );
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn devices_that_exist_already() {
    let host = Namespace::new("host");
    host.ip("tuntap add dev tap0 mode tap");
    host.ip("link set tap0 up");
    host.ip("address add 192.0.2.1/24 dev tap0");
    host.ip("tuntap add dev tun0 mode tun");
    host.ip("link set tun0 up");
    host.ip("address add 198.51.100.1/24 dev tun0");
    let at = |address: &str| {
        format!(
            "
    - id: closed
      observations:
        - plugin: tcp
          config: {{host: {address}, port: 80, timeout_ms: 3000}}
          expect: data.connected == false and data.remote_addr == nil
"
        )
    };
    for (net, address) in
        [("tap:tap0,addr=192.0.2.3/24", "192.0.2.1"), ("tun:tun0,addr=198.51.100.3/24", "198.51.100.1")]
    {
        let profile = Profile::new(&at(address));
        let outcome = Check::new(&host, profile.path()).net(net).run();
        outcome.assert_passed();
        let text = outcome.report.to_string();
        assert!(text.contains("refused"), "{net}: the host itself answers: {text}");
    }
    assert_eq!(host.interfaces(), ["lo", "tap0", "tun0"]);
}

#[test]
#[ignore = "needs root: tests/run lab"]
fn a_raw_interface_leads_to_everybody_but_the_device_itself() {
    let (device, neighbour) = (Namespace::new("device"), Namespace::new("neighbour"));
    bridge(&neighbour, "br0");
    neighbour.ip("address add 192.0.2.1/24 dev br0");
    connect((&device, "eth0"), (&neighbour, "br0"), &["192.0.2.2/24"]);
    let _listeners = [(&neighbour, "192.0.2.1"), (&device, "192.0.2.2")]
        .map(|(host, at)| Listener::start(host, SocketAddr::new(address(at), 8005), misbehaving::silent));
    let profile = Profile::new(
        "
    - id: neighbour
      observations:
        - plugin: tcp
          config: {host: 192.0.2.1, port: 8005}
          expect: data.connected
    - id: itself
      observations:
        - plugin: tcp
          config: {host: 192.0.2.2, port: 8005, timeout_ms: 20000}
          expect: data.connected
",
    );
    Check::new(&device, profile.path()).run().assert_passed();
    let outcome = Check::new(&device, profile.path()).net("raw:eth0,addr=192.0.2.3/24").run();
    assert_eq!((outcome.status("neighbour"), outcome.status("itself")), ("pass", "fail"));
    // Nobody answers for that address.
    let data = &outcome.control("itself")["observations"][0]["evidence"]["data"];
    assert_eq!(data["error_code"], "EHOSTUNREACH", "{:#}", outcome.report);
}

//! The plugins `systemd` and `process` on a machine that systemd runs: the real one, as PID 1 of a namespace with units of
//! its own. It sees nothing of the machine's own services, and all of it ends with the namespace.

use crate::profile::Profile;
use quoin_tests::lab::{Server, until};
use quoin_tests::programs::quoin;
use serde_json::Value;
use std::fs;
use std::process::Command;

/// Mounts what systemd wants to have for itself, and becomes it.
const BOOT: &str = r#"
set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/system
cp "$1"/* /run/systemd/system/
exec env -i container=quoin PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
    --system --unit=lab.target --log-target=console --show-status=no
"#;

const UNITS: [(&str, &str); 5] = [
    ("lab.target", "[Unit]\nDefaultDependencies=no\nWants=up.service once.service down.service\n"),
    (
        "up.service",
        "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 271828\n\
         [Install]\nWantedBy=lab.target\n",
    ),
    (
        "once.service",
        "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
    ),
    ("down.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/false\n"),
    (
        "flap.service",
        "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=10ms\n\
         [Install]\nWantedBy=lab.target\n",
    ),
];

const CHECKS: &str = r#"
    - id: up
      observations:
        - plugin: systemd
          config: {unit: up}
          expect:
            - data.is_available and data.running and data.enabled
            - data.load_state == "loaded" and data.active_state == "active" and data.sub_state == "running"
            - data.unit_file_state == "enabled-runtime" and data.main_pid > 1 and data.restarts == 0
    - id: process
      observations:
        - plugin: process
          config: {name: sleep, user: root}
          expect: data.count == 1 and data.processes[0].ppid == 1 and data.processes[0].cmdline == "/bin/sleep 271828"
    - id: init
      observations: [{plugin: process, config: {pid: 1}, expect: 'data.processes[0].name == "systemd"'}]
    - id: target
      observations: [{plugin: systemd, config: {unit: lab.target}}]
    - id: once
      observations: [{plugin: systemd, config: {unit: once}, expect: 'data.sub_state == "exited" and !data.running'}]
    - id: flap
      observations: [{plugin: systemd, config: {unit: flap.service}, expect: data.restarts > 1 and !data.enabled}]
    - id: masked
      observations: [{plugin: systemd, config: {unit: masked}, expect: 'data.load_state == "masked"'}]
    - id: down
      observations: [{plugin: systemd, config: {unit: down}}]
    - id: absent
      observations: [{plugin: systemd, config: {unit: absent.service}}]
    - id: template
      observations: [{plugin: systemd, config: {unit: getty@.service}}]
"#;

#[test]
#[ignore = "needs root: tests/run lab"]
fn units_of_a_real_systemd() {
    let directory = Server::directory();
    let units = directory.path().join("units");
    fs::create_dir(&units).unwrap();
    for (name, text) in UNITS {
        fs::write(units.join(name), text).unwrap();
    }
    let mut boot = Command::new("unshare");
    boot.args(["--mount", "--pid", "--cgroup", "--ipc", "--uts", "--fork", "--kill-child"]);
    boot.args(["sh", "-c", BOOT, "sh"]).arg(&units);
    let own = std::process::id();
    let mut init = None;
    let inside = |init: u32, words: &[&str]| {
        let mut command = Command::new("nsenter");
        command.args(["--target", &init.to_string(), "--mount", "--pid", "--cgroup"]).args(words);
        command
    };
    let systemctl = |init: u32, words: &[&str]| {
        inside(init, &[&["systemctl"], words].concat()).output().is_ok_and(|output| output.status.success())
    };
    let _systemd = Server::start(boot, directory, |_| {
        init = child(own, "unshare").and_then(|unshare| child(unshare, "systemd"));
        init.is_some_and(|init| systemctl(init, &["is-active", "lab.target"]))
    });
    let init = init.unwrap();
    assert!(systemctl(init, &["--runtime", "enable", "up.service"]));
    assert!(systemctl(init, &["--runtime", "mask", "masked.service"]));
    systemctl(init, &["start", "flap.service"]);
    // systemd gives a service up that starts too often, and says how often that was.
    until("flap.service to have failed for good", || systemctl(init, &["is-failed", "flap.service"]));

    let profile = Profile::new(CHECKS);
    let program = quoin().get_program().to_str().unwrap().to_owned();
    let path = profile.path().to_str().unwrap();
    let output = inside(init, &[&program, "check", path, "--format", "json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(output.status.code(), Some(1), "{said}");
    let control = |id: &str| report["controls"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    for id in ["up", "process", "init", "target", "once", "flap", "masked"] {
        assert_eq!(control(id)["status"], "pass", "{id}: {:#}", control(id));
    }
    for (id, status, words) in [
        ("down", "fail", "down is failed (failed)"),
        ("absent", "fail", "absent.service is not-found"),
        ("template", "error", "neither a valid invocation ID nor unit name"),
    ] {
        assert_eq!(control(id)["status"], status, "{:#}", control(id));
        let message = control(id)["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

/// The child of that process and name.
fn child(parent: u32, name: &str) -> Option<u32> {
    let marks = [format!("({name})"), format!("{parent}")];
    fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let mut words = stat.split(' ');
        let pid = words.next()?.parse().ok()?;
        (words.next()? == marks[0] && words.nth(1)? == marks[1]).then_some(pid)
    })
}

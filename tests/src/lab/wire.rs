//! Wires between hosts, and bridges that they are plugged into.

use super::Namespace;
use crate::build::succeed;
use std::process::Command;

/// Lays a wire from an interface of one host to one of another, both new and up. There is a name for each end.
pub fn wire(a: (&Namespace, &str), b: (&Namespace, &str)) {
    let mut ip = Command::new("ip");
    ip.args(["link", "add", "name", a.1, "netns", a.0.name(), "type", "veth"]);
    succeed(ip.args(["peer", "name", b.1, "netns", b.0.name()]));
    a.0.ip(&format!("link set {} up", a.1));
    b.0.ip(&format!("link set {} up", b.1));
}

/// Makes a bridge on a host. It forwards from the first frame on.
pub fn bridge(host: &Namespace, name: &str) {
    host.ip(&format!("link add {name} type bridge forward_delay 0 mcast_snooping 0"));
    host.ip(&format!("link set {name} up"));
}

/// Lays a wire from `interface` of a host to a new port of a bridge, with the host's addresses.
pub fn connect(host: (&Namespace, &str), bridge: (&Namespace, &str), addresses: &[&str]) {
    let interface = host.1;
    // Unique: a host of the lab has one interface of a name, and so has the bridge's one port for it.
    let port = format!("p{}-{interface}", host.0.number());
    wire((host.0, interface), (bridge.0, &port));
    bridge.0.ip(&format!("link set {port} master {}", bridge.1));
    for address in addresses {
        host.0.ip(&format!("address add {address} dev {interface}"));
    }
}

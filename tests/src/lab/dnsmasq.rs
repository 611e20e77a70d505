//! dnsmasq: what routers serve DHCP, router advertisements and names with.

use super::{Namespace, Server};
use std::fs;

/// Starts it with these lines of configuration.
///
/// # Panics
///
/// Where it does not start.
#[must_use]
pub fn start(host: &Namespace, lines: &str) -> Server {
    let directory = Server::directory();
    let path = directory.path();
    let text = format!(
        "keep-in-foreground\nuser=root\nno-resolv\nno-hosts\nno-ping\nlog-dhcp\nlog-facility=-\npid-file={0}/pid\n\
         dhcp-leasefile={0}/leases\n{lines}\n",
        path.display()
    );
    let configuration = path.join("dnsmasq.conf");
    fs::write(&configuration, text).unwrap();
    let mut command = host.command("dnsmasq");
    command.arg(format!("--conf-file={}", configuration.display()));
    Server::start(command, directory, |said| said.contains("started, "))
}

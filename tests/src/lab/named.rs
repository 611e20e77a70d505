//! BIND: a name server for the lab's zones.

use super::{Namespace, Server};
use std::fs;
use std::net::IpAddr;

const HEAD: &str = "$TTL 300\n\
    @ IN SOA ns.lab.test. admin.lab.test. 2026010101 3600 600 86400 60\n\
    @ IN NS ns.lab.test.\n";

/// Starts it on these addresses, as the authority for each zone: a name, and its records in the master file's format
/// (RFC 1035, section 5) without SOA and NS. What is in no zone it refuses.
///
/// # Panics
///
/// Where it does not start.
#[must_use]
pub fn start(host: &Namespace, addresses: &[IpAddr], zones: &[(&str, &str)]) -> Server {
    let directory = Server::directory();
    let path = directory.path();
    let list = |is_wanted: fn(&IpAddr) -> bool| {
        let wanted = addresses.iter().filter(|address| is_wanted(address));
        wanted.map(|address| format!("{address}; ")).collect::<String>()
    };
    let mut text = format!(
        "options {{ directory \"{0}\"; pid-file none; session-keyfile none; recursion no; dnssec-validation no;\n\
         managed-keys-directory \"{0}\"; listen-on {{ {1}}}; listen-on-v6 {{ {2}}}; allow-query {{ any; }};\n\
         rrset-order {{ order none; }}; minimal-responses yes; notify no; }};\ncontrols {{}};\n",
        path.display(),
        list(IpAddr::is_ipv4),
        list(IpAddr::is_ipv6)
    );
    for (zone, records) in zones {
        fs::write(path.join(zone), format!("{HEAD}{records}")).unwrap();
        text += &format!("zone \"{zone}\" {{ type primary; file \"{zone}\"; }};\n");
    }
    // A zone without a file: SERVFAIL.
    text += "zone \"broken.test\" { type primary; file \"missing\"; };\n";
    let configuration = path.join("named.conf");
    fs::write(&configuration, text).unwrap();
    // A copy, because AppArmor, where it is, lets the one in its own place read nothing but /etc/bind.
    let program = path.join("named");
    fs::copy("/usr/sbin/named", &program).unwrap_or_else(|error| panic!("/usr/sbin/named: {error}"));
    let mut command = host.command(program);
    command.args(["-g", "-n", "1", "-c"]).arg(&configuration);
    Server::start(command, directory, |said| said.contains(" running\n"))
}

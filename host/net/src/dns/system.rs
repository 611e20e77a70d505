//! The configuration of this machine: `/etc/resolv.conf` and `/etc/hosts`.

use super::{Config, hosts, resolv_conf};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The most that is read of a file, in bytes: tens of thousands of hosts.
const LONGEST: u64 = 1 << 20;

impl Config {
    /// What this machine uses: `/etc/resolv.conf`, and `/etc/hosts`, which always has a `localhost`. A file that can't be read counts
    /// as empty, as it does for the C library.
    #[must_use]
    pub fn system() -> Self {
        Self::from_files(Path::new("/etc/resolv.conf"), Path::new("/etc/hosts"))
    }

    fn from_files(resolv_conf: &Path, hosts: &Path) -> Self {
        let mut config = resolv_conf::parse(&text(resolv_conf), &interface);
        config.hosts = hosts::parse(&text(hosts));
        if !config.hosts.iter().any(|(name, _)| name.eq_ignore_ascii_case("localhost")) {
            let both = [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()];
            config.hosts.extend(both.map(|address| ("localhost".to_owned(), address)));
        }
        config
    }
}

fn text(path: &Path) -> String {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() as u64 == LONGEST => {
            log::warn!("{}: only its first {LONGEST} bytes are used", path.display());
            // The last line may be cut off anywhere.
            bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0));
        }
        Ok(_) => {}
        Err(error) => log::debug!("{}: {error}", path.display()),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The number of an interface, as the kernel tells it.
fn interface(name: &str) -> Option<u32> {
    // Nothing else can be the name of an interface, and nothing else belongs into a path.
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return None;
    }
    std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex")).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_there_are_empty() {
        let nowhere = Path::new("/nowhere/at/all");
        let config = Config::from_files(nowhere, nowhere);
        assert_eq!(config.servers, ["127.0.0.1:53".parse().unwrap()]);
        let localhost = |text: &str| ("localhost".to_owned(), text.parse().unwrap());
        assert_eq!(config.hosts, [localhost("127.0.0.1"), localhost("::1")]);
    }

    #[test]
    fn this_machine_has_a_configuration() {
        let config = Config::system();
        assert!(!config.servers.is_empty());
        assert!(config.hosts.iter().any(|(name, _)| name == "localhost"));
    }

    #[test]
    fn interfaces_have_numbers() {
        assert_eq!(interface("lo"), Some(1));
        for name in ["", "..", "../lo", "nowhere0"] {
            assert_eq!(interface(name), None);
        }
    }
}

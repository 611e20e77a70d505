//! Firewalls.

use super::Namespace;
use std::io::Write;
use std::process::Stdio;

/// Replaces a host's firewall by these rules, written as `nft -f` reads them.
///
/// # Panics
///
/// Where `nft` does not take them.
pub fn filter(host: &Namespace, rules: &str) {
    let mut nft = host.command("nft").args(["-f", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let text = format!("flush ruleset\n{rules}");
    nft.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(nft.wait().unwrap().success(), "nft does not take these rules:\n{rules}");
}

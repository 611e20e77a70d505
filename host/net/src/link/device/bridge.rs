//! `bridge:`: a TAP device of our own, one more port of a bridge, for as long as we live.

use super::super::options::Options;
use super::frames::LinkDevice;
use super::sys::Request;
use super::{attach, interfaces, longest, no_driver, present, refused};
use crate::{Code, Error, random};
use smoltcp::phy::Medium;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

const PRIVILEGE: &str = "a port of its own on a bridge needs CAP_NET_ADMIN: run it as root, or have somebody make a TAP device \
     for this user (`ip tuntap add NAME mode tap user USER`, `ip link set NAME master BRIDGE up`) and use `tap:NAME`";

/// The state of a port that forwards (`BR_STATE_FORWARDING` of `linux/if_bridge.h`).
const FORWARDING: &str = "3";

pub(super) fn open(options: &Options) -> Result<LinkDevice, Error> {
    let bridge = options.name().as_str();
    present(bridge)?;
    let mtu = longest(options, bridge)?;
    // The kernel puts a number where the `%d` is.
    let (descriptor, tap) = attach("quoin%d", Medium::Ethernet)
        .map_err(|error| no_driver(&error).unwrap_or_else(|| refused(error, PRIVILEGE)))?;
    let port = || Request::about(&tap);
    let fail = |error: io::Error| refused(error, PRIVILEGE);
    // A bridge that was given no address takes the lowest of its ports'. Ours must not be that.
    let mut mac = [0xfe; 6];
    random::fill(&mut mac[1..])?;
    port().set_mac(mac).map_err(fail)?;
    // The bridge's longest packet is that of the port with the shortest, unless somebody has set it.
    Request::about(bridge).mtu().and_then(|mtu| port().set_mtu(mtu)).map_err(fail)?;
    // The port is nobody's interface: no address, no router solicitations. A kernel without IPv6 has no such file.
    let quiet = format!("/proc/sys/net/ipv6/conf/{tap}/disable_ipv6");
    if Path::new(&quiet).exists()
        && let Err(error) = std::fs::write(&quiet, "1")
    {
        log::debug!("{quiet}: {error}");
    }
    let index = port().index().map_err(fail)?;
    Request::about(bridge).take_port(index).map_err(|error| match error.raw_os_error() {
        Some(libc::EOPNOTSUPP | libc::EINVAL | libc::ENOTTY) => no_bridge(bridge),
        Some(libc::EXFULL) => Error::new(Code::Exhausted, format!("{bridge} has no port left")),
        _ => fail(error),
    })?;
    port().set_up().map_err(fail)?;
    forwarding(bridge, &tap)?;
    Ok(LinkDevice::new(descriptor, Medium::Ethernet, mtu))
}

/// How long a port may listen and learn: twice the forward delay, of which 30 s is the most (IEEE 802.1D, 17.14); and a little.
const FORWARDS_WITHIN: Duration = Duration::from_secs(65);

/// Waits until the port forwards, which takes its time where the bridge speaks the spanning tree protocol.
fn forwarding(bridge: &str, tap: &str) -> Result<(), Error> {
    let until = Instant::now() + FORWARDS_WITHIN;
    let state = format!("/sys/class/net/{tap}/brport/state");
    // Where the file cannot be seen (another namespace's /sys), whoever waits for an address finds out.
    while let Ok(text) = std::fs::read_to_string(&state)
        && text.trim() != FORWARDING
    {
        if Instant::now() >= until {
            return Err(Error::new(
                Code::TimedOut,
                format!(
                    "the port on {bridge} does not forward after {} seconds: the spanning tree protocol keeps it from it; \
                     `bridge link` and the bridge's log say why",
                    FORWARDS_WITHIN.as_secs()
                ),
            ));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn no_bridge(name: &str) -> Error {
    let bridges: Vec<String> = interfaces()
        .into_iter()
        .filter(|name| Path::new(&format!("/sys/class/net/{name}/bridge")).exists())
        .collect();
    let advice = match &bridges[..] {
        [] => format!("`raw:{name}` takes any Ethernet interface"),
        bridges => format!("bridges here: {}", bridges.join(", ")),
    };
    Error::new(Code::Invalid, format!("{name} is no bridge; {advice}"))
}

//! [`LinkStack`]: a stack on a link-layer device of Linux.

mod bridge;
mod filter;
mod frames;
mod sys;

use super::name::{Mac, Mtu};
use super::node::{Config, Limits};
use super::options::{Form, Options};
use super::shared::SharedStack;
use crate::{Code, Error, random};
use frames::LinkDevice;
use smoltcp::phy::Medium;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;
use sys::Request;

/// A stack on a device that `--net` names.
///
/// | form | needs | without it |
/// |---|---|---|
/// | `bridge:` | CAP_NET_ADMIN, `/dev/net/tun` | have a TAP device put into the bridge for the user, and use `tap:` |
/// | `raw:` | CAP_NET_RAW | the kernel's stack, which needs no privilege |
/// | `tap:`, `tun:` | nothing, if the device was made for the user: `ip tuntap add NAME mode tap user USER` | CAP_NET_ADMIN |
///
/// A bridge's TAP device goes with the process, whatever ends it: it is not persistent.
pub type LinkStack = SharedStack<LinkDevice>;

impl LinkStack {
    /// Opens the device, and waits until the node has its addresses, which takes it `within` at most: probed, leased or advertised. A
    /// bridge that speaks the spanning tree protocol forwards nothing for a while before that (30 s, where nothing else is set).
    ///
    /// # Errors
    ///
    /// [`Code::PermissionDenied`], [`Code::Invalid`] where there is no such interface, or one of another kind, or it is down;
    /// [`Code::TimedOut`] with what is missing; [`Code::AddressNotAvailable`] where somebody else has the address. All of them say
    /// what to do.
    pub fn open(options: &Options, within: Duration) -> Result<Self, Error> {
        let tell = |error: Error| error.during(options);
        let mac = match options.mac {
            Some(mac) => mac,
            None => {
                let mut bytes = [0; 6];
                random::fill(&mut bytes)?;
                Mac::local(bytes)
            }
        };
        let device = match options.form() {
            Form::Bridge => bridge::open(options),
            Form::Raw => packet(options, mac),
            Form::Tap => tuntap(options, Medium::Ethernet),
            Form::Tun => tuntap(options, Medium::Ip),
        };
        let config = Config::new(options, (options.form() != Form::Tun).then_some(mac), Limits::default());
        SharedStack::over(device.map_err(tell)?, &config, within).map_err(tell)
    }
}

/// An AF_PACKET socket on an interface (packet(7)).
fn packet(options: &Options, mac: Mac) -> Result<LinkDevice, Error> {
    let name = options.name().as_str();
    let socket = sys::packet_socket().map_err(|error| {
        refused(error, "an AF_PACKET socket needs CAP_NET_RAW: run it as root, or leave `--net` out and use the kernel's stack")
    })?;
    let index = present(name)?;
    let about = || Request::about(name);
    if !about().ethernet().map_err(|error| system(&error))? {
        return Err(Error::new(Code::Invalid, format!("{name} is no Ethernet interface")));
    }
    let mtu = longest(options, name)?;
    let ready = sys::attach_filter(&socket, &mut filter::ours(mac))
        .and_then(|()| sys::offload_headers(&socket))
        .and_then(|()| sys::promiscuous(&socket, index))
        .and_then(|()| sys::bind_packet(&socket, index));
    ready.map_err(|error| system(&error))?;
    Ok(LinkDevice::new(socket, Medium::Ethernet, mtu))
}

/// A TAP or TUN device that exists.
fn tuntap(options: &Options, medium: Medium) -> Result<LinkDevice, Error> {
    let name = options.name().as_str();
    // Attaching would make one where there is none.
    present(name)?;
    let mtu = longest(options, name)?;
    let (descriptor, _) = attach(name, medium).map_err(|error| no_driver(&error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::InvalidInput => {
            let kind = if medium == Medium::Ethernet { "TAP" } else { "TUN" };
            Error::new(Code::Invalid, format!("{name} is no {kind} device, or one with several queues"))
        }
        io::ErrorKind::ResourceBusy => {
            Error::new(Code::Invalid, format!("{name} is in use by another program already"))
        }
        _ => refused(
            error,
            "the device belongs to another user: run it as root (CAP_NET_ADMIN), or make it for this one, with \
             `ip tuntap add NAME mode tap user USER`",
        ),
    }))?;
    Ok(LinkDevice::new(descriptor, medium, mtu))
}

/// Attaches to a TAP or TUN device, and answers its name.
fn attach(name: &str, medium: Medium) -> io::Result<(OwnedFd, String)> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let descriptor = rustix::fs::open("/dev/net/tun", flags, Mode::empty())?;
    let mut request = Request::about(name);
    request.attach(&descriptor, medium == Medium::Ethernet)?;
    sys::offload(&descriptor)?;
    Ok((descriptor, request.name()))
}

/// What to do where the kernel makes no TAP and no TUN devices: there is no such file, or nothing behind it.
fn no_driver(error: &io::Error) -> Option<Error> {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENODEV | libc::ENXIO)).then(|| {
        let message = format!(
            "/dev/net/tun: {error}. The kernel needs its module `tun` (package kmod-tun on OpenWrt), a container that device"
        );
        Error::new(Code::Unsupported, message)
    })
}

/// The interface's index, if it is there and up.
fn present(name: &str) -> Result<i32, Error> {
    let index = Request::about(name).index().map_err(|_| {
        let others = match interfaces().join(", ") {
            none if none.is_empty() => String::from("there is none but the loopback"),
            some => format!("there are {some}"),
        };
        Error::new(Code::Invalid, format!("there is no interface {name}; {others}"))
    })?;
    if !Request::about(name).up().map_err(|error| system(&error))? {
        return Err(Error::new(Code::Invalid, format!("{name} is down: `ip link set {name} up`")));
    }
    Ok(index)
}

/// The longest IP packet that the interface and the options allow.
fn longest(options: &Options, name: &str) -> Result<usize, Error> {
    let of_device = Request::about(name).mtu().map_err(|error| system(&error))?;
    match options.mtu {
        Some(mtu) if mtu.bytes() > of_device => {
            Err(Error::new(Code::Invalid, format!("mtu={mtu} is more than the {of_device} bytes of {name}")))
        }
        Some(mtu) => Ok(mtu.bytes()),
        None => Ok(Mtu::clamped(of_device).bytes()),
    }
}

/// The interfaces of this thread's network namespace.
fn interfaces() -> Vec<String> {
    let table = std::fs::read_to_string("/proc/thread-self/net/dev");
    let table = table.or_else(|_| std::fs::read_to_string("/proc/net/dev")).unwrap_or_default();
    let names = table.lines().filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()));
    names.filter(|name| name != "lo").collect()
}

/// A failure, and what to do where it is a matter of permission.
fn refused(error: io::Error, way_out: &str) -> Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Error::new(Code::PermissionDenied, format!("not permitted; {way_out}"))
        }
        _ => system(&error),
    }
}

fn system(error: &io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::PermissionDenied => Code::PermissionDenied,
        io::ErrorKind::NotFound => Code::Unsupported,
        io::ErrorKind::OutOfMemory => Code::Exhausted,
        _ => Code::Other,
    };
    Error::new(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cancel, Deadline, Stack};
    use std::os::unix::net::UnixDatagram;
    use std::sync::mpsc;
    use std::thread;

    const LONG: Duration = Duration::from_secs(60);
    /// Far less than that, and far more than it takes.
    const SOON: Duration = Duration::from_secs(20);

    /// A stack in a tunnel out of which nothing ever comes, and its other end.
    fn black_hole() -> (LinkStack, UnixDatagram) {
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let options: Options = "tun:any0,addr=192.0.2.5/24,gw=192.0.2.1".parse().unwrap();
        let config = Config::new(&options, None, Limits::default());
        let device = LinkDevice::new(ours.into(), Medium::Ip, 1500);
        (SharedStack::over(device, &config, LONG).unwrap(), theirs)
    }

    fn connect(stack: &LinkStack) -> Error {
        let to = "192.0.2.1:80".parse().unwrap();
        stack.connect(to, Deadline::after(stack.now(), LONG)).map(drop).unwrap_err()
    }

    fn exchange(stack: &LinkStack) -> Error {
        let to = "192.0.2.1:53".parse().unwrap();
        stack.exchange(to, b"x", Deadline::after(stack.now(), LONG), &mut |_| true).unwrap_err()
    }

    /// Waits until so many SYNs and datagrams have gone out.
    fn sent(other_end: &UnixDatagram, count: usize) {
        other_end.set_read_timeout(Some(SOON)).unwrap();
        for _ in 0..count {
            assert!(other_end.recv(&mut [0; 2000]).unwrap() > 0);
        }
    }

    /// One who leads, and others whom he has to wake.
    #[test]
    fn an_interrupt_ends_what_waits_and_lets_nothing_begin() {
        let cancel = Cancel::default();
        let (stack, other_end) = black_hole();
        let stack = stack.with_cancel(cancel.clone());
        let start = std::time::Instant::now();
        thread::scope(|threads| {
            let connecting = [0; 4].map(|_| threads.spawn(|| connect(&stack)));
            let asking = [0; 4].map(|_| threads.spawn(|| exchange(&stack)));
            sent(&other_end, 8);
            cancel.cancel();
            for waiting in connecting.into_iter().chain(asking) {
                assert_eq!(waiting.join().unwrap().code(), Code::Canceled);
            }
        });
        assert_eq!([connect(&stack).code(), exchange(&stack).code()], [Code::Canceled; 2]);
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        assert_eq!(stack.node(|node| node.sockets()), Ok(0), "what was canceled is freed");
    }

    /// As a thread does in the release build that meets a defect: it never comes back, and neither does what it holds.
    #[test]
    fn a_node_that_is_lost_is_an_error_soon() {
        let (stack, other_end) = black_hole();
        let stack: &'static LinkStack = Box::leak(Box::new(stack));
        let start = std::time::Instant::now();
        let (tell, told) = mpsc::channel();
        for work in [connect, exchange] {
            let tell = tell.clone();
            thread::spawn(move || tell.send(work(stack)));
        }
        sent(&other_end, 2);
        thread::spawn(|| stack.node(|_| -> () { thread::park_timeout(2 * LONG) }));
        // The leader finds out by itself, and those who begin something; a follower, when its time is over.
        let errors = [told.recv_timeout(SOON).unwrap(), connect(stack), exchange(stack)];
        for error in errors {
            assert_eq!(error.code(), Code::Other);
            assert!(error.message().contains("the network stack is lost"), "{error}");
        }
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
}

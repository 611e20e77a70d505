//! What the kernel's error numbers mean: the one place that says so.

use crate::{Code, Error};
use alloc::format;
use core::net::SocketAddr;
use rustix::io::Errno;

/// The code of an error number of a socket. What a router or a firewall on the way answers arrives as one too
/// (`icmp_err_convert` in Linux' `net/ipv4/icmp.c`, `tab_unreach` in `net/ipv6/icmp.c`).
pub(super) fn code(errno: Errno) -> Code {
    match errno {
        // A host without the protocol (ICMP protocol unreachable) has nothing that listens, either.
        Errno::CONNREFUSED | Errno::NOPROTOOPT => Code::ConnectionRefused,
        // Writing after the peer's reset has been told of.
        Errno::CONNRESET | Errno::CONNABORTED | Errno::PIPE => Code::ConnectionReset,
        Errno::TIMEDOUT => Code::TimedOut,
        Errno::HOSTUNREACH | Errno::HOSTDOWN => Code::HostUnreachable,
        Errno::NETUNREACH | Errno::NETDOWN | Errno::NONET => Code::NetworkUnreachable,
        Errno::ACCESS | Errno::PERM => Code::PermissionDenied,
        // A link-local address without an interface is EINVAL.
        Errno::ADDRNOTAVAIL | Errno::ADDRINUSE | Errno::INVAL | Errno::DESTADDRREQ => {
            Code::AddressNotAvailable
        }
        Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM | Errno::AGAIN => Code::Exhausted,
        Errno::MSGSIZE => Code::TooLarge,
        Errno::PROTO => Code::Protocol,
        Errno::PROTONOSUPPORT | Errno::OPNOTSUPP | Errno::SOCKTNOSUPPORT => Code::Unsupported,
        Errno::CANCELED => Code::Canceled,
        _ => Code::Other,
    }
}

/// The failure that an error number of a socket is.
pub(super) fn error(errno: Errno) -> Error {
    match code(errno) {
        Code::Other => Error::new(Code::Other, format!("the system says: {errno}")),
        code => code.into(),
    }
}

/// Why there is no socket to reach `to` with. Who may not have one has learnt nothing of the peer.
pub(super) fn of_socket(errno: Errno, to: SocketAddr) -> Error {
    match errno {
        // A kernel without IPv6 has no such family.
        Errno::AFNOSUPPORT if to.is_ipv6() => Code::NetworkUnreachable.into(),
        Errno::AFNOSUPPORT | Errno::ACCESS | Errno::PERM => Error::new(
            Code::Other,
            format!(
                "this process may not open network sockets ({errno}): look at the sandbox that it runs in"
            ),
        ),
        _ => error(errno),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_failures_have_their_codes() {
        for (errno, expected) in [
            (Errno::CONNREFUSED, Code::ConnectionRefused),
            (Errno::CONNRESET, Code::ConnectionReset),
            (Errno::PIPE, Code::ConnectionReset),
            (Errno::TIMEDOUT, Code::TimedOut),
            (Errno::HOSTUNREACH, Code::HostUnreachable),
            (Errno::NETUNREACH, Code::NetworkUnreachable),
            (Errno::ACCESS, Code::PermissionDenied),
            (Errno::MFILE, Code::Exhausted),
        ] {
            assert_eq!(error(errno).code(), expected, "{errno}");
        }
        assert!(error(Errno::NOSYS).message().starts_with("the system says: "));
    }

    #[test]
    fn a_sandbox_is_no_closed_port() {
        let [v4, v6] = ["192.0.2.1:22", "[2001:db8::1]:22"].map(|text| text.parse().unwrap());
        for errno in [Errno::AFNOSUPPORT, Errno::ACCESS, Errno::PERM] {
            let error = of_socket(errno, v4);
            assert_eq!(error.code(), Code::Other);
            assert!(error.message().contains("sandbox"), "{error}");
        }
        assert_eq!(of_socket(Errno::AFNOSUPPORT, v6).code(), Code::NetworkUnreachable);
        assert_eq!(of_socket(Errno::ACCESS, v6).code(), Code::Other);
        assert_eq!(of_socket(Errno::MFILE, v4).code(), Code::Exhausted);
    }
}

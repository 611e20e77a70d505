//! What the kernel's error numbers mean: the one place that says so.

use crate::{Code, Error};
use alloc::format;
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
        // A kernel without IPv6 has no such family.
        Errno::NETUNREACH | Errno::NETDOWN | Errno::AFNOSUPPORT | Errno::NONET => Code::NetworkUnreachable,
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
            (Errno::AFNOSUPPORT, Code::NetworkUnreachable),
            (Errno::ACCESS, Code::PermissionDenied),
            (Errno::MFILE, Code::Exhausted),
        ] {
            assert_eq!(error(errno).code(), expected, "{errno}");
        }
        assert!(error(Errno::NOSYS).message().starts_with("the system says: "));
    }
}

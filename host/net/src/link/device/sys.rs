//! The system calls that link-layer devices need and no safe library has: packet(7), netdevice(7), TUN/TAP. All of `unsafe` is here:
//! each is one call with a pointer to a value of the type that the kernel takes for it, alive during the call.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_short, c_void};
use std::io;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// An instruction of a socket filter (the kernel's Documentation/networking/filter.rst).
pub(super) type Instruction = libc::sock_filter;

/// `linux/sockios.h`
const SIOCBRADDIF: u32 = 0x89a2;
/// `linux/if_packet.h`
const PACKET_VNET_HDR: c_int = 15;

fn checked(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn socket(family: c_int, kind: c_int) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointer.
    let descriptor = checked(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, 0) })?;
    // SAFETY: the kernel has just made it, so that nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

fn set<T>(socket: &OwnedFd, level: c_int, option: c_int, value: &T) -> io::Result<()> {
    let length = libc::socklen_t::try_from(size_of::<T>()).map_err(io::Error::other)?;
    let value = std::ptr::from_ref(value).cast::<c_void>();
    // SAFETY: `value` points to as many bytes as `length` says.
    checked(unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, value, length) }).map(drop)
}

/// An AF_PACKET socket that takes in nothing yet, for it is bound to no protocol.
pub(super) fn packet_socket() -> io::Result<OwnedFd> {
    socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_NONBLOCK)
}

/// Lets a socket take in only what the filter accepts.
pub(super) fn attach_filter(socket: &OwnedFd, filter: &mut [Instruction]) -> io::Result<()> {
    let len = u16::try_from(filter.len()).map_err(io::Error::other)?;
    let program = libc::sock_fprog { len, filter: filter.as_mut_ptr() };
    set(socket, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
}

/// Has the interface take in frames for other addresses than its own, as long as the socket is open.
pub(super) fn promiscuous(socket: &OwnedFd, index: c_int) -> io::Result<()> {
    let kind = c_short::try_from(libc::PACKET_MR_PROMISC).map_err(io::Error::other)?;
    let membership = libc::packet_mreq {
        mr_ifindex: index,
        mr_type: kind.cast_unsigned(),
        mr_alen: 0,
        mr_address: [0; 8],
    };
    set(socket, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &membership)
}

/// Puts a `virtio_net_hdr` before each frame.
pub(super) fn offload_headers(socket: &OwnedFd) -> io::Result<()> {
    set(socket, libc::SOL_PACKET, PACKET_VNET_HDR, &1_i32)
}

/// Lets an AF_PACKET socket take in what comes on one interface.
pub(super) fn bind_packet(socket: &OwnedFd, index: c_int) -> io::Result<()> {
    // SAFETY: all zeros is a value of it.
    let mut address: libc::sockaddr_ll = unsafe { zeroed() };
    let family = u16::try_from(libc::AF_PACKET).map_err(io::Error::other)?;
    let protocol = u16::try_from(libc::ETH_P_ALL).map_err(io::Error::other)?;
    address.sll_family = family;
    address.sll_protocol = protocol.to_be();
    address.sll_ifindex = index;
    let length = libc::socklen_t::try_from(size_of::<libc::sockaddr_ll>()).map_err(io::Error::other)?;
    let pointer = std::ptr::from_ref(&address).cast::<libc::sockaddr>();
    // SAFETY: `pointer` points to as many bytes as `length` says.
    checked(unsafe { libc::bind(socket.as_raw_fd(), pointer, length) }).map(drop)
}

/// A question or an order about one interface (netdevice(7)).
pub(super) struct Request(libc::ifreq);

impl Request {
    /// About the interface of that name; a longer one than Linux has is cut off.
    pub(super) fn about(name: &str) -> Self {
        // SAFETY: all zeros is a value of it.
        let mut request: libc::ifreq = unsafe { zeroed() };
        for (letter, byte) in request.ifr_name[..libc::IFNAMSIZ - 1].iter_mut().zip(name.bytes()) {
            *letter = c_char::from_ne_bytes([byte]);
        }
        Self(request)
    }

    /// The interface's name, which the kernel may have chosen.
    pub(super) fn name(&self) -> String {
        let letters = self.0.ifr_name.iter().take_while(|letter| **letter != 0);
        letters.map(|letter| char::from(letter.to_ne_bytes()[0])).collect()
    }

    fn carry_out(&mut self, on: impl AsFd, request: u32) -> io::Result<()> {
        let pointer = std::ptr::from_mut(&mut self.0);
        // SAFETY: each request made here takes an `ifreq`.
        checked(unsafe { libc::ioctl(on.as_fd().as_raw_fd(), request as _, pointer) }).map(drop)
    }

    fn ask(&mut self, request: u64) -> io::Result<()> {
        let request = u32::try_from(request).map_err(io::Error::other)?;
        self.carry_out(socket(libc::AF_INET, libc::SOCK_DGRAM)?, request)
    }

    pub(super) fn index(mut self) -> io::Result<c_int> {
        self.ask(libc::SIOCGIFINDEX as _)?;
        // SAFETY: it is what the request answers.
        Ok(unsafe { self.0.ifr_ifru.ifru_ifindex })
    }

    pub(super) fn up(mut self) -> io::Result<bool> {
        self.ask(libc::SIOCGIFFLAGS as _)?;
        // SAFETY: it is what the request answers.
        Ok(c_int::from(unsafe { self.0.ifr_ifru.ifru_flags }) & libc::IFF_UP != 0)
    }

    pub(super) fn set_up(mut self) -> io::Result<()> {
        self.ask(libc::SIOCGIFFLAGS as _)?;
        // SAFETY: it is what the request answers.
        let flags = unsafe { self.0.ifr_ifru.ifru_flags };
        self.0.ifr_ifru.ifru_flags = flags | c_short::try_from(libc::IFF_UP).map_err(io::Error::other)?;
        self.ask(libc::SIOCSIFFLAGS as _)
    }

    /// Whether it is Ethernet, and not the loopback device or a tunnel.
    pub(super) fn ethernet(mut self) -> io::Result<bool> {
        self.ask(libc::SIOCGIFHWADDR as _)?;
        // SAFETY: it is what the request answers.
        Ok(unsafe { self.0.ifr_ifru.ifru_hwaddr.sa_family } == libc::ARPHRD_ETHER)
    }

    pub(super) fn set_mac(mut self, mac: [u8; 6]) -> io::Result<()> {
        // SAFETY: all zeros is a value of it.
        let mut address: libc::sockaddr = unsafe { zeroed() };
        address.sa_family = libc::ARPHRD_ETHER;
        for (to, byte) in address.sa_data.iter_mut().zip(mac) {
            *to = c_char::from_ne_bytes([byte]);
        }
        self.0.ifr_ifru.ifru_hwaddr = address;
        self.ask(libc::SIOCSIFHWADDR as _)
    }

    pub(super) fn mtu(mut self) -> io::Result<usize> {
        self.ask(libc::SIOCGIFMTU as _)?;
        // SAFETY: it is what the request answers.
        usize::try_from(unsafe { self.0.ifr_ifru.ifru_mtu }).map_err(io::Error::other)
    }

    pub(super) fn set_mtu(mut self, mtu: usize) -> io::Result<()> {
        self.0.ifr_ifru.ifru_mtu = c_int::try_from(mtu).map_err(io::Error::other)?;
        self.ask(libc::SIOCSIFMTU as _)
    }

    /// Makes the interface with this index a port of this bridge.
    pub(super) fn take_port(mut self, index: c_int) -> io::Result<()> {
        self.0.ifr_ifru.ifru_ifindex = index;
        self.ask(SIOCBRADDIF.into())
    }

    /// Attaches `/dev/net/tun` to this device, or makes it.
    pub(super) fn attach(&mut self, to: &OwnedFd, ethernet: bool) -> io::Result<()> {
        let kind = if ethernet { libc::IFF_TAP } else { libc::IFF_TUN };
        let flags = kind | libc::IFF_NO_PI | libc::IFF_VNET_HDR;
        self.0.ifr_ifru.ifru_flags = c_short::try_from(flags).map_err(io::Error::other)?;
        self.carry_out(to, u32::try_from(libc::TUNSETIFF).map_err(io::Error::other)?)
    }
}

/// Has a TAP or TUN device leave checksums undone and segments merged, as its header tells.
pub(super) fn offload(device: &OwnedFd) -> io::Result<()> {
    let features = libc::TUN_F_CSUM | libc::TUN_F_TSO4 | libc::TUN_F_TSO6;
    // SAFETY: takes a number instead of a pointer.
    let result =
        unsafe { libc::ioctl(device.as_raw_fd(), libc::TUNSETOFFLOAD, libc::c_ulong::from(features)) };
    checked(result).map(drop)
}

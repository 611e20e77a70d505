//! Error codes of `wasi_snapshot_preview1` (type `errno` in its witx description), in its order.

use core::fmt;

/// What a WASI function answers. The numbers are the specification's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Errno {
    /// No error occurred.
    Success = 0,
    /// Argument list too long.
    Toobig = 1,
    /// Permission denied.
    Acces = 2,
    /// Address in use.
    Addrinuse = 3,
    /// Address not available.
    Addrnotavail = 4,
    /// Address family not supported.
    Afnosupport = 5,
    /// Resource unavailable, or operation would block.
    Again = 6,
    /// Connection already in progress.
    Already = 7,
    /// Bad file descriptor.
    Badf = 8,
    /// Bad message.
    Badmsg = 9,
    /// Device or resource busy.
    Busy = 10,
    /// Operation canceled.
    Canceled = 11,
    /// No child processes.
    Child = 12,
    /// Connection aborted.
    Connaborted = 13,
    /// Connection refused.
    Connrefused = 14,
    /// Connection reset.
    Connreset = 15,
    /// Resource deadlock would occur.
    Deadlk = 16,
    /// Destination address required.
    Destaddrreq = 17,
    /// Mathematics argument out of domain of function.
    Dom = 18,
    /// Disk quota exceeded.
    Dquot = 19,
    /// File exists.
    Exist = 20,
    /// Bad address.
    Fault = 21,
    /// File too large.
    Fbig = 22,
    /// Host is unreachable.
    Hostunreach = 23,
    /// Identifier removed.
    Idrm = 24,
    /// Illegal byte sequence.
    Ilseq = 25,
    /// Operation in progress.
    Inprogress = 26,
    /// Interrupted function.
    Intr = 27,
    /// Invalid argument.
    Inval = 28,
    /// I/O error.
    Io = 29,
    /// Socket is connected.
    Isconn = 30,
    /// Is a directory.
    Isdir = 31,
    /// Too many levels of symbolic links.
    Loop = 32,
    /// File descriptor value too large.
    Mfile = 33,
    /// Too many links.
    Mlink = 34,
    /// Message too large.
    Msgsize = 35,
    /// Multihop attempted.
    Multihop = 36,
    /// Filename too long.
    Nametoolong = 37,
    /// Network is down.
    Netdown = 38,
    /// Connection aborted by network.
    Netreset = 39,
    /// Network unreachable.
    Netunreach = 40,
    /// Too many files open in system.
    Nfile = 41,
    /// No buffer space available.
    Nobufs = 42,
    /// No such device.
    Nodev = 43,
    /// No such file or directory.
    Noent = 44,
    /// Executable file format error.
    Noexec = 45,
    /// No locks available.
    Nolck = 46,
    /// Link has been severed.
    Nolink = 47,
    /// Not enough space.
    Nomem = 48,
    /// No message of the desired type.
    Nomsg = 49,
    /// Protocol not available.
    Noprotoopt = 50,
    /// No space left on device.
    Nospc = 51,
    /// Function not supported.
    Nosys = 52,
    /// The socket is not connected.
    Notconn = 53,
    /// Not a directory or a symbolic link to a directory.
    Notdir = 54,
    /// Directory not empty.
    Notempty = 55,
    /// State not recoverable.
    Notrecoverable = 56,
    /// Not a socket.
    Notsock = 57,
    /// Not supported, or operation not supported on socket.
    Notsup = 58,
    /// Inappropriate I/O control operation.
    Notty = 59,
    /// No such device or address.
    Nxio = 60,
    /// Value too large to be stored in data type.
    Overflow = 61,
    /// Previous owner died.
    Ownerdead = 62,
    /// Operation not permitted.
    Perm = 63,
    /// Broken pipe.
    Pipe = 64,
    /// Protocol error.
    Proto = 65,
    /// Protocol not supported.
    Protonosupport = 66,
    /// Protocol wrong type for socket.
    Prototype = 67,
    /// Result too large.
    Range = 68,
    /// Read-only file system.
    Rofs = 69,
    /// Invalid seek.
    Spipe = 70,
    /// No such process.
    Srch = 71,
    /// Reserved.
    Stale = 72,
    /// Connection timed out.
    Timedout = 73,
    /// Text file busy.
    Txtbsy = 74,
    /// Cross-device link.
    Xdev = 75,
    /// Capabilities insufficient.
    Notcapable = 76,
}

impl Errno {
    /// The number that the guest sees.
    #[must_use]
    pub const fn code(self) -> i32 {
        self as i32
    }

    /// The errno's POSIX name, such as `ENOENT`; `ENOTCAPABLE` is WASI's own.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::Toobig => "E2BIG",
            Self::Acces => "EACCES",
            Self::Addrinuse => "EADDRINUSE",
            Self::Addrnotavail => "EADDRNOTAVAIL",
            Self::Afnosupport => "EAFNOSUPPORT",
            Self::Again => "EAGAIN",
            Self::Already => "EALREADY",
            Self::Badf => "EBADF",
            Self::Badmsg => "EBADMSG",
            Self::Busy => "EBUSY",
            Self::Canceled => "ECANCELED",
            Self::Child => "ECHILD",
            Self::Connaborted => "ECONNABORTED",
            Self::Connrefused => "ECONNREFUSED",
            Self::Connreset => "ECONNRESET",
            Self::Deadlk => "EDEADLK",
            Self::Destaddrreq => "EDESTADDRREQ",
            Self::Dom => "EDOM",
            Self::Dquot => "EDQUOT",
            Self::Exist => "EEXIST",
            Self::Fault => "EFAULT",
            Self::Fbig => "EFBIG",
            Self::Hostunreach => "EHOSTUNREACH",
            Self::Idrm => "EIDRM",
            Self::Ilseq => "EILSEQ",
            Self::Inprogress => "EINPROGRESS",
            Self::Intr => "EINTR",
            Self::Inval => "EINVAL",
            Self::Io => "EIO",
            Self::Isconn => "EISCONN",
            Self::Isdir => "EISDIR",
            Self::Loop => "ELOOP",
            Self::Mfile => "EMFILE",
            Self::Mlink => "EMLINK",
            Self::Msgsize => "EMSGSIZE",
            Self::Multihop => "EMULTIHOP",
            Self::Nametoolong => "ENAMETOOLONG",
            Self::Netdown => "ENETDOWN",
            Self::Netreset => "ENETRESET",
            Self::Netunreach => "ENETUNREACH",
            Self::Nfile => "ENFILE",
            Self::Nobufs => "ENOBUFS",
            Self::Nodev => "ENODEV",
            Self::Noent => "ENOENT",
            Self::Noexec => "ENOEXEC",
            Self::Nolck => "ENOLCK",
            Self::Nolink => "ENOLINK",
            Self::Nomem => "ENOMEM",
            Self::Nomsg => "ENOMSG",
            Self::Noprotoopt => "ENOPROTOOPT",
            Self::Nospc => "ENOSPC",
            Self::Nosys => "ENOSYS",
            Self::Notconn => "ENOTCONN",
            Self::Notdir => "ENOTDIR",
            Self::Notempty => "ENOTEMPTY",
            Self::Notrecoverable => "ENOTRECOVERABLE",
            Self::Notsock => "ENOTSOCK",
            Self::Notsup => "ENOTSUP",
            Self::Notty => "ENOTTY",
            Self::Nxio => "ENXIO",
            Self::Overflow => "EOVERFLOW",
            Self::Ownerdead => "EOWNERDEAD",
            Self::Perm => "EPERM",
            Self::Pipe => "EPIPE",
            Self::Proto => "EPROTO",
            Self::Protonosupport => "EPROTONOSUPPORT",
            Self::Prototype => "EPROTOTYPE",
            Self::Range => "ERANGE",
            Self::Rofs => "EROFS",
            Self::Spipe => "ESPIPE",
            Self::Srch => "ESRCH",
            Self::Stale => "ESTALE",
            Self::Timedout => "ETIMEDOUT",
            Self::Txtbsy => "ETXTBSY",
            Self::Xdev => "EXDEV",
            Self::Notcapable => "ENOTCAPABLE",
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "no error occurred",
            Self::Toobig => "argument list too long",
            Self::Acces => "permission denied",
            Self::Addrinuse => "address in use",
            Self::Addrnotavail => "address not available",
            Self::Afnosupport => "address family not supported",
            Self::Again => "resource unavailable, or operation would block",
            Self::Already => "connection already in progress",
            Self::Badf => "bad file descriptor",
            Self::Badmsg => "bad message",
            Self::Busy => "device or resource busy",
            Self::Canceled => "operation canceled",
            Self::Child => "no child processes",
            Self::Connaborted => "connection aborted",
            Self::Connrefused => "connection refused",
            Self::Connreset => "connection reset",
            Self::Deadlk => "resource deadlock would occur",
            Self::Destaddrreq => "destination address required",
            Self::Dom => "mathematics argument out of domain of function",
            Self::Dquot => "disk quota exceeded",
            Self::Exist => "file exists",
            Self::Fault => "bad address",
            Self::Fbig => "file too large",
            Self::Hostunreach => "host is unreachable",
            Self::Idrm => "identifier removed",
            Self::Ilseq => "illegal byte sequence",
            Self::Inprogress => "operation in progress",
            Self::Intr => "interrupted function",
            Self::Inval => "invalid argument",
            Self::Io => "I/O error",
            Self::Isconn => "socket is connected",
            Self::Isdir => "is a directory",
            Self::Loop => "too many levels of symbolic links",
            Self::Mfile => "file descriptor value too large",
            Self::Mlink => "too many links",
            Self::Msgsize => "message too large",
            Self::Multihop => "multihop attempted",
            Self::Nametoolong => "filename too long",
            Self::Netdown => "network is down",
            Self::Netreset => "connection aborted by network",
            Self::Netunreach => "network unreachable",
            Self::Nfile => "too many files open in system",
            Self::Nobufs => "no buffer space available",
            Self::Nodev => "no such device",
            Self::Noent => "no such file or directory",
            Self::Noexec => "executable file format error",
            Self::Nolck => "no locks available",
            Self::Nolink => "link has been severed",
            Self::Nomem => "not enough space",
            Self::Nomsg => "no message of the desired type",
            Self::Noprotoopt => "protocol not available",
            Self::Nospc => "no space left on device",
            Self::Nosys => "function not supported",
            Self::Notconn => "the socket is not connected",
            Self::Notdir => "not a directory or a symbolic link to a directory",
            Self::Notempty => "directory not empty",
            Self::Notrecoverable => "state not recoverable",
            Self::Notsock => "not a socket",
            Self::Notsup => "not supported, or operation not supported on socket",
            Self::Notty => "inappropriate I/O control operation",
            Self::Nxio => "no such device or address",
            Self::Overflow => "value too large to be stored in data type",
            Self::Ownerdead => "previous owner died",
            Self::Perm => "operation not permitted",
            Self::Pipe => "broken pipe",
            Self::Proto => "protocol error",
            Self::Protonosupport => "protocol not supported",
            Self::Prototype => "protocol wrong type for socket",
            Self::Range => "result too large",
            Self::Rofs => "read-only file system",
            Self::Spipe => "invalid seek",
            Self::Srch => "no such process",
            Self::Stale => "reserved",
            Self::Timedout => "connection timed out",
            Self::Txtbsy => "text file busy",
            Self::Xdev => "cross-device link",
            Self::Notcapable => "capabilities insufficient",
        })
    }
}

impl core::error::Error for Errno {}

//! [`errno`]: what Linux says, in WASI's words.

use quoin_engine::wasi::Errno;
use rustix::io::Errno as Linux;

/// The WASI errno for a Linux one.
///
/// Linux knows more of them than WASI; what has no counterpart becomes the nearest, and what has no near one
/// becomes `Io`.
#[must_use]
pub fn errno(error: Linux) -> Errno {
    match error {
        Linux::TOOBIG => Errno::Toobig,
        Linux::ACCESS => Errno::Acces,
        Linux::ADDRINUSE => Errno::Addrinuse,
        Linux::ADDRNOTAVAIL => Errno::Addrnotavail,
        Linux::AFNOSUPPORT | Linux::PFNOSUPPORT => Errno::Afnosupport,
        Linux::AGAIN => Errno::Again,
        Linux::ALREADY => Errno::Already,
        Linux::BADF | Linux::BADFD => Errno::Badf,
        Linux::BADMSG => Errno::Badmsg,
        Linux::BUSY => Errno::Busy,
        Linux::CANCELED => Errno::Canceled,
        Linux::CHILD => Errno::Child,
        Linux::CONNABORTED => Errno::Connaborted,
        Linux::CONNREFUSED => Errno::Connrefused,
        Linux::CONNRESET => Errno::Connreset,
        Linux::DEADLK => Errno::Deadlk,
        Linux::DESTADDRREQ => Errno::Destaddrreq,
        Linux::DOM => Errno::Dom,
        Linux::DQUOT => Errno::Dquot,
        Linux::EXIST => Errno::Exist,
        Linux::FAULT => Errno::Fault,
        Linux::FBIG => Errno::Fbig,
        Linux::HOSTUNREACH | Linux::HOSTDOWN => Errno::Hostunreach,
        Linux::IDRM => Errno::Idrm,
        Linux::ILSEQ => Errno::Ilseq,
        Linux::INPROGRESS => Errno::Inprogress,
        Linux::INTR => Errno::Intr,
        Linux::INVAL => Errno::Inval,
        Linux::ISCONN => Errno::Isconn,
        Linux::ISDIR => Errno::Isdir,
        Linux::LOOP => Errno::Loop,
        Linux::MFILE => Errno::Mfile,
        Linux::MLINK => Errno::Mlink,
        Linux::MSGSIZE => Errno::Msgsize,
        Linux::MULTIHOP => Errno::Multihop,
        Linux::NAMETOOLONG => Errno::Nametoolong,
        Linux::NETDOWN => Errno::Netdown,
        Linux::NETRESET => Errno::Netreset,
        Linux::NETUNREACH => Errno::Netunreach,
        Linux::NFILE => Errno::Nfile,
        Linux::NOBUFS => Errno::Nobufs,
        Linux::NODEV | Linux::NOMEDIUM => Errno::Nodev,
        Linux::NOENT => Errno::Noent,
        Linux::NOEXEC => Errno::Noexec,
        Linux::NOLCK => Errno::Nolck,
        Linux::NOLINK => Errno::Nolink,
        Linux::NOMEM => Errno::Nomem,
        Linux::NOMSG => Errno::Nomsg,
        Linux::NOPROTOOPT => Errno::Noprotoopt,
        Linux::NOSPC => Errno::Nospc,
        Linux::NOSYS => Errno::Nosys,
        Linux::NOTCONN => Errno::Notconn,
        Linux::NOTDIR => Errno::Notdir,
        Linux::NOTEMPTY => Errno::Notempty,
        Linux::NOTRECOVERABLE => Errno::Notrecoverable,
        Linux::NOTSOCK => Errno::Notsock,
        // ENOTSUP is the same number.
        Linux::OPNOTSUPP => Errno::Notsup,
        Linux::NOTTY => Errno::Notty,
        Linux::NXIO => Errno::Nxio,
        Linux::OVERFLOW => Errno::Overflow,
        Linux::OWNERDEAD => Errno::Ownerdead,
        Linux::PERM => Errno::Perm,
        Linux::PIPE | Linux::SHUTDOWN => Errno::Pipe,
        Linux::PROTO => Errno::Proto,
        Linux::PROTONOSUPPORT | Linux::SOCKTNOSUPPORT => Errno::Protonosupport,
        Linux::PROTOTYPE => Errno::Prototype,
        Linux::RANGE => Errno::Range,
        Linux::ROFS => Errno::Rofs,
        Linux::SPIPE => Errno::Spipe,
        Linux::SRCH => Errno::Srch,
        Linux::STALE => Errno::Stale,
        Linux::TIMEDOUT | Linux::TIME => Errno::Timedout,
        Linux::TXTBSY => Errno::Txtbsy,
        Linux::XDEV => Errno::Xdev,
        _ => Errno::Io,
    }
}

/// The WASI errno for an error of the standard library.
pub(crate) fn io_errno(error: &std::io::Error) -> Errno {
    Linux::from_io_error(error).map_or(Errno::Io, errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words are the same in both worlds, so they check the table: what Linux calls ENOENT arrives as ENOENT.
    #[test]
    fn every_errno_keeps_its_name() {
        let pairs = [
            (Linux::TOOBIG, "E2BIG"),
            (Linux::ACCESS, "EACCES"),
            (Linux::ADDRINUSE, "EADDRINUSE"),
            (Linux::ADDRNOTAVAIL, "EADDRNOTAVAIL"),
            (Linux::AFNOSUPPORT, "EAFNOSUPPORT"),
            (Linux::AGAIN, "EAGAIN"),
            (Linux::WOULDBLOCK, "EAGAIN"),
            (Linux::ALREADY, "EALREADY"),
            (Linux::BADF, "EBADF"),
            (Linux::BADMSG, "EBADMSG"),
            (Linux::BUSY, "EBUSY"),
            (Linux::CANCELED, "ECANCELED"),
            (Linux::CHILD, "ECHILD"),
            (Linux::CONNABORTED, "ECONNABORTED"),
            (Linux::CONNREFUSED, "ECONNREFUSED"),
            (Linux::CONNRESET, "ECONNRESET"),
            (Linux::DEADLK, "EDEADLK"),
            (Linux::DESTADDRREQ, "EDESTADDRREQ"),
            (Linux::DOM, "EDOM"),
            (Linux::DQUOT, "EDQUOT"),
            (Linux::EXIST, "EEXIST"),
            (Linux::FAULT, "EFAULT"),
            (Linux::FBIG, "EFBIG"),
            (Linux::HOSTUNREACH, "EHOSTUNREACH"),
            (Linux::IDRM, "EIDRM"),
            (Linux::ILSEQ, "EILSEQ"),
            (Linux::INPROGRESS, "EINPROGRESS"),
            (Linux::INTR, "EINTR"),
            (Linux::INVAL, "EINVAL"),
            (Linux::IO, "EIO"),
            (Linux::ISCONN, "EISCONN"),
            (Linux::ISDIR, "EISDIR"),
            (Linux::LOOP, "ELOOP"),
            (Linux::MFILE, "EMFILE"),
            (Linux::MLINK, "EMLINK"),
            (Linux::MSGSIZE, "EMSGSIZE"),
            (Linux::MULTIHOP, "EMULTIHOP"),
            (Linux::NAMETOOLONG, "ENAMETOOLONG"),
            (Linux::NETDOWN, "ENETDOWN"),
            (Linux::NETRESET, "ENETRESET"),
            (Linux::NETUNREACH, "ENETUNREACH"),
            (Linux::NFILE, "ENFILE"),
            (Linux::NOBUFS, "ENOBUFS"),
            (Linux::NODEV, "ENODEV"),
            (Linux::NOENT, "ENOENT"),
            (Linux::NOEXEC, "ENOEXEC"),
            (Linux::NOLCK, "ENOLCK"),
            (Linux::NOLINK, "ENOLINK"),
            (Linux::NOMEM, "ENOMEM"),
            (Linux::NOMSG, "ENOMSG"),
            (Linux::NOPROTOOPT, "ENOPROTOOPT"),
            (Linux::NOSPC, "ENOSPC"),
            (Linux::NOSYS, "ENOSYS"),
            (Linux::NOTCONN, "ENOTCONN"),
            (Linux::NOTDIR, "ENOTDIR"),
            (Linux::NOTEMPTY, "ENOTEMPTY"),
            (Linux::NOTRECOVERABLE, "ENOTRECOVERABLE"),
            (Linux::NOTSOCK, "ENOTSOCK"),
            (Linux::NOTSUP, "ENOTSUP"),
            (Linux::OPNOTSUPP, "ENOTSUP"),
            (Linux::NOTTY, "ENOTTY"),
            (Linux::NXIO, "ENXIO"),
            (Linux::OVERFLOW, "EOVERFLOW"),
            (Linux::OWNERDEAD, "EOWNERDEAD"),
            (Linux::PERM, "EPERM"),
            (Linux::PIPE, "EPIPE"),
            (Linux::PROTO, "EPROTO"),
            (Linux::PROTONOSUPPORT, "EPROTONOSUPPORT"),
            (Linux::PROTOTYPE, "EPROTOTYPE"),
            (Linux::RANGE, "ERANGE"),
            (Linux::ROFS, "EROFS"),
            (Linux::SPIPE, "ESPIPE"),
            (Linux::SRCH, "ESRCH"),
            (Linux::STALE, "ESTALE"),
            (Linux::TIMEDOUT, "ETIMEDOUT"),
            (Linux::TXTBSY, "ETXTBSY"),
            (Linux::XDEV, "EXDEV"),
        ];
        for (linux, name) in pairs {
            assert_eq!(errno(linux).name(), name, "{linux:?}");
        }
    }

    #[test]
    fn what_wasi_does_not_know_becomes_io() {
        for linux in [Linux::UCLEAN, Linux::REMOTEIO, Linux::NOKEY, Linux::HWPOISON] {
            assert_eq!(errno(linux), Errno::Io, "{linux:?}");
        }
        assert_eq!(io_errno(&std::io::Error::other("no number")), Errno::Io);
        assert_eq!(io_errno(&Linux::NOENT.into()), Errno::Noent);
    }
}

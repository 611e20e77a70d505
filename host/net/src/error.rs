//! [`Error`]: the same failure has the same [`Code`] on every stack.

use alloc::string::String;
use core::fmt;

/// What went wrong, as an errno-like word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The peer answers that nothing listens there.
    ConnectionRefused,
    /// The peer ended the connection in the middle.
    ConnectionReset,
    /// The deadline passed.
    TimedOut,
    /// No route or no neighbour: the host can't be reached.
    HostUnreachable,
    /// The network can't be reached, or there is none of that address family.
    NetworkUnreachable,
    /// A firewall on the way, or the system, refuses to send.
    PermissionDenied,
    /// The address is of no use for this: not ours to bind, or not one to connect to.
    AddressNotAvailable,
    /// The name does not exist (NXDOMAIN).
    NameNotFound,
    /// No name server could be asked, or none answered: nothing is known about the host.
    NotResolved,
    /// The name exists, without a record of that type (NODATA, RFC 2308).
    NoData,
    /// The name server says that it could not answer (SERVFAIL).
    ServerFailure,
    /// The server refuses: a name server to answer, a mail server its service.
    ServerRefused,
    /// The peer ended the stream where more had to come.
    UnexpectedEnd,
    /// The peer does not speak the protocol.
    Protocol,
    /// The peer sends more than a limit allows.
    TooLarge,
    /// The TLS handshake failed.
    Tls,
    /// The peer's certificate is not one that is trusted for that name and time.
    Certificate,
    /// [`Policy`](crate::Policy) said no.
    Refused,
    /// What was asked for is malformed.
    Invalid,
    /// This build or this stack does not have it.
    Unsupported,
    /// No memory, descriptor or port is left.
    Exhausted,
    /// No time was left to try: nothing was sent, so nothing is known.
    NotTried,
    /// The run was interrupted.
    Canceled,
    /// Anything else that the system says.
    Other,
}

impl Code {
    /// The word: of POSIX where there is one, else of the same make.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionRefused => "ECONNREFUSED",
            Self::ConnectionReset => "ECONNRESET",
            Self::TimedOut => "ETIMEDOUT",
            Self::HostUnreachable => "EHOSTUNREACH",
            Self::NetworkUnreachable => "ENETUNREACH",
            Self::PermissionDenied => "EACCES",
            Self::AddressNotAvailable => "EADDRNOTAVAIL",
            Self::NameNotFound => "ENOTFOUND",
            Self::NotResolved => "EAI_AGAIN",
            Self::NoData => "ENODATA",
            Self::ServerFailure => "ESERVFAIL",
            Self::ServerRefused => "EREFUSED",
            Self::UnexpectedEnd => "EPIPE",
            Self::Protocol => "EPROTO",
            Self::TooLarge => "EMSGSIZE",
            Self::Tls => "ETLS",
            Self::Certificate => "ECERT",
            Self::Refused => "ENOTCAPABLE",
            Self::Invalid => "EINVAL",
            Self::Unsupported => "ENOTSUP",
            Self::Exhausted => "ENOBUFS",
            Self::NotTried => "ETIME",
            Self::Canceled => "ECANCELED",
            Self::Other => "EIO",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure, with a message for people that names the thing it failed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: Code,
    message: String,
}

impl Error {
    /// A failure.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// What went wrong, for programs.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What went wrong, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same failure, told with what was being done: `connecting to [::1]:22: connection refused`.
    #[must_use]
    pub fn during(self, doing: impl fmt::Display) -> Self {
        Self { code: self.code, message: alloc::format!("{doing}: {}", self.message) }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(
            code,
            match code {
                Code::ConnectionRefused => "connection refused",
                Code::ConnectionReset => "connection reset by the peer",
                Code::TimedOut => "no answer in time",
                Code::HostUnreachable => "host unreachable",
                Code::NetworkUnreachable => "network unreachable",
                Code::PermissionDenied => "not permitted",
                Code::AddressNotAvailable => "address not available",
                Code::NameNotFound => "no such name",
                Code::NotResolved => "the name could not be resolved",
                Code::NoData => "the name has no such record",
                Code::ServerFailure => "the name server could not answer (SERVFAIL)",
                Code::ServerRefused => "the name server refuses to answer (REFUSED)",
                Code::UnexpectedEnd => "the peer ended the stream early",
                Code::Protocol => "the peer does not speak the protocol",
                Code::TooLarge => "the peer sends more than is allowed",
                Code::Tls => "the TLS handshake failed",
                Code::Certificate => "the certificate is not trusted",
                Code::Refused => "not granted",
                Code::Invalid => "malformed",
                Code::Unsupported => "not supported",
                Code::Exhausted => "no resources left",
                Code::NotTried => "not tried, no time was left: allow more",
                Code::Canceled => "interrupted",
                Code::Other => "input/output error",
            },
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

impl embedded_io::Error for Error {
    fn kind(&self) -> embedded_io::ErrorKind {
        use embedded_io::ErrorKind;
        match self.code {
            Code::ConnectionRefused => ErrorKind::ConnectionRefused,
            Code::ConnectionReset => ErrorKind::ConnectionReset,
            Code::TimedOut | Code::NotTried => ErrorKind::TimedOut,
            Code::PermissionDenied | Code::Refused => ErrorKind::PermissionDenied,
            Code::AddressNotAvailable => ErrorKind::AddrNotAvailable,
            Code::UnexpectedEnd => ErrorKind::BrokenPipe,
            Code::NameNotFound | Code::NoData => ErrorKind::NotFound,
            Code::Invalid => ErrorKind::InvalidInput,
            Code::Protocol | Code::TooLarge => ErrorKind::InvalidData,
            Code::Unsupported => ErrorKind::Unsupported,
            Code::Exhausted => ErrorKind::OutOfMemory,
            Code::Canceled => ErrorKind::Interrupted,
            _ => ErrorKind::Other,
        }
    }
}

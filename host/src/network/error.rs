//! From the network's errors to the contract's.

use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_net::{Code, Error};

/// The contract's error for `error`.
///
/// `resolved` says whether there was an address already. Without one, that nobody answers or that a port is closed is
/// said of a name server and not of the host, which must not be taken for it: the code is then that of `getaddrinfo`,
/// `EAI_AGAIN`.
pub(super) fn detail(error: &Error, resolved: bool) -> ErrorDetail {
    let code = error.code();
    let kind = match code {
        Code::TimedOut => ErrorType::Timeout,
        Code::Refused => ErrorType::Capability,
        Code::Invalid => ErrorType::Config,
        Code::Canceled | Code::Exhausted => ErrorType::Internal,
        _ => ErrorType::Network,
    };
    let of_the_way = matches!(
        code,
        Code::TimedOut
            | Code::ConnectionRefused
            | Code::ConnectionReset
            | Code::HostUnreachable
            | Code::NetworkUnreachable
            | Code::PermissionDenied
    );
    let word = if of_the_way && !resolved { "EAI_AGAIN" } else { code.as_str() };
    ErrorDetail::new(kind, word, error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_type_and_a_word() {
        for (code, kind, word) in [
            (Code::ConnectionRefused, ErrorType::Network, "ECONNREFUSED"),
            (Code::TimedOut, ErrorType::Timeout, "ETIMEDOUT"),
            (Code::Refused, ErrorType::Capability, "ENOTCAPABLE"),
            (Code::Invalid, ErrorType::Config, "EINVAL"),
            (Code::NameNotFound, ErrorType::Network, "ENOTFOUND"),
            (Code::Certificate, ErrorType::Network, "ECERT"),
            (Code::Canceled, ErrorType::Internal, "ECANCELED"),
        ] {
            let detail = detail(&Error::new(code, "as told"), true);
            assert_eq!((detail.kind, detail.code.as_str(), detail.message.as_str()), (kind, word, "as told"));
            assert_eq!(detail.is_timeout, code == Code::TimedOut);
        }
        for code in [Code::NameNotFound, Code::NoData] {
            assert!(detail(&code.into(), false).is_not_found);
        }
    }

    #[test]
    fn what_a_name_server_does_is_never_said_of_the_host() {
        for code in [
            Code::TimedOut,
            Code::ConnectionRefused,
            Code::NetworkUnreachable,
            Code::NameNotFound,
            Code::NoData,
        ] {
            assert!(!detail(&code.into(), false).is_unreachable(), "{code}");
        }
        assert_eq!(detail(&Code::TimedOut.into(), false).code, "EAI_AGAIN");
        assert!(detail(&Code::TimedOut.into(), true).is_unreachable());
    }
}

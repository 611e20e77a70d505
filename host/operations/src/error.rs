//! From the network's errors to the contract's.

use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_net::{Code, Error};

/// The contract's error for `error`.
pub(super) fn detail(error: &Error) -> ErrorDetail {
    let kind = match error.code() {
        Code::TimedOut | Code::NotTried => ErrorType::Timeout,
        Code::Refused => ErrorType::Capability,
        Code::Invalid => ErrorType::Config,
        Code::Canceled | Code::Exhausted => ErrorType::Internal,
        _ => ErrorType::Network,
    };
    ErrorDetail::new(kind, error.code().as_str(), error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_type_and_a_word() {
        for (code, kind, word) in [
            (Code::ConnectionRefused, ErrorType::Network, "ECONNREFUSED"),
            (Code::TimedOut, ErrorType::Timeout, "ETIMEDOUT"),
            (Code::NotTried, ErrorType::Timeout, "ETIME"),
            (Code::NotResolved, ErrorType::Network, "EAI_AGAIN"),
            (Code::Refused, ErrorType::Capability, "ENOTCAPABLE"),
            (Code::Invalid, ErrorType::Config, "EINVAL"),
            (Code::NameNotFound, ErrorType::Network, "ENOTFOUND"),
            (Code::Certificate, ErrorType::Network, "ECERT"),
            (Code::Canceled, ErrorType::Internal, "ECANCELED"),
        ] {
            let detail = detail(&Error::new(code, "as told"));
            assert_eq!((detail.kind, detail.code.as_str(), detail.message.as_str()), (kind, word, "as told"));
            assert_eq!(detail.is_timeout, kind == ErrorType::Timeout);
        }
        for code in [Code::NameNotFound, Code::NoData] {
            assert!(detail(&code.into()).is_not_found);
        }
    }

    #[test]
    fn what_is_not_known_is_no_closed_port() {
        for code in [
            Code::NameNotFound,
            Code::NoData,
            Code::NotResolved,
            Code::ServerFailure,
            Code::NotTried,
            Code::Refused,
            Code::Exhausted,
            Code::Other,
        ] {
            assert!(!detail(&code.into()).is_unreachable(), "{code}");
        }
        assert!(detail(&Code::TimedOut.into()).is_unreachable());
    }
}

//! How a run reaches the network: by which stack, who resolves its names, and whose certificates are trusted. What is
//! done there is `quoin-operations`.

use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_engine::Deadline;
use quoin_net::kernel::KernelStack;
use quoin_net::tls::Trust;
use quoin_net::{Cancel, Network, Stack, dns::Config};
use quoin_operations::Operations;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;
#[cfg(feature = "link")]
use std::time::Duration;

/// How a run reaches the network: by which stack, who resolves its names, and whose certificates are trusted.
pub struct Networking {
    stack: Box<dyn Stack + Send + Sync>,
    /// Read when the first name is looked up: most profiles need none.
    names: OnceLock<Config>,
    trust: Trust,
    cancel: Cancel,
}

impl fmt::Debug for Networking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Networking").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Networking {
    /// Opens what the operator asks for: this machine's own sockets, or with `net` a stack of our own on the device that
    /// it names; the certificate authorities of `ca_file`, or those of the system.
    ///
    /// # Errors
    ///
    /// What is wrong with either, and what to do about it.
    pub fn open(net: Option<&str>, ca_file: Option<&Path>) -> Result<Self, OpenNetworkError> {
        let failed =
            |option| move |error: quoin_net::Error| OpenNetworkError { option, message: error.to_string() };
        let trust = Trust::system(ca_file).map_err(failed("--ca-file"))?;
        let cancel = Cancel::default();
        let (stack, names) = match net {
            None => (Box::new(KernelStack::with_cancel(cancel.clone())) as Box<_>, OnceLock::new()),
            // This machine's own names (/etc/hosts) and name servers are not those of another host.
            Some(text) => (link(text, cancel.clone()).map_err(failed("--net"))?, Config::default().into()),
        };
        Ok(Self { stack, names, trust, cancel })
    }

    /// Ends everything that waits. Nothing begins any more.
    pub fn interrupt(&self) {
        self.cancel.cancel();
    }

    /// What an operation is carried out with that has to be done by `deadline`, on the engine's clock.
    pub(crate) fn operations(&self, deadline: Deadline) -> Operations<'_> {
        let left = deadline.left(crate::linux::monotonic());
        Operations {
            network: Network { stack: &*self.stack, dns: self.names.get_or_init(Config::system) },
            trust: &self.trust,
            unix_seconds: now_unix_seconds(),
            deadline: quoin_net::Deadline::after(self.stack.now(), left),
        }
    }
}

/// Looks whether `net` can be what [`Networking::open`] is asked for, without opening anything.
///
/// # Errors
///
/// What is wrong with it, and what to do about it.
pub(crate) fn validate(net: &str) -> Result<(), OpenNetworkError> {
    #[cfg(feature = "link")]
    let result = net.parse::<quoin_net::link::Options>().map(|_| ());
    #[cfg(not(feature = "link"))]
    let result = link(net, Cancel::default()).map(|_| ());
    result.map_err(|error: quoin_net::Error| OpenNetworkError { option: "--net", message: error.to_string() })
}

/// What it may take to get addresses: as many leases and advertisements as are lost have to be asked for again.
#[cfg(feature = "link")]
const ADDRESSES: Duration = Duration::from_secs(20);

/// A stack of our own on the device that `text` names.
#[cfg(feature = "link")]
fn link(text: &str, cancel: Cancel) -> Result<Box<dyn Stack + Send + Sync>, quoin_net::Error> {
    let options: quoin_net::link::Options = text.parse()?;
    let stack = quoin_net::link::LinkStack::open(&options, ADDRESSES)?;
    Ok(Box::new(stack.with_cancel(cancel)))
}

/// A stack of our own on the device that `text` names.
#[cfg(not(feature = "link"))]
fn link(_: &str, _: Cancel) -> Result<Box<dyn Stack + Send + Sync>, quoin_net::Error> {
    let message = "this build of Quoin has no network stack of its own (the feature `link`): leave --net out to use this device's";
    Err(quoin_net::Error::new(quoin_net::Code::Unsupported, message))
}

/// The network cannot be reached in the way that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNetworkError {
    /// The option that asks for it.
    pub option: &'static str,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl fmt::Display for OpenNetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.option, self.message)
    }
}

impl std::error::Error for OpenNetworkError {}

/// The answer to every operation where there is no network: an unpacked image is not on one.
pub(crate) fn none() -> ErrorDetail {
    let message = "network checks don't run with --root: an unpacked image is on no network. \
                   Pass --net to check the network of a device of this machine all the same";
    ErrorDetail::new(ErrorType::Network, "ENOTSUP", message)
}

/// Seconds since the Unix epoch, which certificates are held against.
fn now_unix_seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

//! Names: how they are resolved (RFC 1035, 6891, 7766), on whatever stack.
//!
//! | module | what it is |
//! |---|---|
//! | [`lookup`], [`addresses`] | what is asked for, from where it is known: hosts, the stack's servers, the configuration's |
//! | `resolver` | several servers, several tries, aliases, search domains |
//! | `ask` | one server: UDP, TCP, EDNS |
//! | `message` | questions and answers; their wire format is the `domain` crate's |
//! | `name`, `idna` | what a name is, and its ASCII form |
//! | [`Config`], `resolv_conf`, `hosts`, `system` | the configuration, and the files it comes from |

mod ask;
mod config;
mod hosts;
mod idna;
mod lookup;
mod message;
mod name;
mod order;
mod record;
mod resolv_conf;
mod resolver;
#[cfg(feature = "std")]
mod system;

pub use config::Config;
pub use lookup::{Addresses, addresses, ascii_host, lookup};
pub use record::{Record, RecordType};

#[cfg(test)]
mod tests;

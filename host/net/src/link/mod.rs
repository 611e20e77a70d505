//! A network stack of our own (smoltcp) on a link-layer device: a separate host with its own MAC and IP addresses.
//!
//! | module | what it is |
//! |---|---|
//! | [`Options`] | the text of `--net`: device, addresses, routers, name servers |
//! | [`Node`] | the host itself: smoltcp's interface and sockets, its addresses, its neighbours. Neither waits nor knows a clock |
//! | [`LocalStack`] | a [`Stack`](crate::Stack) of one thread, without `std`, on any [`smoltcp::phy::Device`] |
//! | [`SharedStack`] | a [`Stack`](crate::Stack) that many threads wait on together (feature `std`) |
//! | [`LinkStack`] | that one, on a device of Linux that [`Options`] name (feature `std`) |
//!
//! # Who does the work
//!
//! There is no thread behind it. Whoever waits for something (a connection, a byte) moves the node along; of several who
//! wait, one sleeps in `poll(2)` on the device and wakes the others when something has come for them. He also looks every
//! [`Cancel::SLICE`](crate::Cancel::SLICE) whether the run goes on. A node that nobody waits on sleeps as well: it answers
//! no ARP request and renews no lease until the next call, which does first what is due.
//!
//! # What is not implemented
//!
//! Listening, fragments (RFC 791, 8200), path MTU discovery (`mtu=` is the way out), classless routes from DHCP (RFC 3442),
//! DHCPv6, privacy addresses (RFC 8981), several routers of one family.
//!
//! # Randomness
//!
//! Source ports are drawn from [`Stack::random`](crate::Stack::random) for each connection. smoltcp draws initial sequence
//! numbers and DHCP transaction ids from a PCG generator that is seeded once, with 64 bits of the same randomness: nobody
//! outside can guess them, but it is not a cryptographic generator, and a peer who sees several of them could work out later
//! ones. To forge a segment it would then still have to guess the port.

mod addresses;
#[cfg(feature = "std")]
mod custody;
#[cfg(feature = "std")]
mod device;
mod drive;
mod icmp;
mod local;
mod name;
mod neighbours;
mod node;
mod observe;
mod options;
mod ports;
mod resolve;
#[cfg(feature = "std")]
mod shared;
mod slaac;
mod tcp;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod udp;

#[cfg(feature = "std")]
pub use device::LinkStack;
pub use local::{LocalStack, Platform};
pub use name::{Cidr, InterfaceName, Mac, Mtu};
pub use node::{Config, Limits, Node, RouterAdvertisements};
pub use options::{Form, Options};
#[cfg(feature = "std")]
pub use shared::SharedStack;

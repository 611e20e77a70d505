//! TLS: handshakes for checks, which complete whatever the certificate, and say what is wrong with it.

mod evidence;

pub use evidence::{Certificate, Evidence};

//! TLS over streams in memory, with a rustls server at the other end.

#![allow(clippy::unwrap_used)]

mod broken;
mod certificates;
mod server;

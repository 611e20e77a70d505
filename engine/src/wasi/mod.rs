//! WASI preview 1: all functions of `wasi_snapshot_preview1`, over the [`System`](crate::system::System),
//! [`Node`](crate::system::Node) and [`File`](crate::system::File) traits.

mod errno;

pub use errno::Errno;

/// The WASI side of one instance.
#[derive(Default)]
pub(crate) struct Wasi {}

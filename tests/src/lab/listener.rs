//! [`Listener`]: a server inside the test itself, for what no real server can be brought to do.

use super::Namespace;
use rustix::net::{Shutdown, shutdown};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

/// A TCP port on a host of the lab. What it does to whom connects is a function's; each connection has a thread.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
}

impl Listener {
    /// Listens. Errors of `serve` are those of peers that went away.
    ///
    /// # Panics
    ///
    /// Where the address is not there, or taken.
    #[must_use]
    pub fn start(host: &Namespace, address: SocketAddr, serve: fn(TcpStream) -> io::Result<()>) -> Self {
        let socket = host.enter(|| {
            TcpListener::bind(address).unwrap_or_else(|error| panic!("listening on {address}: {error}"))
        });
        let accepting = socket.try_clone().unwrap();
        std::thread::spawn(move || {
            while let Ok((stream, _)) = accepting.accept() {
                std::thread::spawn(move || serve(stream));
            }
        });
        Self { socket }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Wakes the thread that accepts, with an error.
        let _ = shutdown(&self.socket, Shutdown::Both);
    }
}

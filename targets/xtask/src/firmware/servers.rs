//! What the emulated board talks to: a name server and a port that is open, and one that is closed. All of it on loopback, which
//! QEMU shows the board as 10.0.2.2.

use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

/// The name that the name server knows, and its address.
const KNOWN: &str = "/door.example/192.0.2.7";

/// What the name server may take until it answers.
const START: Duration = Duration::from_secs(10);

/// The servers. They end with this.
pub(crate) struct Servers {
    dnsmasq: Child,
    /// Where names are asked for, over UDP.
    pub(crate) dns: u16,
    listener: TcpListener,
}

impl Servers {
    /// Starts them.
    ///
    /// # Errors
    ///
    /// What to install, or what does not start.
    pub(crate) fn start() -> Result<Self, String> {
        let failed = |error: io::Error| format!("no port on loopback: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let dns = free_port().map_err(failed)?;
        let mut command = Command::new("dnsmasq");
        command.args([
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
        ]);
        command.args(["--listen-address=127.0.0.1", "--local=/example/", "--pid-file="]);
        command.arg(format!("--port={dns}")).arg(format!("--address={KNOWN}"));
        // Debian keeps it where only root looks.
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        command.env("PATH", path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let dnsmasq = command
            .spawn()
            .map_err(|error| format!("dnsmasq does not run ({error}); Debian has it in dnsmasq-base"))?;
        let mut servers = Self { dnsmasq, dns, listener };
        servers.wait()?;
        Ok(servers)
    }

    /// Waits until the name server is there, which also listens for TCP.
    fn wait(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.dns)).is_err() {
            if let Ok(Some(status)) = self.dnsmasq.try_wait() {
                return Err(format!("dnsmasq ended at once: {status}"));
            }
            if begun.elapsed() > START {
                return Err(format!("dnsmasq does not answer within {START:?}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// A TCP port that is open: the kernel takes connections on behalf of whoever listens.
    ///
    /// # Errors
    ///
    /// What the kernel says.
    pub(crate) fn open(&self) -> Result<u16, String> {
        self.listener.local_addr().map(|at| at.port()).map_err(|error| error.to_string())
    }

    /// A TCP port that is closed.
    ///
    /// # Errors
    ///
    /// What the kernel says.
    pub(crate) fn closed() -> Result<u16, String> {
        free_port().map_err(|error| error.to_string())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.dnsmasq.kill();
        let _ = self.dnsmasq.wait();
    }
}

/// A port that is free now, for UDP and for TCP.
fn free_port() -> io::Result<u16> {
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = udp.local_addr()?.port();
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    Ok(port)
}

//! `openssl s_server`: a TLS server with versions that nginx is not built for or that it should not be asked for.

use super::{Certificate, Namespace, Server};

/// Starts one that offers only these versions, each a flag of `s_server` such as `-tls1`.
///
/// # Panics
///
/// Where it does not start.
#[must_use]
pub fn serve(host: &Namespace, port: u16, certificate: &Certificate, versions: &[&str]) -> Server {
    let mut command = host.command("openssl");
    command.args(["s_server", "-quiet", "-accept", &port.to_string(), "-cipher", "ALL:@SECLEVEL=0"]);
    command.arg("-cert").arg(&certificate.certificate).arg("-key").arg(&certificate.key).args(versions);
    // It would end a connection with its own standard input otherwise.
    command.arg("-www");
    Server::listening(host, command, Server::directory(), &[port])
}

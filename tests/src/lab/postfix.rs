//! Postfix: a mail server with and without TLS. (Debian's OpenSMTPD 6.8 fails every TLS handshake with OpenSSL 3.)

use super::{Certificate, Namespace, Server};
use std::fs;
use std::net::IpAddr;

/// Without TLS.
pub const PLAIN: u16 = 2525;
/// With STARTTLS.
pub const STARTTLS: u16 = 25;
/// With TLS from the first byte.
pub const TLS: u16 = 465;

/// Starts it on these addresses, as `mail.lab.test`. It greets and takes no mail.
///
/// # Panics
///
/// Where it does not start.
#[must_use]
pub fn start(host: &Namespace, addresses: &[IpAddr], certificate: &Certificate) -> Server {
    let directory = Server::directory();
    let path = directory.path();
    for name in ["queue", "data"] {
        fs::create_dir(path.join(name)).unwrap();
    }
    let data = fs::metadata("/var/lib/postfix").unwrap_or_else(|error| panic!("/var/lib/postfix: {error}"));
    let owner = std::os::unix::fs::MetadataExt::uid(&data);
    std::os::unix::fs::chown(path.join("data"), Some(owner), None).unwrap();
    let main = format!(
        "compatibility_level = 3.6\nmyhostname = mail.lab.test\nqueue_directory = {0}/queue\n\
         data_directory = {0}/data\nmynetworks = 127.0.0.1/32\nmydestination = lab.test\n\
         smtpd_banner = mail.lab.test ESMTP lab\nmaillog_file = /dev/stdout\nsmtpd_peername_lookup = no\n\
         smtpd_recipient_restrictions = reject\nalias_maps =\nalias_database =\nlocal_recipient_maps =\n\
         smtpd_tls_cert_file = {1}\nsmtpd_tls_key_file = {2}\n",
        path.display(),
        certificate.certificate.display(),
        certificate.key.display()
    );
    let mut master = String::from(
        "tlsmgr unix - - n 1000? 1 tlsmgr\nanvil unix - - n - 1 anvil\nrewrite unix - - n - - trivial-rewrite\n\
         postlog unix-dgram n - n - 1 postlogd\n",
    );
    for address in addresses {
        for (port, how) in [
            (PLAIN, ""),
            (STARTTLS, "-o smtpd_tls_security_level=may"),
            (TLS, "-o smtpd_tls_wrappermode=yes"),
        ] {
            master += &format!("[{address}]:{port} inet n - n - - smtpd {how}\n");
        }
    }
    fs::write(path.join("main.cf"), main).unwrap();
    fs::write(path.join("master.cf"), master).unwrap();
    let mut command = host.command("postfix");
    command.arg("-c").arg(path).arg("start-fg");
    Server::listening(host, command, directory, &[PLAIN, STARTTLS, TLS])
}

//! [`Certificates`]: a certificate authority of the lab, and good and bad certificates. `openssl` makes them, so that
//! nothing that Quoin uses itself judges its own work.

use super::Server;
use crate::build::succeed;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// An authority and what it has issued.
#[derive(Debug)]
pub struct Certificates {
    directory: tempfile::TempDir,
}

/// A certificate with its key, as files in PEM.
#[derive(Debug)]
pub struct Certificate {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

const CONFIGURATION: &str = "
[ca]
default_ca = lab
[lab]
database = DIRECTORY/index
rand_serial = yes
new_certs_dir = DIRECTORY
certificate = DIRECTORY/ca.pem
private_key = DIRECTORY/ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = asked
[asked]
";

impl Certificates {
    /// A new authority, `O=Quoin, CN=Quoin lab CA`.
    #[must_use]
    pub fn new() -> Self {
        let authority = Self { directory: Server::directory() };
        let path = authority.directory.path();
        fs::write(path.join("index"), "").unwrap();
        let configuration = CONFIGURATION.replace("DIRECTORY", path.to_str().unwrap());
        fs::write(path.join("openssl.cnf"), configuration).unwrap();
        authority.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 \
             -subj|/O=Quoin/CN=Quoin lab CA|-addext basicConstraints=critical,CA:TRUE \
             -addext keyUsage=critical,keyCertSign,cRLSign {NO_NAMES}"
        ));
        authority
    }

    /// What to trust.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// One that is good for `names` (`DNS:…`, `IP:…`) from 2020 to 2049, with an ECDSA key.
    #[must_use]
    pub fn good(&self, file: &str, names: &str) -> Certificate {
        self.issue(file, "ec -pkeyopt ec_paramgen_curve:P-256", names, "20491231235959Z")
    }

    /// One with an RSA key of 2048 bits.
    #[must_use]
    pub fn rsa(&self, file: &str, names: &str) -> Certificate {
        self.issue(file, "rsa:2048", names, "20491231235959Z")
    }

    /// One that expired at the end of 2021.
    #[must_use]
    pub fn expired(&self, file: &str, names: &str) -> Certificate {
        self.issue(file, "ec -pkeyopt ec_paramgen_curve:P-256", names, "20211231235959Z")
    }

    /// One that its own key signed.
    #[must_use]
    pub fn self_signed(&self, file: &str, names: &str) -> Certificate {
        self.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {file}.key -out {file}.pem \
             -days 3650 -subj|/CN={file}|-addext subjectAltName={names} {NO_NAMES}"
        ));
        self.files(file)
    }

    fn issue(&self, file: &str, key: &str, names: &str, end: &str) -> Certificate {
        self.openssl(&format!(
            "req -newkey {key} -nodes -keyout {file}.key -out {file}.csr -subj|/O=Quoin/CN={file}|\
             -addext subjectAltName={names} {NO_NAMES}"
        ));
        self.openssl(&format!(
            "ca -batch -notext -config openssl.cnf -startdate 20200101000000Z -enddate {end} -in {file}.csr \
             -out {file}.pem"
        ));
        self.files(file)
    }

    fn files(&self, file: &str) -> Certificate {
        let path = |extension| self.directory.path().join(file).with_extension(extension);
        Certificate { certificate: path("pem"), key: path("key") }
    }

    /// Runs it with these words; what stands between bars is one word.
    fn openssl(&self, words: &str) {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(self.directory.path());
        for (index, part) in words.split('|').enumerate() {
            if index == 1 {
                openssl.arg(part);
            } else {
                openssl.args(part.split_whitespace());
            }
        }
        succeed(&mut openssl);
    }
}

/// The machine's own configuration is not asked.
const NO_NAMES: &str = "-config openssl.cnf";

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}

impl Certificate {
    /// Its SHA-256, in lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut openssl = Command::new("openssl");
        openssl.args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(&self.certificate);
        let text = succeed(&mut openssl);
        text.trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[ignore = "needs openssl: tests/run lab"]
    fn they_are_what_they_are_called() {
        let lab = Certificates::new();
        let good = lab.good("good", "DNS:www.lab.test,IP:192.0.2.1");
        let verify = |certificate: &Certificate, host: &str| {
            let mut openssl = Command::new("openssl");
            openssl.arg("verify").arg("-CAfile").arg(lab.authority()).args(["-verify_hostname", host]);
            let output = openssl.arg(&certificate.certificate).output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        assert!(verify(&good, "www.lab.test").0);
        let (ok, said) = verify(&good, "other.lab.test");
        assert!(!ok && said.contains("hostname mismatch"), "{said}");
        let (ok, said) = verify(&lab.expired("expired", "DNS:www.lab.test"), "www.lab.test");
        assert!(!ok && said.contains("expired"), "{said}");
        let (ok, said) = verify(&lab.self_signed("self-signed", "DNS:www.lab.test"), "www.lab.test");
        assert!(!ok && said.contains("self-signed"), "{said}");
        assert!(verify(&lab.rsa("rsa", "DNS:www.lab.test"), "www.lab.test").0);
        assert_eq!(good.sha256().len(), 64);
    }
}

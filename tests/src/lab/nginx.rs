//! nginx: web servers.

use super::{Certificate, Namespace, Server};
use std::fmt::Write;
use std::fs;

/// What nginx serves, as its configuration's `server` blocks.
#[derive(Debug, Default)]
pub struct Sites {
    servers: String,
}

/// 10 MiB, the limit for a body.
pub const BIG: usize = 10 * 1024 * 1024;

/// What is served at every address. `www` is the directory with the files.
const LOCATIONS: &str = "
    root WWW;
    default_type text/plain;
    location = / { return 200 'Welcome to the lab.\\n'; add_header X-Lab one; add_header X-Lab two; }
    location = /echo { return 200 '$request_method $http_x_asked $http_host\\n'; }
    location = /agent { return 200 '$http_user_agent\\n'; }
    location = /no-content { return 204; }
    location = /not-modified { return 304; }
    location = /missing { return 404 'Nothing here.\\n'; }
    location = /broken { return 500; }
    location = /redirect { return 301 /; }
    location = /see-other { return 303 /echo; }
    location = /temporary { return 307 /echo; }
    location = /to-https { return 302 https://$http_host/; }
    location = /to-private { return 302 http://internal.lab.test/; }
    location = /to-refused { return 302 http://www.lab.test:7001/; }
    location = /to-nonsense { return 302 gopher://www.lab.test/; }
    location = /loop { return 302 /loop; }
    location ~ ^/hops/x(x*)$ { return 302 /hops/$1; }
    location = /hops/ { return 200 'Arrived.\\n'; }
    location = /chunked { try_files /text.txt =404; add_trailer X-Trailer end; }
";

impl Sites {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One without TLS. `listen` is an address and a port: `192.0.2.1:80`, `[::]:80`.
    #[must_use]
    pub fn plain(mut self, listen: &str) -> Self {
        let _ = writeln!(self.servers, "server {{ listen {listen}; {LOCATIONS} }}");
        self
    }

    /// One with TLS of these versions, such as `TLSv1.2 TLSv1.3`.
    #[must_use]
    pub fn tls(mut self, listen: &str, certificate: &Certificate, versions: &str) -> Self {
        let _ = writeln!(
            self.servers,
            "server {{ listen {listen} ssl; ssl_certificate {}; ssl_certificate_key {}; ssl_protocols {versions}; \
             ssl_ciphers ALL:@SECLEVEL=0; {LOCATIONS} }}",
            certificate.certificate.display(),
            certificate.key.display()
        );
        self
    }

    /// Starts nginx with them, and waits for these ports.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    #[must_use]
    pub fn start(self, host: &Namespace, ports: &[u16]) -> Server {
        let directory = Server::directory();
        let path = directory.path();
        let www = path.join("www");
        fs::create_dir(&www).unwrap();
        fs::write(www.join("big"), vec![b'q'; BIG]).unwrap();
        fs::write(www.join("bigger"), vec![b'q'; BIG + 1]).unwrap();
        fs::write(www.join("medium"), vec![b'm'; 30_000]).unwrap();
        fs::write(www.join("text.txt"), "A line.\n".repeat(1000)).unwrap();
        let servers = self.servers.replace("WWW", www.to_str().unwrap());
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {}/{what};", path.display()))
            .join("\n");
        let text = format!(
            "daemon off;\nuser root;\nworker_processes 1;\npid {0}/pid;\nerror_log stderr warn;\n\
             events {{}}\nhttp {{\naccess_log off;\nserver_tokens off;\nkeepalive_timeout 5;\n\
             {temporary}\n{servers}\n}}\n",
            path.display()
        );
        let configuration = path.join("nginx.conf");
        fs::write(&configuration, text).unwrap();
        let mut command = host.command("nginx");
        command.arg("-p").arg(path).args(["-e", "stderr", "-c"]).arg(&configuration);
        Server::listening(host, command, directory, ports)
    }
}

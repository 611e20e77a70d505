//! The configuration of an observation.

use alloc::string::ToString;
use quoin_plugin::{Config, Context, ErrorDetail, Milliseconds, NonEmpty, Port, SmtpRequest, wrong};

/// What to connect to.
#[derive(Debug, Config)]
#[config(check = Self::check)]
pub struct Request {
    /// Name or address. A name that leads to a private address needs the grant network:outbound:private.
    #[config(capability = "network:outbound:{host}:{port}")]
    host: NonEmpty,
    /// TCP port.
    port: Port,
    /// Milliseconds, bounded by the control's timeout.
    #[config(default = 5000)]
    timeout_ms: Milliseconds,
    /// TLS from the first byte, as on port 465.
    #[config(default = false)]
    tls: bool,
    /// TLS after the command STARTTLS.
    #[config(default = false)]
    starttls: bool,
}

impl Request {
    fn check(&self) -> Result<(), ErrorDetail> {
        if self.tls && self.starttls {
            return Err(wrong("starttls", "can't be true with `tls`: that is TLS from the first byte"));
        }
        Ok(())
    }
}

impl From<Request> for SmtpRequest {
    fn from(request: Request) -> Self {
        Self {
            context: Context::default(),
            host: request.host.into_inner(),
            port: request.port.get().to_string(),
            timeout_ms: request.timeout_ms.get(),
            tls: request.tls,
            starttls: request.starttls,
        }
    }
}

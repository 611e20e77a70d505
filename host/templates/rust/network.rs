//! {{description}}

use quoin_plugin::log::debug;
use quoin_plugin::{
    Capability, Config, ErrorDetail, Host, Metadata, Milliseconds, NonEmpty, Observation, Plugin, Port, TcpRequest,
};

/// The plugin.
pub struct Check;

quoin_plugin::export!(Check);

/// What a profile writes under `config`.
#[derive(Config)]
pub struct Settings {
    /// Name or address.
    #[config(capability = "network:outbound:{host}:{port}")]
    host: NonEmpty,
    /// TCP port.
    port: Port,
    /// Milliseconds to wait for an answer.
    #[config(default = 5000)]
    timeout_ms: Milliseconds,
}

impl Plugin for Check {
    type Config = Settings;

    const METADATA: Metadata = Metadata {
        name: "{{name}}",
        version: env!("CARGO_PKG_VERSION"),
        description: "{{description_quoted}}",
        platform: None,
        capabilities: &[Capability { kind: "{{kind}}", pattern: "{{pattern_quoted}}" }],
    };

    fn observe(settings: Settings, host: &impl Host) -> Result<Observation, ErrorDetail> {
        let request = TcpRequest {
            host: settings.host.into_inner(),
            port: settings.port.get().to_string(),
            timeout_ms: settings.timeout_ms.get(),
            ..TcpRequest::default()
        };
        debug!("connecting to {} on {}", request.host, request.port);
        // That nothing can be connected to there is an answer. A name that does not resolve is an error.
        let connection = host.tcp_connect(&request)?;
        let mut seen = Observation::new(connection.connected).with("connected", connection.connected);
        for name in ["remote_addr", "response_time_ms"] {
            if let Some(value) = connection.data.get(name) {
                seen.set(name, value.clone());
            }
        }
        if let Some(error) = connection.error {
            seen.set("error_code", error.code);
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::Check;
    use quoin_plugin::fake::FakeHost;
    use serde_json::{Value, json};

    fn host(answer: Value) -> FakeHost {
        FakeHost::new().network("tcp_connect", answer)
    }

    #[test]
    fn an_open_port_passes() {
        let host = host(json!({"connected": true, "remote_addr": "192.0.2.1:80", "response_time_ms": 2}));
        let seen = host.observe::<Check>(json!({"host": "a.example", "port": 80}));
        assert_eq!((seen.status, seen.error), (true, None));
        assert_eq!(seen.data["remote_addr"], "192.0.2.1:80");
        assert_eq!(host.asked()[0].1["timeout_ms"], 5000);
    }

    #[test]
    fn a_closed_port_is_no_error() {
        let refused = json!({"message": "refused", "type": "network", "code": "ECONNREFUSED"});
        let seen = host(json!({"error": refused})).observe::<Check>(json!({"host": "a.example", "port": 80}));
        assert_eq!((seen.status, seen.error), (false, None));
        assert_eq!(seen.data["error_code"], "ECONNREFUSED");
    }

    #[test]
    fn a_port_is_needed() {
        let error = host(json!({})).observe::<Check>(json!({"host": "a.example"})).error.unwrap();
        assert_eq!(error.message, "`port` is missing");
    }
}

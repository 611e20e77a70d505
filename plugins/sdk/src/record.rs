//! What the exports answer, as JSON. Nothing here knows of addresses, so that all of it runs natively.

use crate::fields::Fields;
use crate::host::Host;
use crate::plugin::{Config, Plugin};
use crate::time;
use alloc::vec::Vec;
use quoin_abi::evidence::Evidence;

/// What the export `describe` answers.
#[must_use]
pub fn describe<P: Plugin>() -> Vec<u8> {
    // Text and lists of text serialise without fail.
    serde_json::to_vec(&P::METADATA).unwrap_or_default()
}

/// What the export `schema` answers.
#[must_use]
pub fn schema<P: Plugin>() -> Vec<u8> {
    P::SCHEMA.into()
}

/// What the export `observe` answers to the configuration `config` (JSON): an evidence record.
#[must_use]
pub fn observe<P: Plugin>(config: &[u8], host: &impl Host) -> Vec<u8> {
    let mut evidence =
        Evidence { timestamp: time::rfc3339(host.now() / 1_000_000_000), ..Evidence::default() };
    match read::<P::Config>(config).and_then(|config| P::observe(config, host)) {
        Ok(observation) => {
            evidence.status = observation.status;
            evidence.data = observation.data;
            evidence.error = observation.error;
        }
        Err(error) => evidence.error = Some(error),
    }
    // Values with text as keys serialise without fail.
    serde_json::to_vec(&evidence).unwrap_or_default()
}

fn read<C: Config>(json: &[u8]) -> Result<C, quoin_abi::error::ErrorDetail> {
    let mut fields = Fields::config(json)?;
    let config = C::read(&mut fields)?;
    fields.finish()?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::{describe, observe, schema};
    use crate::fake::FakeHost;
    use crate::{Capability, Config, ErrorDetail, ErrorType, Fields, Host, Metadata, Observation, Plugin};
    use alloc::vec;
    use quoin_abi::capability::{Capabilities, Declared};
    use quoin_abi::evidence::Evidence;
    use serde_json::json;

    struct Length;

    struct Name(alloc::string::String);

    impl Config for Name {
        fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
            fields.text("name")?.map(Self).ok_or_else(|| fields.missing("name"))
        }
    }

    impl Plugin for Length {
        type Config = Name;

        const METADATA: Metadata = Metadata {
            name: "length",
            version: "1.2.3",
            description: "How long is a name",
            platform: Some("linux"),
            capabilities: &[Capability { kind: "env", pattern: "HOME" }],
        };
        const SCHEMA: &'static str = r#"{"type": "object"}"#;

        fn observe(config: Name, _: &impl Host) -> Result<Observation, ErrorDetail> {
            if config.0.is_empty() {
                return Err(ErrorDetail::new(ErrorType::Validation, "EINVAL", "no name"));
            }
            if config.0 == "half" {
                let error = ErrorDetail::new(ErrorType::Execution, "EIO", "no more");
                return Ok(Observation::new(true).with("length", 4).but(error));
            }
            Ok(Observation::new(config.0.len() > 3).with("length", config.0.len()))
        }
    }

    fn evidence(config: &str) -> Evidence {
        let host = FakeHost::new().at(1_704_067_199_999_999_999);
        serde_json::from_slice(&observe::<Length>(config.as_bytes(), &host)).expect("an evidence record")
    }

    #[test]
    fn describes_itself_as_hosts_read_it() {
        let metadata: quoin_abi::metadata::Metadata =
            serde_json::from_slice(&describe::<Length>()).expect("metadata");
        assert_eq!(metadata.name, "length");
        assert_eq!(metadata.version, "1.2.3");
        assert_eq!(metadata.description, "How long is a name");
        assert_eq!(metadata.platform.as_deref(), Some("linux"));
        let declared = Declared { kind: "env".into(), pattern: "HOME".into() };
        assert_eq!(metadata.capabilities, Capabilities::List(vec![declared]));
        assert_eq!(schema::<Length>(), Length::SCHEMA.as_bytes());
    }

    #[test]
    fn answers_what_was_seen() {
        let evidence = evidence(r#"{"name": "abcd"}"#);
        assert!(evidence.status);
        assert_eq!(evidence.error, None);
        assert_eq!(evidence.data.get("length"), Some(&json!(4)));
        assert_eq!(evidence.timestamp, "2023-12-31T23:59:59Z");
    }

    #[test]
    fn answers_what_was_seen_before_an_error() {
        let evidence = evidence(r#"{"name": "half"}"#);
        assert!(!evidence.status);
        assert_eq!(evidence.error.expect("an error").code, "EIO");
        assert_eq!(evidence.data.get("length"), Some(&json!(4)));
    }

    #[test]
    fn answers_errors_of_the_plugin_and_of_the_configuration() {
        assert_eq!(evidence(r#"{"name": ""}"#).error.expect("error").kind, ErrorType::Validation);
        for config in ["{}", r#"{"name": null}"#, r#"{"name": "a", "nmae": "b"}"#, "null", ""] {
            let evidence = evidence(config);
            assert!(!evidence.status);
            assert_eq!(evidence.error.expect("error").kind, ErrorType::Config, "{config}");
        }
    }
}

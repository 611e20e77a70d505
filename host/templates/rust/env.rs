//! {{description}}

use quoin_plugin::log::debug;
use quoin_plugin::{Capability, Config, ErrorDetail, Host, Metadata, NonEmpty, Observation, Plugin};

/// The plugin.
pub struct Check;

quoin_plugin::export!(Check);

/// What a profile writes under `config`.
#[derive(Config)]
pub struct Settings {
    /// The variable to look at.
    #[config(capability = "env:{value}")]
    name: NonEmpty,
    /// What it should be.
    value: Option<String>,
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
        let Some(value) = host.variable(&settings.name) else {
            debug!("{} is not set, or not granted", &*settings.name);
            return Ok(Observation::new(false).with("is_set", false));
        };
        let as_expected = settings.value.is_none_or(|expected| expected == value);
        Ok(Observation::new(as_expected).with("is_set", true).with("value", value))
    }
}

#[cfg(test)]
mod tests {
    use super::Check;
    use quoin_plugin::fake::FakeHost;
    use serde_json::json;

    fn host() -> FakeHost {
        FakeHost::new().variable("SHELL", "/bin/sh")
    }

    #[test]
    fn looks_at_the_value() {
        for (value, status) in [("/bin/sh", true), ("/bin/bash", false)] {
            let seen = host().observe::<Check>(json!({"name": "SHELL", "value": value}));
            assert_eq!((seen.status, seen.error), (status, None));
            assert_eq!(seen.data["value"], "/bin/sh");
        }
    }

    #[test]
    fn one_that_is_not_set_is_no_error() {
        let seen = host().observe::<Check>(json!({"name": "EDITOR"}));
        assert_eq!((seen.status, seen.error), (false, None));
        assert_eq!(seen.data["is_set"], false);
    }

    #[test]
    fn a_name_is_needed() {
        let error = host().observe::<Check>(json!({"value": "/bin/sh"})).error.unwrap();
        assert_eq!(error.message, "`name` is missing");
    }
}

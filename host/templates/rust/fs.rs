//! {{description}}

use quoin_plugin::log::debug;
use quoin_plugin::{Capability, Config, ErrorDetail, Host, Metadata, NonEmpty, Observation, Plugin};

/// The plugin.
pub struct Check;

quoin_plugin::export!(Check);

/// What a profile writes under `config`.
#[derive(Config)]
pub struct Settings {
    /// The file to look at.
    #[config(capability = "fs:read:{value}")]
    path: NonEmpty,
    /// The permissions that it should have, in octal.
    mode: Option<String>,
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
        let file = match host.file_stat(&settings.path, true) {
            Ok(file) => file,
            // That it is not there is something that was seen. What kept us from looking is an error.
            Err(error) if error.is_not_found => return Ok(Observation::new(false).with("exists", false)),
            Err(error) => return Err(error),
        };
        debug!("{} is a {}", &*settings.path, file.kind);
        let as_expected = settings.mode.is_none_or(|mode| mode == file.mode);
        Ok(Observation::new(as_expected)
            .with("exists", true)
            .with("kind", file.kind)
            .with("mode", file.mode)
            .with("size", file.size)
            .with("owner", file.owner))
    }
}

#[cfg(test)]
mod tests {
    use super::Check;
    use quoin_plugin::{FileStatResponse, fake::FakeHost};
    use serde_json::json;

    fn host() -> FakeHost {
        let file = FileStatResponse { kind: "file".into(), mode: "0640".into(), ..FileStatResponse::default() };
        FakeHost::new().stat("/a", Ok(file))
    }

    #[test]
    fn looks_at_the_mode() {
        for (mode, status) in [("0640", true), ("0600", false)] {
            let seen = host().observe::<Check>(json!({"path": "/a", "mode": mode}));
            assert_eq!((seen.status, seen.error), (status, None));
            assert_eq!(seen.data["mode"], "0640");
        }
    }

    #[test]
    fn a_missing_file_is_no_error() {
        let seen = host().observe::<Check>(json!({"path": "/b"}));
        assert_eq!((seen.status, seen.error), (false, None));
        assert_eq!(seen.data["exists"], false);
    }

    #[test]
    fn a_path_is_needed() {
        let error = host().observe::<Check>(json!({"mode": "0640"})).error.unwrap();
        assert_eq!(error.message, "`path` is missing");
    }
}

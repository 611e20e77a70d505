//! {{description}}

use quoin_plugin::log::debug;
use quoin_plugin::{Capability, Config, ErrorDetail, ExecRequest, Host, Metadata, NonEmpty, Observation, Plugin};

/// The plugin.
pub struct Check;

quoin_plugin::export!(Check);

/// What a profile writes under `config`.
#[derive(Config)]
pub struct Settings {
    /// The program to run, a name or a path.
    #[config(capability = "exec:{value}")]
    command: NonEmpty,
    /// Its arguments.
    args: Option<Vec<String>>,
    /// Text that has to be in what it prints.
    #[config(default = "")]
    contains: String,
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
        let request = ExecRequest {
            command: settings.command.into_inner(),
            args: settings.args.unwrap_or_default(),
            ..ExecRequest::default()
        };
        debug!("running {}", request.command);
        // An exit code is an answer, whatever it is. An error is what kept the program from running.
        let answer = host.exec_command(&request)?;
        let passed = answer.exit_code == 0 && answer.stdout.contains(&settings.contains);
        Ok(Observation::new(passed)
            .with("exit_code", answer.exit_code)
            .with("stdout", answer.stdout)
            .with("stderr", answer.stderr))
    }
}

#[cfg(test)]
mod tests {
    use super::Check;
    use quoin_plugin::{ExecResponse, fake::FakeHost};
    use serde_json::json;

    fn host(exit_code: i32) -> FakeHost {
        let answer = ExecResponse { stdout: "all is well\n".into(), exit_code, ..ExecResponse::default() };
        FakeHost::new().command(&["doctor", "--quick"], Ok(answer))
    }

    #[test]
    fn looks_at_the_exit_code_and_the_output() {
        for (exit_code, contains, status) in [(0, "well", true), (0, "ill", false), (1, "well", false)] {
            let config = json!({"command": "doctor", "args": ["--quick"], "contains": contains});
            let seen = host(exit_code).observe::<Check>(config);
            assert_eq!((seen.status, seen.error), (status, None), "{exit_code} {contains}");
            assert_eq!(seen.data["exit_code"], exit_code);
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = host(0).observe::<Check>(json!({"command": "nurse"})).error.unwrap();
        assert_eq!(error.code, "ENOENT");
    }

    #[test]
    fn a_command_is_needed() {
        let error = host(0).observe::<Check>(json!({"args": []})).error.unwrap();
        assert_eq!(error.message, "`command` is missing");
    }
}

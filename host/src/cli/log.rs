//! What plugins log, and other notes besides the report: lines on standard error.

use crate::linux::LogSink;
use crate::report::Escaped;
use quoin_engine::host::{LogLevel, LogLine};
use std::fmt::{self, Display};
use std::io::{self, Write as _};
use std::sync::Arc;

/// Takes log lines and shows them if `shown`: the report says what matters, logs are for whoever looks for more.
pub(super) fn sink(shown: bool) -> Arc<LogSink> {
    Arc::new(move |plugin: &str, line: &LogLine<'_>| {
        if shown {
            note(Shown(plugin, line));
        }
    })
}

/// Writes one line, in one piece, since several threads do. Nothing can be done where that fails.
pub(super) fn note(text: impl Display) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// `plugin: LEVEL message key=value …`
pub(super) struct Shown<'a>(pub(super) &'a str, pub(super) &'a LogLine<'a>);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(plugin, line) = self;
        let level = match line.level {
            LogLevel::Debug => "DEBUG",
            LogLevel::Info => "INFO",
            LogLevel::Warn => "WARN",
            LogLevel::Error => "ERROR",
        };
        write!(f, "{}: {level} {}", Escaped(plugin), Escaped(line.message))?;
        for attr in line.attrs {
            match &attr.value {
                serde_json::Value::String(text) => write!(f, " {}={}", Escaped(&attr.key), Escaped(text))?,
                value => write!(f, " {}={}", Escaped(&attr.key), Escaped(&value.to_string()))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quoin_abi::host::LogAttr;

    #[test]
    fn a_line_has_the_plugin_the_level_and_the_attributes() {
        let attr =
            |key: &str, value: serde_json::Value| LogAttr { key: key.into(), value, ..LogAttr::default() };
        let attrs = [attr("path", "/etc\u{1b}".into()), attr("tries", 3.into())];
        let line = LogLine { level: LogLevel::Warn, message: "odd\nthing", attrs: &attrs };
        assert_eq!(Shown("file", &line).to_string(), r"file: WARN odd\nthing path=/etc\u{1b} tries=3");
    }
}

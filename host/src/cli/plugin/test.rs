//! `quoin plugin test`.

use super::{indented, named};
use crate::cli::args::{Format, TestArgs};
use crate::cli::log::Shown;
use crate::cli::{Trouble, print};
use crate::linux::LogSink;
use crate::plugin::{Seen, Workbench};
use crate::report::{Escaped, EvidenceReport, ExpectationReport, ObservationStatus, error_text, write_json};
use crate::run::{Event, Events, Outcome};
use quoin_abi::error::ErrorDetail;
use quoin_engine::host::LogLine;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fs;
use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How often the clock is looked at while nothing happens; events do not wait for it.
const TICK: Duration = Duration::from_secs(60);

/// What one observation came to, with what it took: an observation of a report and more.
#[derive(Debug, Serialize)]
struct Tested {
    plugin: String,
    config: Map<String, Value>,
    status: ObservationStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetail>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<ExpectationReport>,
    duration_ms: f64,
    fuel: u64,
    memory_bytes: usize,
    log: Vec<String>,
    warnings: Vec<String>,
}

/// Makes one observation, and shows what it saw and took. The exit status is 1 if it did not pass.
pub(crate) fn test(args: TestArgs) -> Result<u8, Trouble> {
    let (name, source) = named(&args.plugin);
    let config = read_config(&args.config)?;
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    let sink: Arc<LogSink> = Arc::new(move |plugin: &str, line: &LogLine<'_>| {
        lines.lock().unwrap_or_else(PoisonError::into_inner).push(Shown(plugin, line).to_string());
    });
    let bench = Arc::new(Workbench::open(args.setting.setup(sink))?);
    let plugin = bench.load_from(&name, &source).map_err(|error| Trouble::new(format!("{name}: {error}")))?;
    if let Some(why) = plugin.unsuited() {
        return Err(Trouble::new(why));
    }
    let config = plugin.configure(config).map_err(|error| Trouble::new(format!("--config: {error}")))?;
    let mut warnings: Vec<_> = plugin.warnings().iter().map(ToString::to_string).collect();

    // Whoever ends this ends the commands that it runs.
    let events = Events::default();
    events.watch_signals().map_err(|error| Trouble::new(format!("cannot watch for signals: {error}")))?;
    let (done, told, timeout) = (events.sender(), config.get().clone(), args.timeout);
    let observing = thread::Builder::new().name("check".into()).spawn(move || {
        let seen = plugin.observe(&config, timeout);
        // Where nobody waits any more, nobody needs it.
        let _ = done.send(Event::Idle);
        seen
    });
    let observing = observing.map_err(|error| Trouble::new(format!("cannot start a thread: {error}")))?;
    loop {
        match events.next(TICK) {
            Some(Event::Signal(signal)) => {
                bench.interrupt();
                return Ok(signal.exit_status());
            }
            Some(_) => break,
            None => {}
        }
    }
    let seen = observing.join().map_err(|_| Trouble::new("the observation ended in a defect"))?;

    warnings.extend(seen.warnings.iter().map(ToString::to_string));
    let Seen { time, .. } = seen;
    let (fuel, memory_bytes) = (seen.observation.fuel, seen.observation.memory_bytes);
    let Outcome { status, evidence, error, expectations } = seen.judge(&args.expect);
    let tested = Tested {
        plugin: name,
        config: told,
        status,
        evidence,
        error,
        expectations,
        duration_ms: (time.as_secs_f64() * 1e6).round() / 1e3,
        fuel,
        memory_bytes,
        log: mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner)),
        warnings,
    };
    print(|to| match args.format {
        Format::Table => table(&tested, to),
        Format::Json => write_json(&tested, to),
    })?;
    Ok(u8::from(tested.status != ObservationStatus::Pass))
}

/// The configuration: JSON itself, or behind `@` the file that has it.
fn read_config(text: &str) -> Result<Value, Trouble> {
    let file = text.strip_prefix('@');
    let json = match file {
        Some(path) => fs::read_to_string(path)
            .map_err(|error| Trouble::new(format!("--config: cannot read {path}: {error}")))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&json).map_err(|error| {
        let place = file.map(|path| format!("{path}: ")).unwrap_or_default();
        Trouble::new(format!(
            "--config: {place}{error}; expected JSON such as '{{\"path\": \"/etc/hosts\"}}', or @ and a file"
        ))
    })
}

fn table(tested: &Tested, to: &mut dyn Write) -> io::Result<()> {
    let status = match tested.status {
        ObservationStatus::Pass => "PASS",
        ObservationStatus::Fail => "FAIL",
        ObservationStatus::Error => "ERROR",
    };
    writeln!(to, "{status}  {}", Escaped(&tested.plugin))?;
    if let Some(error) = &tested.error {
        writeln!(to, "  {}", Escaped(&error_text(error)))?;
    }
    for ExpectationReport { expression, passed, message } in &tested.expectations {
        match passed {
            true => writeln!(to, "  true: {}", Escaped(expression))?,
            false => writeln!(to, "  not true: {}", Escaped(message))?,
        }
    }
    tested.warnings.iter().try_for_each(|warning| writeln!(to, "  warning: {}", Escaped(warning)))?;
    if let Some(evidence) = &tested.evidence {
        writeln!(to, "\nEvidence")?;
        indented(evidence, to)?;
    }
    if !tested.log.is_empty() {
        writeln!(to, "\nLog")?;
        tested.log.iter().try_for_each(|line| writeln!(to, "  {line}"))?;
    }
    let (fuel, memory) = (tested.fuel, tested.memory_bytes >> 10);
    writeln!(to, "\nTook {} ms, {fuel} fuel, {memory} KiB of memory", tested.duration_ms)
}

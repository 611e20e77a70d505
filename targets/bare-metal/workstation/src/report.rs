//! From what a board told to the report that `quoin check` would make.

use crate::stream::Told;
use quoin::expect::Expectation;
use quoin::profile::Severity;
use quoin::report::{ControlReport, ControlStatus, ExecutionId, Moment, ObservationReport, Report, Summary};
use quoin::run::{Outcome, judge};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::evidence::Evidence;
use quoin_frames::{Control, Observation, Observed, Usage};
use std::time::Duration;

/// The report. A board has no calendar: moments are those at which it told.
///
/// # Errors
///
/// Where the plan holds what a plan can't.
pub fn of(told: Told) -> Result<Report, String> {
    let Told { started, at, observed, usage } = told;
    let mut observed = observed.into_iter();
    let mut controls = Vec::new();
    for (index, control) in started.profile.controls.into_iter().enumerate() {
        let observations = control.observations.iter().zip(observed.by_ref());
        let observations =
            observations.map(|(observation, (observed, at))| judged(observation, &observed, at));
        controls.push(of_control(&control, index, observations.collect::<Result<_, _>>()?));
    }
    Ok(Report {
        execution_id: ExecutionId::random(),
        quoin_version: started.quoin_version,
        profile_name: started.profile.name,
        profile_version: started.profile.version,
        start_time: at,
        end_time: Moment::now(),
        duration: Duration::from_micros(usage.microseconds),
        summary: Summary::of(&controls),
        controls,
    })
}

fn of_control(control: &Control, index: usize, observations: Vec<ObservationReport>) -> ControlReport {
    let status = ControlStatus::of(observations.iter().map(|observation| observation.status));
    ControlReport {
        id: control.id.clone(),
        name: control.name.clone(),
        description: control.description.clone(),
        severity: control.severity.as_deref().and_then(Severity::from_word),
        owner: control.owner.clone(),
        tags: control.tags.clone(),
        status,
        message: ControlReport::message(status, None, &observations),
        skip_reason: None,
        duration: observations.iter().map(|observation| observation.duration).sum(),
        index,
        observations,
    }
}

fn judged(observation: &Observation, observed: &Observed, at: Moment) -> Result<ObservationReport, String> {
    let plugin = &observation.plugin;
    let config = serde_json::from_str(&observation.config)
        .map_err(|error| format!("the plan's configuration of plugin {plugin}: {error}"))?;
    let expect = observation.expect.iter().map(|text| Expectation::parse(text));
    let expect: Vec<_> = expect
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the plan's expectation of plugin {plugin}: {error}"))?;
    let unreadable = |error: serde_json::Error| {
        ErrorDetail::new(
            ErrorType::Validation,
            "EFRAME",
            format!("what the board saw cannot be read: {error}"),
        )
    };
    let outcome = match &observed.outcome {
        Ok(json) => match serde_json::from_str::<Evidence>(json) {
            Ok(evidence) => judge(Evidence { timestamp: at.to_string(), ..evidence }, &expect),
            Err(error) => Outcome::error(unreadable(error)),
        },
        Err(json) => Outcome::error(serde_json::from_str(json).unwrap_or_else(unreadable)),
    };
    Ok(ObservationReport {
        plugin: plugin.clone(),
        config,
        status: outcome.status,
        evidence: outcome.evidence,
        error: outcome.error,
        expectations: outcome.expectations,
        duration: Duration::from_micros(observed.microseconds),
        attempts: 1,
    })
}

/// What it took of the board, in a line.
pub fn usage(usage: &Usage) -> String {
    let Usage { flash, statics, heap, heap_size, stack, stack_size, .. } = usage;
    format!(
        "{flash} bytes of flash, {statics} static, at most {heap} of {heap_size} of heap and {stack} of {stack_size} of stack"
    )
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::stream::read;
    use quoin::report::ObservationStatus::{Error, Fail, Pass};
    use quoin_frames::{Message, Profile, Started, encode};

    /// A report begins: a control with an observation for each list of expectations.
    pub fn started(expect: &[&[&str]]) -> Message {
        let observation = |expect: &[&str]| Observation {
            plugin: "tcp".into(),
            config: r#"{"host":"192.0.2.1","port":22}"#.into(),
            capabilities: Vec::new(),
            expect: expect.iter().map(|text| (*text).to_owned()).collect(),
        };
        let control = |(number, expect): (usize, &&[&str])| Control {
            id: format!("c{number}"),
            name: "Door".into(),
            description: None,
            severity: Some("high".into()),
            owner: None,
            tags: Vec::new(),
            timeout_ms: 1_000,
            observations: vec![observation(expect)],
        };
        let controls = expect.iter().enumerate().map(control).collect();
        Message::Started(Started {
            board: "bench".into(),
            quoin_version: "0.1.0".into(),
            addresses: "192.0.2.5/24".into(),
            profile: Profile { name: "Doors".into(), version: "1.0.0".into(), controls },
        })
    }

    /// An observation with this evidence.
    pub fn observed(evidence: &str) -> Message {
        outcome(Ok(evidence.into()))
    }

    fn outcome(outcome: Result<String, String>) -> Message {
        Message::Observed(Observed { outcome, microseconds: 2_000, fuel: 1, memory: 1 })
    }

    /// The evidence of a port.
    pub fn evidence(status: bool) -> String {
        format!(r#"{{"status":{status},"data":{{"connected":{status}}},"timestamp":"1970-01-01T00:00:07Z"}}"#)
    }

    /// A report ends.
    pub fn finished() -> Message {
        Message::Finished(Usage {
            microseconds: 4_000,
            flash: 1,
            statics: 2,
            heap: 3,
            heap_size: 4,
            stack: 5,
            stack_size: 6,
        })
    }

    fn report(messages: &[Message]) -> Result<Report, String> {
        let bytes: Vec<u8> = messages.iter().flat_map(|message| encode(message).unwrap()).collect();
        of(read(&mut &bytes[..], &|_| {}).map_err(|error| error.to_string())?)
    }

    #[test]
    fn it_is_judged_as_if_it_had_been_seen_here() {
        let refused =
            ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", "network:outbound:a:1 is missing");
        let refused = serde_json::to_string(&refused).unwrap();
        let expect: &[&[&str]] = &[&[], &[], &["!data.connected"], &[], &[]];
        let messages = [
            started(expect),
            observed(&evidence(true)),
            observed(&evidence(false)),
            observed(&evidence(false)),
            outcome(Err(refused)),
            observed("{"),
            finished(),
        ];
        let report = report(&messages).unwrap();
        let statuses: Vec<_> = report.controls.iter().map(|control| control.observations[0].status).collect();
        assert_eq!(statuses, [Pass, Fail, Pass, Error, Error]);
        assert_eq!(report.summary.failed_controls, 1);
        assert_eq!(report.controls[3].message, "tcp: network:outbound:a:1 is missing");
        assert!(report.controls[4].message.contains("cannot be read"), "{}", report.controls[4].message);
        assert_eq!(report.controls[0].severity, Some(Severity::High));
        assert_eq!(report.duration, Duration::from_millis(4));
        let seen = report.controls[0].observations[0].evidence.as_ref().unwrap();
        assert_eq!(seen.data["connected"], true);
        assert!(!seen.timestamp.starts_with("1970"), "a board has no calendar");
    }

    #[test]
    fn a_plan_that_is_none_is_an_error() {
        let messages = [started(&[&["data."]]), observed(&evidence(true)), finished()];
        assert!(report(&messages).unwrap_err().contains("the plan's expectation of plugin tcp: "));
    }
}

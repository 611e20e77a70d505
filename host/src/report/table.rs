//! The report for people: one line for each control, and below it what is wrong where something is.

use super::escape::line;
use super::{
    ControlReport, ControlStatus, EvidenceReport, ExpectationReport, ObservationReport, ObservationStatus,
    Report, SkipReason, Style, Summary, error_text,
};
use serde_json::Value;
use std::io::{self, Write};
use std::time::Duration;

/// Where the details of a control begin: below its id.
const INDENT: usize = 7;
/// Ids longer than this do not push the names of all the others to the right.
const ID_WIDTH: usize = 28;
/// Characters of one text; the whole of it is in the JSON report.
const TEXT_LIMIT: usize = 1_000;
/// The configuration keys that say what an observation looks at. Others may well hold a password.
const SUBJECT: [&str; 6] = ["path", "url", "host", "port", "hostname", "command"];

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Controls that failed or erred, and nothing at all where none did.
    Quiet,
    /// Every control that this run was about, and what is wrong with those that did not pass.
    Normal,
    /// Every control of the profile with all that was expected and seen.
    Verbose,
}

/// Writes a report for people.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// With or without colours.
    pub style: Style,
    /// Columns of a line. Texts are wrapped at their spaces; what has none may be longer.
    pub width: usize,
    /// How much is shown.
    pub detail: Detail,
}

impl Table {
    /// Writes `report`. Whatever came from outside is escaped.
    ///
    /// # Errors
    ///
    /// What writing answers.
    pub fn write(&self, report: &Report, to: &mut dyn Write) -> io::Result<()> {
        let shown: Vec<_> = report.controls.iter().filter(|control| self.shows(control)).collect();
        if self.detail > Detail::Quiet {
            let title = format!("{} {}", report.profile_name, report.profile_version);
            writeln!(to, "{}\n", self.style.strong(line(&title, TEXT_LIMIT).trim_end()))?;
        }
        let ids = shown.iter().map(|control| control.id.chars().count());
        let id_width = ids.filter(|width| *width <= ID_WIDTH).max().unwrap_or(0);
        for control in &shown {
            self.control(control, id_width, to)?;
        }
        if self.detail > Detail::Quiet {
            if !shown.is_empty() {
                writeln!(to)?;
            }
            let text = self.wrapped("", 0, &summary_line(&report.summary, report.duration), 2);
            writeln!(to, "{}", self.style.strong(&text))?;
        }
        to.flush()
    }

    fn shows(&self, control: &ControlReport) -> bool {
        match self.detail {
            Detail::Quiet => matches!(control.status, ControlStatus::Fail | ControlStatus::Error),
            Detail::Normal => control.skip_reason != Some(SkipReason::FilteredOut),
            Detail::Verbose => true,
        }
    }

    fn control(&self, control: &ControlReport, id_width: usize, to: &mut dyn Write) -> io::Result<()> {
        let word = match control.status {
            ControlStatus::Pass => "PASS",
            ControlStatus::Fail => "FAIL",
            ControlStatus::Error => "ERROR",
            ControlStatus::Skipped => "SKIP",
        };
        let id = line(&control.id, TEXT_LIMIT);
        // A control without a name has its id for one.
        let name = if control.name == control.id { "" } else { &control.name };
        let mut name = line(name, TEXT_LIMIT);
        if let (Some(severity), true) = (control.severity, control.status != ControlStatus::Pass) {
            name.push_str(&format!(" [{}]", severity.as_str()));
        }
        if self.detail == Detail::Verbose {
            name.push_str(&format!(" ({})", Short(control.duration)));
        }
        let padding = " ".repeat(INDENT - word.len());
        let head = format!("{}{padding}{id:id_width$}  ", self.style.status(control.status, word));
        let at = INDENT + id.chars().count().max(id_width) + 2;
        // Beside a very long id or on a very narrow terminal there is no room: the name goes below.
        let hang = if at + 16 <= self.width.max(48) { at } else { INDENT + 2 };
        writeln!(to, "{}", self.wrapped(&head, at, &name, hang).trim_end())?;

        if let (Detail::Verbose, Some(description)) = (self.detail, &control.description) {
            self.text(INDENT, description, to)?;
        }
        if let Some(reason) = &control.skip_reason {
            self.text(INDENT, &reason.to_string(), to)?;
        }
        for observation in &control.observations {
            if self.detail == Detail::Verbose || observation.status != ObservationStatus::Pass {
                self.observation(observation, to)?;
            }
        }
        Ok(())
    }

    fn observation(&self, observation: &ObservationReport, to: &mut dyn Write) -> io::Result<()> {
        let mut head = observation.plugin.clone();
        for value in SUBJECT.iter().filter_map(|key| observation.config.get(*key)) {
            head.push(' ');
            head.push_str(&shown(value));
        }
        if observation.attempts > 1 {
            head.push_str(&format!(" ({} attempts)", observation.attempts));
        }
        self.text(INDENT, &head, to)?;

        let unexpected = observation.expectations.iter().any(|expectation| !expectation.passed);
        let evidence = observation.evidence.as_ref();
        let error =
            observation.error.as_ref().or_else(|| evidence.and_then(|evidence| evidence.error.as_ref()));
        if let Some(error) = error {
            self.labelled("error: ", &error_text(error), to)?;
        } else if observation.status == ObservationStatus::Fail && !unexpected {
            let verdict = evidence.map_or(EvidenceReport::OWN_VERDICT, EvidenceReport::verdict);
            self.labelled("failed: ", verdict, to)?;
        }
        // Of evidence that carries an error, nothing can be expected.
        let own = evidence.is_some_and(|evidence| evidence.error.is_some());
        let hopeless = own && observation.status == ObservationStatus::Error;
        for expectation in observation.expectations.iter().filter(|_| !hopeless) {
            match expectation.passed {
                true if self.detail < Detail::Verbose => {}
                true => self.labelled("true: ", &expectation.expression, to)?,
                // One that could not be evaluated is the error already.
                false if error.is_some_and(|error| error.message == expectation.message) => {}
                false => self.expectation(expectation, to)?,
            }
        }
        if let (Some(evidence), Detail::Verbose) = (evidence, self.detail) {
            let room = self.width.saturating_sub(INDENT + 2).max(40);
            for (key, value) in &evidence.data {
                let text = line(&format!("data.{key} = {value}"), room);
                writeln!(to, "{:1$}{2}", "", INDENT + 2, self.style.faint(&text))?;
            }
        }
        Ok(())
    }

    /// An expectation that is not true. Most messages repeat it, with the values that were seen.
    fn expectation(&self, expectation: &ExpectationReport, to: &mut dyn Write) -> io::Result<()> {
        let mut lines = expectation.message.split('\n').filter(|line| !line.is_empty());
        if expectation.message.contains(&expectation.expression) {
            self.labelled("", lines.next().unwrap_or_default(), to)?;
        } else {
            self.labelled("not true: ", &expectation.expression, to)?;
        }
        lines.try_for_each(|line| self.text(INDENT + 4, line, to))
    }

    /// A text below an observation, with a word in front that stands out by its colour.
    fn labelled(&self, label: &str, text: &str, to: &mut dyn Write) -> io::Result<()> {
        let head = format!("{:1$}{2}", "", INDENT + 2, self.style.faint(label));
        let at = INDENT + 2 + label.len();
        writeln!(to, "{}", self.wrapped(&head, at, &line(text, TEXT_LIMIT), INDENT + 4))
    }

    fn text(&self, indent: usize, text: &str, to: &mut dyn Write) -> io::Result<()> {
        let head = " ".repeat(indent);
        writeln!(to, "{}", self.wrapped(&head, indent, &line(text, TEXT_LIMIT), indent + 2))
    }

    /// `head`, which takes `at` columns, and then `text`, wrapped at its spaces; every further line starts with `hang`
    /// spaces.
    fn wrapped(&self, head: &str, mut at: usize, text: &str, hang: usize) -> String {
        let mut out = head.to_owned();
        // A line that holds nothing but its indentation takes a word of any length.
        let mut empty = at <= hang;
        for word in text.split_inclusive(' ') {
            let width = word.trim_end_matches(' ').chars().count();
            if !empty && at + width > self.width {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                out.push_str(&" ".repeat(hang));
                at = hang;
            }
            out.push_str(word);
            at += word.chars().count();
            empty = false;
        }
        out
    }
}

/// The counts of a run in one line: `8 controls: 6 passed, 1 failed, 1 skipped (12 ms)`.
#[must_use]
pub fn summary_line(summary: &Summary, duration: Duration) -> String {
    let total = summary.total_controls;
    let mut text = format!("{total} control{}: ", if total == 1 { "" } else { "s" });
    text.push_str(&format!("{} passed", summary.passed_controls));
    for (count, word) in [
        (summary.failed_controls, "failed"),
        (summary.error_controls, "in error"),
        (summary.skipped_controls, "skipped"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    text.push_str(&format!(" ({})", Short(duration)));
    text
}

/// A configuration value in few words: text as it is, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// A duration with no more digits than anyone reads.
struct Short(Duration);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.as_millis() {
            milliseconds @ 0..10_000 => write!(f, "{milliseconds} ms"),
            milliseconds => write!(f, "{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        }
    }
}

//! The line that shows how far a run has come, where someone watches.

use crate::report::{is_dumb, line, terminal_width};
use crate::run::Progress;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// A run that is over sooner needs no line; it would only flicker.
const PATIENCE: Duration = Duration::from_millis(300);

/// A line on standard error that is written over and over.
#[derive(Debug)]
pub(super) struct ProgressLine {
    started: Option<Instant>,
    shown: bool,
}

impl ProgressLine {
    /// A line if it is `wanted` and standard error is a terminal that can rewrite one.
    pub(super) fn new(wanted: bool) -> Self {
        let started = (wanted && io::stderr().is_terminal() && !is_dumb()).then(Instant::now);
        Self { started, shown: false }
    }

    /// Shows it.
    pub(super) fn show(&mut self, progress: &Progress<'_>) {
        if self.started.is_some_and(|started| started.elapsed() >= PATIENCE) {
            self.shown = true;
            let text = text(progress, terminal_width(io::stderr()));
            // Nobody misses a line that could not be shown.
            let _ = write!(io::stderr(), "\r{text}\u{1b}[K");
        }
    }

    /// Takes it away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

/// The line, one column short of the terminal's width, which a full line would scroll.
fn text(progress: &Progress<'_>, width: usize) -> String {
    let mut text = format!("{} of {} controls", progress.done, progress.total);
    if let Some(current) = progress.current {
        text.push_str(": ");
        text.push_str(current);
    }
    line(&text, width - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_and_names_what_is_being_looked_at() {
        let progress = Progress { done: 3, total: 12, current: Some("sshd-no-passwords") };
        assert_eq!(text(&progress, 80), "3 of 12 controls: sshd-no-passwords");
        assert_eq!(text(&progress, 20).chars().count(), 19);
        assert_eq!(text(&Progress { current: None, ..progress }, 80), "3 of 12 controls");
    }

    #[test]
    fn nothing_is_shown_unless_it_is_wanted() {
        let mut unwanted = ProgressLine::new(false);
        unwanted.show(&Progress { done: 0, total: 1, current: None });
        assert!(!unwanted.shown);
    }
}

//! Colours and widths: what the terminal can show, if there is one.

use super::ControlStatus;
use std::io::IsTerminal;
use std::os::fd::AsFd;

/// Whether colours are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With the colours of ECMA-48.
    Colour,
}

impl Style {
    /// Colours where `stream` is a terminal that shows them, never with `NO_COLOR` set to something
    /// (<https://no-color.org>) or `TERM=dumb`.
    #[must_use]
    pub fn of(stream: &impl IsTerminal) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if stream.is_terminal() && !no_colour && !is_dumb() { Self::Colour } else { Self::Plain }
    }

    /// `text` in the colour of `status`.
    pub(super) fn status(self, status: ControlStatus, text: &str) -> String {
        self.paint(
            match status {
                ControlStatus::Pass => "32",
                ControlStatus::Fail => "1;31",
                ControlStatus::Error => "1;35",
                ControlStatus::Skipped => "33",
            },
            text,
        )
    }

    /// `text`, standing out.
    pub(super) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// `text`, standing back.
    pub(super) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// Whether the terminal says that it can only print.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The columns of the terminal that `stream` is; 80 where it is none, as in logs.
#[must_use]
pub fn terminal_width(stream: impl AsFd) -> usize {
    match rustix::termios::tcgetwinsize(stream) {
        Ok(size) if size.ws_col >= 20 => usize::from(size.ws_col),
        _ => 80,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_wraps_and_plain_leaves_alone() {
        assert_eq!(Style::Plain.status(ControlStatus::Fail, "FAIL"), "FAIL");
        assert_eq!(Style::Colour.status(ControlStatus::Fail, "FAIL"), "\u{1b}[1;31mFAIL\u{1b}[0m");
    }

    #[test]
    fn what_is_no_terminal_is_plain_and_80_wide() -> std::io::Result<()> {
        let file = tempfile::tempfile()?;
        assert_eq!(Style::of(&file), Style::Plain);
        assert_eq!(terminal_width(&file), 80);
        Ok(())
    }
}

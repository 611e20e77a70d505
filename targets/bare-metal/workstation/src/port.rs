//! Where frames come from: a serial port, a file, standard input.

use rustix::termios::{self, OptionalActions};
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

/// What boards send at, eight bits a byte, no parity, one stop bit.
const BAUD: u32 = 115_200;

/// Opens what `path` names. A terminal is set to hand over bytes as they come.
///
/// # Errors
///
/// What cannot be opened, and why.
pub fn open(path: &Path) -> Result<Box<dyn Read>, String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(failed)?;
    if file.is_terminal() {
        let set = || {
            let mut settings = termios::tcgetattr(&file)?;
            settings.make_raw();
            settings.set_speed(BAUD)?;
            termios::tcsetattr(&file, OptionalActions::Flush, &settings)
        };
        set().map_err(|error| failed(error.into()))?;
    }
    Ok(Box::new(file))
}

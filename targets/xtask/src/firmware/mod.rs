//! `cargo xtask firmware`: Quoin for a board without Linux, from `targets/bare-metal/`, and the proof that it works.

mod build;
mod prove;
mod servers;

use std::fs;
use std::path::Path;

/// Where all of it goes, below `target/`.
const FOLDER: &str = "target/firmware";

/// Builds the firmware, and with `prove` runs it on an emulated board.
///
/// # Errors
///
/// What is missing, or went wrong.
pub(crate) fn run(repository: &Path, prove: bool) -> Result<String, String> {
    let folder = repository.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let firmware = build::firmware(repository, &folder)?;
    let built = format!("{}: built", firmware.display());
    if !prove {
        return Ok(built);
    }
    let tool = build::tool(repository)?;
    println!("{built}");
    prove::run(repository, &folder, &firmware, &tool)
}

//! Profiles for tests.

use crate::profile::{Limits, Profile, no_files, parse};
use std::path::Path;

/// A profile with these controls, each a line of YAML.
pub(crate) fn profile(controls: &str) -> Profile {
    let mut text = String::from("profile: {name: test, version: 1.0.0}\ncontrols:\n  items:\n");
    for line in controls.lines() {
        text.push_str(&format!("    {}\n", line.trim_start()));
    }
    match parse(text.as_bytes(), Path::new("test.yaml"), &["file"], &Limits::default(), &no_files) {
        Ok(profile) => profile,
        Err(diagnostics) => panic!("{diagnostics}"),
    }
}

//! Profile text: it becomes a profile that keeps its promises, or a list of what is wrong with it, each at a place
//! that exists.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin::profile::{self, Diagnostics, Limits, Profile};
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

fuzz_target!(|text: &[u8]| {
    let limits = Limits { file_bytes: 64 << 10, nodes: 5_000, repeated_bytes: 64 << 10, ..Limits::default() };
    let parse = || profile::parse(text, Path::new("fuzz.yaml"), &["file"], &limits, &profile::no_files);
    match parse() {
        Ok(profile) => keeps_its_promises(&profile),
        Err(found) => {
            says_where(&found, text);
            assert_eq!(Some(found), parse().err());
        }
    }
});

fn keeps_its_promises(profile: &Profile) {
    assert!(!profile.name.is_empty());
    let mut ids = HashSet::new();
    for control in &profile.controls {
        assert!(ids.insert(&control.id), "{} is there twice", control.id);
        assert!(!control.observations.is_empty() && control.timeout > Duration::ZERO);
        assert!(control.depends_on.iter().all(|index| *index < profile.controls.len()));
        for observation in &control.observations {
            assert!(profile.plugin(&observation.plugin).is_some());
            let _ = observation.config_location("/path/0");
        }
    }
    // Whoever depends on no one that is left can go; in the end everybody has gone.
    let mut left: Vec<usize> = (0..profile.controls.len()).collect();
    while !left.is_empty() {
        let waiting = |index: &usize| profile.controls[*index].depends_on.iter().any(|on| left.contains(on));
        let next: Vec<usize> = left.iter().copied().filter(waiting).collect();
        assert!(next.len() < left.len(), "controls depend on each other in a circle");
        left = next;
    }
}

fn says_where(found: &Diagnostics, text: &[u8]) {
    assert!(found.count() > 0);
    let lines = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    for diagnostic in found.iter() {
        assert!(!diagnostic.message.is_empty());
        assert!(diagnostic.line <= lines, "line {} of {lines}: {}", diagnostic.line, diagnostic.message);
        assert_eq!(diagnostic.line == 0, diagnostic.column == 0, "{diagnostic:?}");
    }
    let shown = found.to_string();
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
}

//! Which panics count.

use std::panic;

/// Makes panics inside crates that we fence (`catch_unwind`) mere unwinding again, without a word. libFuzzer's own
/// hook aborts at every panic, before anyone can catch it. One that nobody catches still ends the target, because
/// libfuzzer-sys aborts when it arrives there.
///
/// `fenced` are parts of the paths of those crates' sources.
pub fn only_ours(fenced: &'static [&'static str]) {
    let aborting = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_fenced = info.location().is_some_and(|at| fenced.iter().any(|part| at.file().contains(part)));
        if !is_fenced {
            aborting(info);
        }
    }));
}

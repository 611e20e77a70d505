//! The text of `--net`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_net::Code;
use quoin_net::link::Options;

fuzz_target!(|text: &str| {
    match text.parse::<Options>() {
        Ok(options) => {
            let printed = options.to_string();
            assert_eq!(printed.parse(), Ok(options), "read again, {printed} is something else");
        }
        Err(error) => {
            assert_eq!(error.code(), Code::Invalid);
            assert!(!error.message().is_empty() && !error.message().contains(char::is_control), "{error}");
        }
    }
});

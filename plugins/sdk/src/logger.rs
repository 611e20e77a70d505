//! Where the lines of the crate `log` go.

use log::{LevelFilter, Log, Metadata, Record};

struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        write(record);
    }

    fn flush(&self) {}
}

/// From here on, what is logged goes to the host, which decides what is shown.
pub(crate) fn install() {
    // The second time there is a logger already, which is this one; natively a test may have one of its own.
    if log::set_logger(&Logger).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
}

#[cfg(target_family = "wasm")]
fn write(record: &Record<'_>) {
    crate::wasm::log(record.level(), &alloc::format!("{}", record.args()));
}

#[cfg(not(target_family = "wasm"))]
fn write(record: &Record<'_>) {
    crate::fake::log(record.level(), alloc::format!("{}", record.args()));
}

//! What becomes of a defect, in Quoin or in a library: an error of the one observation that met it.
//!
//! The release build aborts at a panic instead of unwinding, so the panic hook is where that is decided. A fenced thread
//! never comes back from there: it says what happened and sleeps until the process ends, as one would that is stuck in
//! the system. Whoever gets to know goes on without it.

use std::cell::Cell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;
use std::thread;

type Tell = Box<dyn FnOnce(String)>;

thread_local! {
    /// Whom to tell, while this thread is fenced.
    static FENCE: Cell<Option<Tell>> = const { Cell::new(None) };
}

/// Does `work`. If it panics, `tell` gets to know why, on the same thread, which ends its days there.
pub(super) fn fenced<T>(tell: impl FnOnce(String) + 'static, work: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |panic| match FENCE.take() {
            Some(tell) => {
                tell(defect(panic));
                // Tests are built to unwind, which ends the thread too.
                while cfg!(panic = "abort") {
                    thread::park();
                }
            }
            None => others(panic),
        }));
    });
    FENCE.set(Some(Box::new(tell)));
    let done = work();
    FENCE.set(None);
    done
}

/// What a panic is called where people read it.
pub(crate) fn defect(panic: &PanicHookInfo<'_>) -> String {
    let what = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    format!("a defect in Quoin, please report it: {what}{}", place.unwrap_or_default())
}

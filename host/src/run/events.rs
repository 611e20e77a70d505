//! What the coordinator of a run waits for, and the signals among it.

use crate::report::Signal;
use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// Something that the coordinator has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The workers have nothing left to do.
    Idle,
    /// There is one worker less, since it met a defect.
    Lost,
    /// The run is to end early.
    Signal(Signal),
}

/// Where events arrive.
#[derive(Debug)]
pub struct Events {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
}

impl Default for Events {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }
}

impl Events {
    /// Somewhere to send events from.
    #[must_use]
    pub fn sender(&self) -> Sender<Event> {
        self.sender.clone()
    }

    /// The next event, if there is one within `wait`.
    pub(crate) fn next(&self, wait: Duration) -> Option<Event> {
        // Never disconnected: `self.sender` is one of its senders.
        self.receiver.recv_timeout(wait).ok()
    }

    /// From now on SIGINT and SIGTERM are events. A second signal ends the process at once, with the status that a
    /// shell would report.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn watch_signals(&self) -> io::Result<()> {
        let (mut reader, writer) = UnixStream::pair()?;
        let seen = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        for signal in [Signal::Interrupt, Signal::Terminate] {
            // The handlers of a signal run in this order: the first time, `again` is not set yet.
            let (number, status) = (signal.number(), i32::from(signal.exit_status()));
            signal_hook::flag::register_conditional_shutdown(number, status, Arc::clone(&again))?;
            signal_hook::flag::register(number, Arc::clone(&again))?;
            signal_hook::flag::register_usize(number, Arc::clone(&seen), usize::from(signal.exit_status()))?;
            signal_hook::low_level::pipe::register(number, writer.try_clone()?)?;
        }
        let events = self.sender();
        // It waits for a signal as long as the process lives.
        thread::Builder::new().name("signals".into()).stack_size(64 << 10).spawn(move || {
            if reader.read_exact(&mut [0]).is_ok() {
                let signal = match seen.load(Ordering::SeqCst) {
                    143 => Signal::Terminate,
                    _ => Signal::Interrupt,
                };
                // Without a coordinator there is nothing to end early.
                let _ = events.send(Event::Signal(signal));
            }
        })?;
        Ok(())
    }
}

//! The threads of a run: workers that make observations, and the coordinator that waits for them.

use super::board::{Board, Next, Task};
use super::events::{Event, Events};
use super::fence::fenced;
use super::outcome::{Observer, Outcome};
use super::{Finished, Plan, Progress};
use crate::profile::Profile;
use crate::report::SkipReason;
use quoin_abi::error::{ErrorDetail, ErrorType};
use std::io;
use std::num::NonZeroUsize;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The stack of a worker. The interpreter keeps the guest's stack elsewhere; this is for parsers of nested text.
const STACK: usize = 1 << 20;
/// How often the coordinator looks whether an observation is stuck, and shows progress.
const TICK: Duration = Duration::from_millis(100);

/// What the threads share.
struct Shared {
    profile: Arc<Profile>,
    observer: Arc<dyn Observer>,
    board: Mutex<Board>,
    changed: Condvar,
    events: Sender<Event>,
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends an observation that met a defect, which has cost us its worker.
    fn lose(&self, task: Task, defect: String) {
        let outcome = Outcome::error(ErrorDetail::new(ErrorType::Internal, "EPANIC", defect));
        self.board().finish(task, outcome, Instant::now());
        self.changed.notify_all();
        // Without a coordinator, nobody needs another worker.
        let _ = self.events.send(Event::Lost);
    }
}

/// Runs the selected controls of a profile and answers the reports of all of them, in the profile's order.
///
/// The workers are not joined: one that is stuck in the system (a dead network mount, say) would hold up the report.
/// It is abandoned, and ends with the process.
///
/// # Errors
///
/// When not even one thread could be started.
pub fn run(
    plan: &Plan,
    observer: Arc<dyn Observer>,
    events: &Events,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> io::Result<Finished> {
    let skipped = plan.profile.controls.iter().enumerate().map(|(index, control)| {
        match plan.selected.get(index).is_some_and(|selected| *selected) {
            true => observer.unsuited(control).map(SkipReason::Unsuited),
            false => Some(SkipReason::FilteredOut),
        }
    });
    let board = Board::new(Arc::clone(&plan.profile), skipped.collect(), plan.timeout, Instant::now());
    let shared = Arc::new(Shared {
        profile: Arc::clone(&plan.profile),
        observer,
        board: Mutex::new(board),
        changed: Condvar::new(),
        events: events.sender(),
    });
    let work = plan.profile.controls.iter().map(|control| control.observations.len()).sum::<usize>();
    start_workers(&shared, plan.jobs.get().min(work.max(1)))?;

    let mut lost = false;
    let signal = loop {
        match events.next(TICK) {
            Some(Event::Signal(signal)) => break Some(signal),
            Some(Event::Idle) => {}
            Some(Event::Lost) => {
                lost = true;
                start_workers(&shared, 1)?;
            }
            None => watch(&shared, plan.grace)?,
        }
        let board = shared.board();
        if board.closed() {
            break None;
        }
        let (done, current) = board.progress();
        let current = current.map(str::to_owned);
        // A terminal that is held (Ctrl-S) shall not hold the workers.
        drop(board);
        progress(&Progress { done, total: plan.profile.controls.len(), current: current.as_deref() });
    };
    if let Some(signal) = signal {
        shared.board().interrupt(signal);
        shared.changed.notify_all();
        shared.observer.interrupt();
        let end = Instant::now() + plan.farewell;
        while !shared.board().idle() && Instant::now() < end {
            events.next(end.saturating_duration_since(Instant::now()));
        }
    } else if lost {
        // Their commands have nobody else who would end them.
        shared.observer.interrupt();
    }
    let controls = shared.board().take_reports();
    Ok(Finished { controls, signal })
}

/// Gives up what is stuck, with a new worker in place of each that is lost, and lets the others see that time has passed.
fn watch(shared: &Arc<Shared>, grace: Duration) -> io::Result<()> {
    let lost = shared.board().expire(grace, Instant::now());
    if lost > 0 {
        shared.changed.notify_all();
        start_workers(shared, lost)?;
    }
    Ok(())
}

/// Starts `count` workers, or as many as the system lets us.
fn start_workers(shared: &Arc<Shared>, count: usize) -> io::Result<()> {
    for started in 0..count {
        let mine = Arc::clone(shared);
        let thread = thread::Builder::new().name("check".into()).stack_size(STACK);
        match thread.spawn(move || work(&mine)) {
            Ok(_) => {}
            Err(error) if started == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(())
}

/// Makes one observation after the other until there are none left.
fn work(shared: &Arc<Shared>) {
    let mut board = shared.board();
    loop {
        let now = Instant::now();
        match board.next(now) {
            Next::Run(task, deadline) => {
                drop(board);
                let control = &shared.profile.controls[task.control];
                let observation = &control.observations[task.observation];
                let who_to_tell = Arc::clone(shared);
                let outcome = fenced(
                    move |defect| who_to_tell.lose(task, defect),
                    || shared.observer.observe(control, observation, deadline),
                );
                board = shared.board();
                board.finish(task, outcome, Instant::now());
                shared.changed.notify_all();
            }
            Next::WaitUntil(due) => {
                let wait = due.saturating_duration_since(now);
                board = shared.changed.wait_timeout(board, wait).unwrap_or_else(PoisonError::into_inner).0;
            }
            Next::Wait => board = shared.changed.wait(board).unwrap_or_else(PoisonError::into_inner),
            Next::Done => break,
        }
    }
    let idle = board.idle();
    drop(board);
    shared.changed.notify_all();
    if idle {
        // The coordinator has gone when this worker was given up; nobody needs to know then.
        let _ = shared.events.send(Event::Idle);
    }
}

/// Threads where the command line says nothing: as many as there are processors, but at least 4, since most
/// observations wait for something else.
#[must_use]
pub fn default_jobs() -> NonZeroUsize {
    const LEAST: NonZeroUsize = NonZeroUsize::new(4).expect("4 is not 0");
    thread::available_parallelism().map_or(LEAST, |cores| cores.max(LEAST))
}

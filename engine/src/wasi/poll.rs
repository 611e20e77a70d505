//! Waiting for several things: `poll_oneoff`.

use super::Errno;
use super::clock::Clock;
use super::descriptor::Object;
use super::memory::{Memory, behind};
use super::outcome::Outcome;
use super::rights::Rights;
use crate::guest::state::State;
use crate::system::{Interest, Kind, Readiness, Whence};
use alloc::vec::Vec;

/// The most things that can be waited for at once. A guest has far fewer descriptors.
const SUBSCRIPTIONS_MAX: u32 = 4096;

/// What a guest waits for.
#[derive(Debug, Clone, Copy)]
enum Wish {
    /// A moment on the monotonic clock.
    Until(u64),
    /// A descriptor that can be read, or written.
    Ready { fd: u32, write: bool },
    /// Something that cannot be waited for.
    Wrong(Errno),
}

#[derive(Debug, Clone, Copy)]
struct Subscription {
    userdata: u64,
    /// Type `eventtype` in the witx description.
    tag: u8,
    wish: Wish,
}

impl Subscription {
    /// Reads a `subscription`, 48 bytes.
    fn read(memory: &Memory<'_>, state: &State, at: u32) -> Result<Self, Errno> {
        let userdata = memory.u64(at)?;
        let tag = memory.u8(behind(at, 8)?)?;
        let wish = match tag {
            0 => {
                let timeout = memory.u64(behind(at, 24)?)?;
                let flags = memory.u16(behind(at, 40)?)?;
                until(state, memory.u32(behind(at, 16)?)?, timeout, flags)
            }
            1 | 2 => Wish::Ready { fd: memory.u32(behind(at, 16)?)?, write: tag == 2 },
            _ => return Err(Errno::Inval),
        };
        Ok(Self { userdata, tag, wish })
    }

    /// What has become of it by now, if anything.
    fn event(&self, now: u64, readiness: Option<Readiness>) -> Option<Event> {
        let (errno, ready) = match self.wish {
            Wish::Until(moment) => (Errno::Success, (moment <= now).then(Readiness::default)?),
            Wish::Ready { .. } => (Errno::Success, readiness.filter(|found| found.ready || found.hangup)?),
            Wish::Wrong(errno) => (errno, Readiness::default()),
        };
        Some(Event { userdata: self.userdata, errno, tag: self.tag, ready })
    }
}

/// A moment on the monotonic clock from a guest's timeout, by either clock, from now or from the clock's beginning.
fn until(state: &State, id: u32, timeout: u64, flags: u16) -> Wish {
    let system = state.host.system();
    match (Clock::from_id(id), flags) {
        (Err(errno), _) => Wish::Wrong(errno),
        (Ok(_), 0) => Wish::Until(system.monotonic().saturating_add(timeout)),
        (Ok(clock), 1) => {
            Wish::Until(system.monotonic().saturating_add(timeout.saturating_sub(clock.now(system))))
        }
        (Ok(_), _) => Wish::Wrong(Errno::Inval),
    }
}

struct Event {
    userdata: u64,
    errno: Errno,
    tag: u8,
    ready: Readiness,
}

impl Event {
    /// An `event`, 32 bytes.
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.userdata.to_le_bytes());
        bytes[8..10].copy_from_slice(&(self.errno as u16).to_le_bytes());
        bytes[10] = self.tag;
        bytes[16..24].copy_from_slice(&self.ready.bytes.to_le_bytes());
        bytes[24] = u8::from(self.ready.hangup);
        bytes
    }
}

/// Waits until something happens that the guest has subscribed to: a moment, or a descriptor that can be read or
/// written. Answers at least one event.
///
/// - `subscriptions`: what to wait for, `subscription`s of 48 bytes each;
/// - `events`: where `event`s go, 32 bytes each, with room for as many;
/// - `count`: how many subscriptions there are;
/// - `out`: where the number of events goes.
///
/// What is wrong with one subscription is said in its event: `Badf` for a descriptor that is not open or a
/// directory, `Notcapable` for one without the right to `POLL_FD_READWRITE` and to read or write, `Inval` for a
/// clock or a flag that does not exist.
///
/// # Errors
///
/// - `Inval`: there are none, or more than 4,096, or one is of an unknown type.
/// - `Fault`: an address is not in memory.
/// - `Io`, …: what the system says.
pub(super) fn poll_oneoff(
    memory: &mut Memory<'_>,
    state: &mut State,
    subscriptions: u32,
    events: u32,
    count: u32,
    out: u32,
) -> Outcome {
    if count == 0 || count > SUBSCRIPTIONS_MAX {
        return Err(Errno::Inval.into());
    }
    memory.check(subscriptions, count, 48)?;
    memory.check(events, count, 32)?;
    memory.check(out, 1, 4)?;
    let mut subscribed = Vec::new();
    for index in 0..count {
        let mut subscription = Subscription::read(memory, state, behind(subscriptions, index * 48)?)?;
        if let Wish::Ready { fd, write } = subscription.wish
            && let Err(errno) = check(state, fd, write)
        {
            subscription.wish = Wish::Wrong(errno);
        }
        subscribed.push(subscription);
    }
    let happened = wait(state, &subscribed)?;
    for (event, index) in happened.iter().zip(0..) {
        memory.put(behind(events, index * 32)?, &event.bytes())?;
    }
    let number = u32::try_from(happened.len()).map_err(|_| Errno::Overflow)?;
    Ok(memory.put_u32(out, number)?)
}

fn check(state: &State, fd: u32, write: bool) -> Result<(), Errno> {
    let right = if write { Rights::FD_WRITE } else { Rights::FD_READ };
    match state.wasi.descriptors.data(fd, right | Rights::POLL_FD_READWRITE) {
        Err(Errno::Isdir) => Err(Errno::Badf),
        checked => checked.map(|_| ()),
    }
}

fn wait(state: &State, subscribed: &[Subscription]) -> Outcome<Vec<Event>> {
    let system = state.host.system();
    loop {
        let now = system.monotonic();
        let (mut moment, mut interests) = (state.deadline.at(), Vec::new());
        // Where each subscription's interest is among them; what is ready already has none.
        let mut asked = Vec::new();
        for subscription in subscribed {
            asked.push(None);
            match subscription.wish {
                Wish::Until(until) => moment = moment.min(until),
                Wish::Wrong(_) => moment = now,
                Wish::Ready { fd, write } => match &state.wasi.descriptors.get(fd)?.object {
                    Object::File(open) => {
                        asked.pop();
                        asked.push(Some(interests.len()));
                        interests.push(Interest { file: &*open.file, write });
                    }
                    _ => moment = now,
                },
            }
        }
        let found = match system.wait(&interests, moment.saturating_sub(now)) {
            Err(Errno::Intr) => Vec::new(),
            waited => waited?,
        };
        let now = system.monotonic();
        let happened: Vec<Event> = subscribed
            .iter()
            .zip(asked)
            .filter_map(|(subscription, asked)| {
                let ready = Readiness { ready: true, ..Readiness::default() };
                let readiness = match (asked, subscription.wish) {
                    (None, _) => Some(ready),
                    (Some(index), Wish::Ready { fd, write: false }) => {
                        found.get(index).map(|found| with_rest(state, fd, *found))
                    }
                    (Some(index), _) => found.get(index).copied(),
                };
                subscription.event(now, readiness)
            })
            .collect();
        if !happened.is_empty() {
            return Ok(happened);
        }
        state.check_deadline()?;
    }
}

/// For a regular file, what can be read is what is left of it.
fn with_rest(state: &State, fd: u32, readiness: Readiness) -> Readiness {
    match state.wasi.descriptors.get(fd) {
        Ok(descriptor) if descriptor.kind == Kind::File && readiness.bytes == 0 => {
            let Object::File(open) = &descriptor.object else { return readiness };
            let position = open.file.seek(0, Whence::Cur).unwrap_or(0);
            let size = open.file.stat().map_or(0, |stat| stat.size);
            Readiness { bytes: size.saturating_sub(position), ..readiness }
        }
        _ => readiness,
    }
}

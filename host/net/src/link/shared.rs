//! [`SharedStack`]: one node, and many threads that wait on it.
//!
//! Of those who wait, one leads: it sleeps in `poll(2)` on the device. The others sleep on themselves, and whoever moves the node
//! along wakes those for whom something has come. A leader who has what he waited for wakes another one to lead.

use super::custody::Custody;
use super::drive::{Drive, PAUSE};
use super::node::{Config, Interest, Node};
use super::{tcp, udp};
use crate::{Cancel, Code, Deadline, Error, Instant, Stack, Stream, random};
use core::net::{IpAddr, SocketAddr};
use core::ops::ControlFlow;
use core::time::Duration;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use smoltcp::phy::Device;
use std::os::fd::{AsFd, OwnedFd};
use std::thread::{self, Thread};

/// A stack on a device with a descriptor, for any number of threads.
pub struct SharedStack<D: Device> {
    state: Custody<State<D>>,
    /// A descriptor of the device, to sleep on while others use it.
    device: OwnedFd,
    /// Wakes the leader.
    bell: OwnedFd,
    start: std::time::Instant,
    cancel: Cancel,
}

struct State<D: Device> {
    node: Node<D>,
    leader: Option<Leader>,
    followers: Vec<Follower>,
    tickets: u64,
}

struct Leader {
    interest: Interest,
    sleeps_until: Instant,
    rung: bool,
}

/// What one who waits does while he has not got the node.
#[derive(Clone, Copy)]
enum Role {
    /// Nothing: he looks again.
    Awake,
    /// There is more to take in, but others may have something to do first.
    Busy,
    /// He sleeps on the device, for so long.
    Leader(Duration),
    /// He sleeps until woken; this is his ticket.
    Follower(u64),
}

struct Follower {
    ticket: u64,
    interest: Interest,
    thread: Thread,
    woken: bool,
}

impl<D: Device> State<D> {
    /// What somebody does who has to wait. `idle` is whether he has looked in vain once before.
    fn role(&mut self, interest: Interest, deadline: Deadline, now: Instant, idle: &mut bool) -> Role {
        if self.leader.is_some() {
            let ticket = self.tickets;
            self.tickets += 1;
            self.followers.push(Follower { ticket, interest, thread: thread::current(), woken: false });
            return Role::Follower(ticket);
        }
        // The leader looks whether the run goes on, on behalf of all: if not he leaves, the next one leads, and so on.
        let latest = deadline.earlier(Deadline::after(now, Cancel::SLICE)).at();
        let sleeps_until = self.node.poll_at(now).map_or(latest, |at| at.min(latest));
        let mut time = sleeps_until.since(now);
        if core::mem::replace(idle, time.is_zero()) {
            time = time.max(PAUSE);
        }
        if time.is_zero() {
            return Role::Awake;
        }
        self.leader = Some(Leader { interest, sleeps_until, rung: false });
        Role::Leader(time)
    }

    /// He has the node again.
    fn resume(&mut self, role: Role) {
        match role {
            Role::Awake | Role::Busy => {}
            Role::Leader(_) => self.leader = None,
            Role::Follower(own) => self.followers.retain(|follower| follower.ticket != own),
        }
    }
}

/// Whoever has the node has it for as long as it takes to look at some frames: thousands of times less, even where the processor is
/// slow and has much else to do.
const PATIENCE: Duration = Duration::from_secs(2);

impl<D: Device + AsFd> SharedStack<D> {
    /// A node on `device`, which is ready when every address is there that it is to have. `device` must not block.
    ///
    /// # Errors
    ///
    /// [`Code::TimedOut`] with what is missing after `within`, [`Code::AddressNotAvailable`] where somebody else has the address,
    /// [`Code::Exhausted`] where there is no descriptor left, and those of [`Node::new`].
    pub fn over(device: D, config: &Config, within: Duration) -> Result<Self, Error> {
        let exhausted = |error| Error::new(Code::Exhausted, format!("no descriptor for the device: {error}"));
        let descriptor = device.as_fd().try_clone_to_owned().map_err(exhausted)?;
        let bell = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC);
        let bell = bell.map_err(|error| exhausted(error.into()))?;
        let mut seed = [0; 8];
        random::fill(&mut seed)?;
        let start = std::time::Instant::now();
        let node = Node::new(device, config, u64::from_ne_bytes(seed), Instant::from_nanos(0))?;
        let state = State { node, leader: None, followers: Vec::new(), tickets: 0 };
        let stack = Self {
            state: Custody::new(state, PATIENCE),
            device: descriptor,
            bell,
            start,
            cancel: Cancel::default(),
        };
        super::drive::open(&stack, Deadline::after(Drive::now(&stack), within))?;
        Ok(stack)
    }
}

impl<D: Device> SharedStack<D> {
    /// From now on, waits end when `cancel` is told to.
    #[must_use]
    pub fn with_cancel(self, cancel: Cancel) -> Self {
        Self { cancel, ..self }
    }

    /// What `look` sees of the node.
    ///
    /// # Errors
    ///
    /// [`Code::Other`] where the node is lost, because a thread met a defect in the middle of it.
    pub fn node<R>(&self, look: impl FnOnce(&Node<D>) -> R) -> Result<R, Error> {
        self.state.with(|state| look(&state.node))
    }

    /// Wakes those for whom something has come, and the leader if he would sleep too long.
    fn rouse(&self, state: &mut State<D>, now: Instant) {
        let State { node, leader, followers, .. } = state;
        for follower in followers.iter_mut().filter(|follower| !follower.woken) {
            if node.has(follower.interest, now) {
                follower.woken = true;
                follower.thread.unpark();
            }
        }
        if let Some(leader) = leader.as_mut().filter(|leader| !leader.rung)
            && (node.has(leader.interest, now)
                || node.poll_at(now).is_some_and(|at| at < leader.sleeps_until))
        {
            leader.rung = true;
            // It can only fail when it has been rung 2⁶⁴ times.
            let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
        }
    }

    /// Wakes somebody to lead, if nobody does.
    fn hand_over(state: &mut State<D>) {
        if state.leader.is_none()
            && state.followers.iter().all(|follower| !follower.woken)
            && let Some(follower) = state.followers.first_mut()
        {
            follower.woken = true;
            follower.thread.unpark();
        }
    }

    /// Sleeps until a packet comes, the bell rings, or for so long.
    fn sleep(&self, time: Duration) {
        let mut descriptors =
            [PollFd::new(&self.device, PollFlags::IN), PollFd::new(&self.bell, PollFlags::IN)];
        let time = Timespec::try_from(time).unwrap_or(Timespec { tv_sec: i64::from(i32::MAX), tv_nsec: 0 });
        // An interruption by a signal is as good as a packet: whoever sleeps looks again.
        let slept = poll(&mut descriptors, Some(&time));
        if slept.is_ok() && descriptors[1].revents().contains(PollFlags::IN) {
            let _ = rustix::io::read(&self.bell, &mut [0; 8]);
        }
        // A device that is gone is ready at once, forever. Nobody is to spin on it until his deadline.
        if descriptors[0].revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            thread::sleep(time_of(&time).min(Duration::from_millis(100)));
        }
    }
}

fn time_of(time: &Timespec) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

impl<D: Device> Drive for SharedStack<D> {
    type Device = D;

    fn now(&self) -> Instant {
        Instant::from_nanos(u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        random::fill(bytes)
    }

    fn with<R>(&self, act: impl FnOnce(&mut Node<D>, Instant) -> R) -> Result<R, Error> {
        self.cancel.check()?;
        self.state.with(|state| act(&mut state.node, Drive::now(self)))
    }

    fn release(&self, act: impl FnOnce(&mut Node<D>, Instant)) {
        // What a lost node still holds is lost with it.
        let _ = self.state.with(|state| {
            let now = Drive::now(self);
            act(&mut state.node, now);
            self.rouse(state, now);
        });
    }

    fn wait<R>(
        &self,
        interest: Interest,
        deadline: Deadline,
        mut done: impl FnMut(&mut Node<D>, Instant) -> Option<R>,
    ) -> Result<R, Error> {
        let (mut role, mut idle) = (Role::Awake, false);
        loop {
            let step = self.state.with(|state| {
                state.resume(role);
                let now = Drive::now(self);
                let more = state.node.poll(now);
                let answer = match self.cancel.check() {
                    Err(canceled) => Some(Err(canceled)),
                    Ok(()) => {
                        done(&mut state.node, now).map(Ok).or_else(|| deadline.left(now).err().map(Err))
                    }
                };
                self.rouse(state, now);
                match answer {
                    Some(answer) => {
                        Self::hand_over(state);
                        ControlFlow::Break(answer)
                    }
                    None if more => ControlFlow::Continue(Role::Busy),
                    None => ControlFlow::Continue(state.role(interest, deadline, now, &mut idle)),
                }
            })?;
            role = match step {
                ControlFlow::Break(answer) => return answer,
                ControlFlow::Continue(role) => role,
            };
            match role {
                Role::Awake => {}
                Role::Busy => thread::yield_now(),
                Role::Leader(time) => self.sleep(time),
                Role::Follower(_) => thread::park_timeout(deadline.at().since(Drive::now(self))),
            }
        }
    }
}

impl<D: Device> Stack for SharedStack<D> {
    fn now(&self) -> Instant {
        Drive::now(self)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        random::fill(bytes)
    }

    fn connect_by(
        &self,
        to: SocketAddr,
        connected: Deadline,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream + '_>, Error> {
        Ok(Box::new(tcp::connect(self, to, connected, deadline)?))
    }

    fn exchange(
        &self,
        to: SocketAddr,
        datagram: &[u8],
        deadline: Deadline,
        accept: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error> {
        udp::exchange(self, to, datagram, deadline, accept)
    }

    fn name_servers(&self) -> Vec<IpAddr> {
        self.state.with(|state| state.node.name_servers()).unwrap_or_default()
    }
}

//! [`Resolver`]: servers and tries, aliases, and the domains that a name is searched for in.

use super::Config;
use super::ask::ask;
use super::message::{MOST_ALIASES, Reply};
use super::name::{Name, Written};
use super::record::{Record, RecordType};
use crate::{Code, Deadline, Error, Stack};
use alloc::format;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

/// The least that one try gets while there is so much left: more than a radio link needs.
const LEAST_TRY: Duration = Duration::from_millis(500);

/// Asks a set of servers.
pub(super) struct Resolver<'a> {
    pub(super) stack: &'a dyn Stack,
    pub(super) config: &'a Config,
    pub(super) servers: &'a [SocketAddr],
    pub(super) deadline: Deadline,
}

impl Resolver<'_> {
    /// The records of a name, in the first of the domains that has it. As `res_nsearch` does, it goes on where a name does not exist,
    /// has no such record, or its servers fail, and says the most telling of these in the end.
    ///
    /// # Errors
    ///
    /// [`Code::NameNotFound`], [`Code::NoData`], and what goes wrong with the servers.
    pub(super) fn search(&self, name: &Written, record_type: RecordType) -> Result<Vec<Record>, Error> {
        let mut failure: Option<Error> = None;
        for candidate in name.candidates(self.config)? {
            let error = match self.records(candidate, record_type) {
                Ok(records) => return Ok(records),
                Err(error) => error,
            };
            let telling = |code| match code {
                Code::NameNotFound => Some(0),
                Code::ServerFailure | Code::ServerRefused => Some(1),
                Code::NoData => Some(2),
                _ => None,
            };
            let Some(weight) = telling(error.code()) else { return Err(error) };
            if failure.as_ref().is_none_or(|known| telling(known.code()) < Some(weight)) {
                failure = Some(error);
            }
        }
        Err(failure.unwrap_or_else(|| Code::NameNotFound.into()))
    }

    /// The records of a name, through its aliases.
    fn records(&self, asked: Name, record_type: RecordType) -> Result<Vec<Record>, Error> {
        let mut name = asked.clone();
        let mut left = MOST_ALIASES;
        loop {
            let fail = |code: Code, what: &str| Error::new(code, format!("{asked} {what}"));
            match self.ask_servers(&name, record_type)? {
                Reply::Records(records) => return Ok(records),
                Reply::Alias(next, aliases) => {
                    left = left.checked_sub(aliases).filter(|left| *left > 0).ok_or_else(|| {
                        fail(Code::Protocol, "has more than 16 aliases, one after the other")
                    })?;
                    name = next;
                }
                Reply::NoName if name == asked => return Err(fail(Code::NameNotFound, "does not exist")),
                Reply::NoName => {
                    return Err(fail(
                        Code::NameNotFound,
                        &format!("is an alias of {name} that does not exist"),
                    ));
                }
                Reply::NoData => return Err(fail(Code::NoData, &format!("has no {record_type} record"))),
                // `ask` answers neither of these two.
                Reply::Truncated | Reply::NoEdns => return Err(Code::Protocol.into()),
                Reply::Failed(error) => return Err(error),
            }
        }
    }

    /// What the first server says that has something to say. Each try gets its fair share of the time that is left, so that a dead
    /// server does not use up all of it.
    fn ask_servers(&self, name: &Name, record_type: RecordType) -> Result<Reply, Error> {
        let attempts = self.config.attempts.max(1);
        let mut servers: Vec<SocketAddr> = self.servers.to_vec();
        let mut failure: Option<Error> = None;
        for attempt in 0..attempts {
            let mut silent = Vec::new();
            for (number, server) in servers.iter().enumerate() {
                let now = self.stack.now();
                let Ok(left) = self.deadline.left(now) else { break };
                let tries = (attempts - attempt - 1)
                    .saturating_mul(servers.len())
                    .saturating_add(servers.len() - number);
                let share = left / u32::try_from(tries).unwrap_or(u32::MAX);
                let time = share.max(LEAST_TRY).min(self.config.timeout);
                let until = self.deadline.earlier(Deadline::after(now, time));
                let error = match ask(self.stack, *server, name, record_type, until) {
                    // It has answered, and will answer the same again; another one may know better.
                    Ok(Reply::Failed(error)) => error,
                    Ok(reply) => return Ok(reply),
                    Err(error) if error.code() == Code::Canceled => return Err(error),
                    Err(error) => {
                        silent.push(*server);
                        error
                    }
                };
                let error = error.during(format_args!("asking {server} for {name} {record_type}"));
                if failure.as_ref().is_none_or(|known| telling(&error) >= telling(known)) {
                    failure = Some(error);
                }
            }
            servers = silent;
        }
        Err(failure.unwrap_or_else(|| Error::from(Code::TimedOut).during(format_args!("asking for {name}"))))
    }
}

/// Of the failures of several servers, the one that says most is told: what a server answers before that it can't be reached, and
/// that before silence.
fn telling(error: &Error) -> u8 {
    match error.code() {
        Code::ServerFailure | Code::ServerRefused => 3,
        Code::Protocol | Code::TooLarge | Code::UnexpectedEnd => 2,
        Code::TimedOut => 0,
        _ => 1,
    }
}

//! [`lookup`] and [`addresses`]: what is asked for, from where it is known.

use super::Config;
use super::name::Written;
use super::order;
use super::record::{Record, RecordType};
use super::resolver::Resolver;
use crate::{Code, Deadline, Error, Network, Policy};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// How many addresses of a name are taken.
const MOST_ADDRESSES: usize = 64;

/// The records of a name.
///
/// They come from the hosts of the configuration for A and AAAA, else from the stack's own name servers, else from those of
/// the configuration; or from `server` alone, a name or an address, and its port. An address as `name` has the name that PTR
/// asks for, and is its own A or AAAA. `policy` is asked about the addresses of `server`, and not about the system's own servers.
///
/// # Errors
///
/// - [`Code::Invalid`] where the name can't be one.
/// - [`Code::NameNotFound`] where it does not exist, [`Code::NoData`] where it has no such record.
/// - [`Code::NotResolved`] where `server` is a name that leads nowhere.
/// - [`Code::ServerFailure`] and [`Code::ServerRefused`] where all servers say so.
/// - [`Code::Unsupported`] where no name server is known.
/// - What `policy` and the stack say.
pub fn lookup(
    network: &Network<'_>,
    name: &str,
    record_type: RecordType,
    server: Option<(&str, u16)>,
    policy: &mut dyn Policy,
    deadline: Deadline,
) -> Result<Vec<Record>, Error> {
    let name = match (literal(name), record_type) {
        (Some(address), RecordType::Ptr) => Written::reverse(address),
        (Some(IpAddr::V4(address)), RecordType::A) => return Ok(Vec::from([Record::A(address)])),
        (Some(IpAddr::V6(address)), RecordType::Aaaa) => return Ok(Vec::from([Record::Aaaa(address)])),
        (Some(_), RecordType::A | RecordType::Aaaa) => {
            return Err(Error::new(Code::NoData, format!("{name} is an address of the other family")));
        }
        (Some(_), _) => {
            return Err(Error::new(
                Code::Invalid,
                format!(
                    "{name} is an address, which has no {record_type} record: ask for PTR, or give a name"
                ),
            ));
        }
        (None, _) => Written::parse(name)?,
    };
    let Some((host, port)) = server else {
        return known(network, &name, record_type, deadline);
    };
    let servers = permitted(network, host, port, policy, deadline)?;
    Resolver { stack: network.stack, config: network.dns, servers: &servers, deadline }
        .search(&name, record_type)
}

/// What is known of a host's addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Those first that are to be tried first (RFC 6724). No more than 64, so that whoever answers for a name can't have a
    /// thousand hosts knocked at.
    pub found: Vec<IpAddr>,
    /// Why nothing is known of the other address family, where its servers fail: that what was found can't be reached says
    /// nothing about the host then.
    pub unknown: Option<Error>,
}

/// The addresses of a name, of both families, or the address that it is.
///
/// # Errors
///
/// As [`lookup`], and where neither family is known; but [`Code::NotResolved`] where no name server can be reached or none
/// answers in time, which must not be mistaken for the host's own silence.
pub fn addresses(network: &Network<'_>, host: &str, deadline: Deadline) -> Result<Addresses, Error> {
    if let Some(address) = literal(host) {
        return Ok(Addresses { found: Vec::from([address]), unknown: None });
    }
    let name = Written::parse(host)?;
    let of_hosts = of_hosts(network.dns, &name);
    let (mut all, unknown) = match of_hosts.is_empty() {
        true => both(network, &name, deadline).map_err(not_resolved)?,
        false => (of_hosts, None),
    };
    order::sort(&mut all);
    let mut found = Vec::new();
    for address in all {
        if found.len() < MOST_ADDRESSES && !found.contains(&address) {
            found.push(address);
        }
    }
    Ok(Addresses { found, unknown: unknown.map(not_resolved) })
}

/// What went wrong on the way to a name server is not what goes wrong on the way to the host.
fn not_resolved(error: Error) -> Error {
    match error.code() {
        Code::TimedOut
        | Code::NotTried
        | Code::ConnectionRefused
        | Code::ConnectionReset
        | Code::HostUnreachable
        | Code::NetworkUnreachable
        | Code::PermissionDenied
        | Code::AddressNotAvailable => Error::new(Code::NotResolved, error.message()),
        _ => error,
    }
}

/// The ASCII form of a host: what `Host` headers and certificates have (RFC 5890), without a last dot. An address stays as it is.
///
/// # Errors
///
/// [`Code::Invalid`] where it can't be a name.
pub fn ascii_host(host: &str) -> Result<String, Error> {
    match literal(host) {
        Some(_) => Ok(host.into()),
        None => Ok(Written::parse(host)?.text().into()),
    }
}

/// An address, with or without brackets.
fn literal(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')) {
        Some(inside) => inside.parse().ok().map(IpAddr::V6),
        None => host.parse().ok(),
    }
}

/// A and AAAA. A name that does not exist has neither; a server that passes over questions for AAAA must not use up the time that
/// is needed to connect.
fn both(
    network: &Network<'_>,
    name: &Written,
    deadline: Deadline,
) -> Result<(Vec<IpAddr>, Option<Error>), Error> {
    let v4 = known(network, name, RecordType::A, deadline);
    let until = match &v4 {
        Ok(_) => {
            let now = network.stack.now();
            deadline.left(now).map_or(deadline, |left| Deadline::after(now, left / 4))
        }
        Err(error) if matches!(error.code(), Code::NameNotFound | Code::Canceled | Code::Unsupported) => {
            return Err(error.clone());
        }
        Err(_) => deadline,
    };
    let v6 = known(network, name, RecordType::Aaaa, until);
    // Some servers say of a name without AAAA that it does not exist.
    let unless_empty =
        |error: Error| Some(error).filter(|error| !matches!(error.code(), Code::NoData | Code::NameNotFound));
    let (records, unknown) = match (v4, v6) {
        (Ok(mut v4), Ok(v6)) => {
            v4.extend(v6);
            (v4, None)
        }
        (Ok(known), Err(error)) | (Err(error), Ok(known)) => (known, unless_empty(error)),
        (Err(v4), Err(v6)) if v4.code() == Code::NoData && v6.code() == Code::NoData => {
            return Err(Error::new(Code::NoData, format!("{} has no address", name.text())));
        }
        // The name exists: what can't be told of it is what went wrong.
        (Err(v4), Err(v6)) => return Err(if v4.code() == Code::NoData { v6 } else { v4 }),
    };
    let addresses = records.iter().filter_map(|record| match record {
        Record::A(address) => Some((*address).into()),
        Record::Aaaa(address) => Some((*address).into()),
        _ => None,
    });
    Ok((addresses.collect(), unknown))
}

/// What the configuration and the system's servers know.
fn known(
    network: &Network<'_>,
    name: &Written,
    record_type: RecordType,
    deadline: Deadline,
) -> Result<Vec<Record>, Error> {
    if matches!(record_type, RecordType::A | RecordType::Aaaa) {
        let hosts: Vec<Record> = of_hosts(network.dns, name)
            .into_iter()
            .filter_map(|address| match (address, record_type) {
                (IpAddr::V4(address), RecordType::A) => Some(Record::A(address)),
                (IpAddr::V6(address), RecordType::Aaaa) => Some(Record::Aaaa(address)),
                _ => None,
            })
            .collect();
        if !hosts.is_empty() {
            return Ok(hosts);
        }
    }
    if is_localhost(name) {
        // No server is asked for it (RFC 6761, 6.3).
        let code = if of_hosts(network.dns, name).is_empty() { Code::NameNotFound } else { Code::NoData };
        return Err(Error::new(
            code,
            format!("{}. has no {record_type} record: it is known on this machine only", name.text()),
        ));
    }
    let own = network.stack.name_servers();
    let own: Vec<SocketAddr> = own.into_iter().map(|address| SocketAddr::new(address, 53)).collect();
    let servers = if own.is_empty() { &network.dns.servers } else { &own };
    if servers.is_empty() {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "no name server is known that could be asked for `{}`: name one (`nameserver` of a `dns` check, `dns=` in --net, \
                 /etc/resolv.conf), or give an address instead",
                name.text()
            ),
        ));
    }
    Resolver { stack: network.stack, config: network.dns, servers, deadline }.search(name, record_type)
}

/// What the hosts say of a name. All of `.localhost` is what `localhost` is (RFC 6761, 6.3).
fn of_hosts(config: &Config, name: &Written) -> Vec<IpAddr> {
    let find = |wanted: &str| {
        let mut found: Vec<IpAddr> = Vec::new();
        for (known, address) in &config.hosts {
            if known.eq_ignore_ascii_case(wanted) && !found.contains(address) {
                found.push(*address);
            }
        }
        found
    };
    match find(name.text()) {
        none if none.is_empty() && is_localhost(name) => find("localhost"),
        found => found,
    }
}

fn is_localhost(name: &Written) -> bool {
    name.text().rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

/// The addresses of a server that a request named, as far as they may be talked to.
fn permitted(
    network: &Network<'_>,
    host: &str,
    port: u16,
    policy: &mut dyn Policy,
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, Error> {
    let mut servers = Vec::new();
    let mut refusal = None;
    let resolved = addresses(network, host, deadline).map_err(|error| {
        let error = error.during(format_args!("the name server `{}`", host.escape_debug()));
        match error.code() {
            // That is not said of the name that was to be looked up.
            Code::NameNotFound | Code::NoData => Error::new(Code::NotResolved, error.message()),
            _ => error,
        }
    })?;
    for address in resolved.found {
        let server = SocketAddr::new(address, port);
        match policy.address(host, server) {
            Ok(()) => servers.push(server),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    match refusal {
        Some(refusal) if servers.is_empty() => Err(refusal),
        _ => Ok(servers),
    }
}

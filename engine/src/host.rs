//! [`Host`]: what the engine asks of the machine on a plugin's behalf, once it has decided that it may.

use crate::deadline::Deadline;
use crate::gate::Gate;
use crate::system::{Node, System};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{
    ConnectResponse, DnsRequest, DnsResponse, ExecRequest, ExecResponse, HttpRequest, HttpResponse, LogAttr,
    SmtpRequest, TcpRequest,
};

/// How serious a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For the plugin's author.
    Debug,
    /// Progress; also what the guest writes to standard output.
    Info,
    /// Something odd; also what the guest writes to standard error.
    Warn,
    /// Something failed.
    Error,
}

/// A line that the guest wrote, already cut to its limit.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine<'a> {
    /// How serious.
    pub level: LogLevel,
    /// The text, without a line end.
    pub message: &'a str,
    /// Structured fields, from `log_message`.
    pub attrs: &'a [LogAttr],
}

/// Who is talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination<'a> {
    /// A name or an address; an IPv6 address may be in brackets.
    pub host: &'a str,
    /// TCP or UDP port, never 0.
    pub port: u16,
}

/// The operations behind the host functions. Every request has been granted when it arrives here; the engine has
/// checked its capability. What a network operation leads to beyond that is asked of its [`Gate`]. One value serves one
/// instance. A host that says nothing of them has no files, no environment, no users, no commands and no network.
pub trait Host {
    /// Clocks, randomness and waiting.
    fn system(&self) -> &dyn System;

    /// The directory that the guest sees as `/`; `None` where there are no files.
    fn root(&self) -> Option<Box<dyn Node>> {
        None
    }

    /// The value of each environment variable that exists; the engine shows the guest only those it was granted.
    fn environment(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The name of a user of the machine that is audited.
    fn user_name(&self, uid: u32) -> Option<String> {
        let _ = uid;
        None
    }

    /// The name of a group of the machine that is audited.
    fn group_name(&self, gid: u32) -> Option<String> {
        let _ = gid;
        None
    }

    /// The user that owns links which a literal path may follow, besides root (0).
    fn own_uid(&self) -> u32 {
        0
    }

    /// Takes one log line.
    fn log(&self, line: &LogLine<'_>);

    /// Where a bare command name is found in the fixed search path, as an absolute path with no symbolic link
    /// left; an absolute path is answered resolved.
    ///
    /// # Errors
    ///
    /// The error that the guest gets: not found, or no commands run here.
    fn find_program(&self, command: &str) -> Result<String, ErrorDetail> {
        let _ = command;
        Err(no_commands())
    }

    /// Runs `program` (from [`Host::find_program`]) to its end or to the deadline, with each output cut at
    /// `output_bytes`.
    fn exec(
        &self,
        program: &str,
        request: &ExecRequest,
        deadline: Deadline,
        output_bytes: usize,
    ) -> ExecResponse {
        let _ = (program, request, deadline, output_bytes);
        ExecResponse { exit_code: -1, error: Some(no_commands()), ..ExecResponse::default() }
    }

    /// Looks up a name, at `server` where the request names one.
    fn dns_lookup(
        &self,
        server: Option<Destination<'_>>,
        request: &DnsRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> DnsResponse {
        let _ = (server, request, deadline, gate);
        DnsResponse { error: Some(no_network("dns_lookup")), ..DnsResponse::default() }
    }

    /// Makes an HTTP request, and answers no more than `body_bytes` of the body. `to` is how the decision has read the URL.
    fn http_request(
        &self,
        to: Destination<'_>,
        request: &HttpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
        body_bytes: usize,
    ) -> HttpResponse {
        let _ = (to, request, deadline, gate, body_bytes);
        HttpResponse { error: Some(no_network("http_request")), ..HttpResponse::default() }
    }

    /// Connects over TCP, and with TLS.
    fn tcp_connect(
        &self,
        to: Destination<'_>,
        request: &TcpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        let _ = (to, request, deadline, gate);
        ConnectResponse { error: Some(no_network("tcp_connect")), ..ConnectResponse::default() }
    }

    /// Connects to a mail server.
    fn smtp_connect(
        &self,
        to: Destination<'_>,
        request: &SmtpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        let _ = (to, request, deadline, gate);
        ConnectResponse { error: Some(no_network("smtp_connect")), ..ConnectResponse::default() }
    }
}

fn no_commands() -> ErrorDetail {
    ErrorDetail::new(ErrorType::Execution, "ENOSYS", "this host runs no commands, so nothing was started")
}

fn no_network(function: &str) -> ErrorDetail {
    ErrorDetail::new(
        ErrorType::Network,
        "ENOSYS",
        format!("{function}: this host has no network, so nothing was sent"),
    )
}

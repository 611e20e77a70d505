//! [`Host`]: all that a plugin can ask of the machine.

use crate::network::{Connection, HttpAnswer, HttpRequest, Lookup};
use alloc::{string::String, vec::Vec};
use quoin_abi::error::ErrorDetail;
use quoin_abi::host::{DnsRequest, ExecRequest, ExecResponse, FileStatResponse, SmtpRequest, TcpRequest};

/// The machine, as far as this observation may see it. An operation that is not granted is an error of type
/// `capability`.
///
/// A plugin takes `&impl Host`, so that its module imports only what it really calls.
pub trait Host {
    /// An open file.
    type File: Read;

    /// Owner, permissions and the other attributes of the file at an absolute path. With `follow`, a symbolic link at
    /// the end of the path is followed.
    ///
    /// # Errors
    ///
    /// As the host says; a missing file is `ENOENT` with `is_not_found`.
    fn file_stat(&self, path: &str, follow: bool) -> Result<FileStatResponse, ErrorDetail>;

    /// Opens the file at an absolute path for reading. Symbolic links are followed, and reading never waits.
    ///
    /// Opening has effects on some devices (a watchdog starts to count): look at the file's kind first.
    ///
    /// # Errors
    ///
    /// As the system says, with its errno as `code`.
    fn open(&self, path: &str) -> Result<Self::File, ErrorDetail>;

    /// Opens the directory at an absolute path and begins to read its entries, which proves that it can be listed.
    ///
    /// # Errors
    ///
    /// As the system says, with its errno as `code`.
    fn probe_directory(&self, path: &str) -> Result<(), ErrorDetail>;

    /// The names of all entries of the directory at an absolute path but `.` and `..`, in the system's order. In `/proc`,
    /// the process that runs this plugin is not among them.
    ///
    /// # Errors
    ///
    /// As the system says, with its errno as `code`.
    fn list_directory(&self, path: &str) -> Result<Vec<String>, ErrorDetail>;

    /// Runs a command to its end. One that the deadline ended is an answer with `is_timeout` and what the command
    /// wrote until then.
    ///
    /// # Errors
    ///
    /// When the command did not run.
    fn exec_command(&self, request: &ExecRequest) -> Result<ExecResponse, ErrorDetail>;

    /// Looks up a name's records. That there are none, or that nobody answered in time, is an answer.
    ///
    /// # Errors
    ///
    /// Whatever else keeps an answer from coming.
    fn dns_lookup(&self, request: &DnsRequest) -> Result<Lookup, ErrorDetail>;

    /// Makes an HTTP request.
    ///
    /// # Errors
    ///
    /// Whatever keeps a response from coming.
    fn http_request(&self, request: &HttpRequest) -> Result<HttpAnswer, ErrorDetail>;

    /// Connects over TCP, and with TLS. That nothing can be connected to there is an answer.
    ///
    /// # Errors
    ///
    /// Whatever else keeps an answer from coming: a name that does not resolve, a failed handshake.
    fn tcp_connect(&self, request: &TcpRequest) -> Result<Connection, ErrorDetail>;

    /// Connects to a mail server and reads its greeting. That nothing can be connected to there is an answer.
    ///
    /// # Errors
    ///
    /// Whatever else keeps an answer from coming: a name that does not resolve, a peer that is no mail server.
    fn smtp_connect(&self, request: &SmtpRequest) -> Result<Connection, ErrorDetail>;

    /// Writes a line to the host's log.
    fn log(&self, level: Level, message: &str);

    /// Nanoseconds since the Unix epoch.
    fn now(&self) -> u64;
}

/// Something to read from.
pub trait Read {
    /// Reads up to `buffer.len()` bytes at the current position; 0 is the end.
    ///
    /// # Errors
    ///
    /// As the system says, with its errno as `code`.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorDetail>;
}

/// How serious a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For the plugin's author.
    Debug,
    /// Progress.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// The level's word in `log_message`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

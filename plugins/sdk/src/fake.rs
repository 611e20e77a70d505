//! [`FakeHost`]: a machine made of what a test says.

use crate::answer;
use crate::host::{Host, Level, Read};
use crate::network::{Connection, HttpAnswer, HttpRequest, Lookup};
use alloc::{borrow::ToOwned, collections::BTreeMap, format, string::String, vec::Vec};
use core::cell::RefCell;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{DnsRequest, ExecRequest, ExecResponse, FileStatResponse, SmtpRequest, TcpRequest};
use serde::Serialize;
use serde_json::Value;

/// The most that one read answers, so that a plugin which does not read on is found out.
const READ_BYTES: usize = 1_000;

/// A machine on which nothing exists but what it was given.
///
/// ```
/// use quoin_plugin::{FileStatResponse, Host, fake::FakeHost};
///
/// let stat = FileStatResponse { kind: "file".into(), mode: "0644".into(), ..FileStatResponse::default() };
/// let host = FakeHost::new().stat("/etc/hosts", Ok(stat)).content("/etc/hosts", "127.0.0.1 localhost\n");
/// assert_eq!(host.file_stat("/etc/hosts", true).unwrap().mode, "0644");
/// assert!(host.file_stat("/etc/passwd", true).unwrap_err().is_not_found);
/// ```
#[derive(Debug, Default)]
pub struct FakeHost {
    attributes: BTreeMap<(String, bool), Result<FileStatResponse, ErrorDetail>>,
    contents: BTreeMap<String, Result<FakeFile, ErrorDetail>>,
    directories: BTreeMap<String, Result<(), ErrorDetail>>,
    listings: BTreeMap<String, Vec<String>>,
    commands: BTreeMap<Vec<String>, Result<ExecResponse, ErrorDetail>>,
    network: BTreeMap<&'static str, Value>,
    asked: RefCell<Vec<(&'static str, Value)>>,
    executed: RefCell<Vec<ExecRequest>>,
    opened: RefCell<Vec<String>>,
    log: RefCell<Vec<(Level, String)>>,
    now: u64,
}

impl FakeHost {
    /// An empty machine at the Unix epoch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`Host::file_stat`] answers for `path`, followed or not.
    #[must_use]
    pub fn stat(mut self, path: &str, answer: Result<FileStatResponse, ErrorDetail>) -> Self {
        self.attributes.insert((path.to_owned(), false), answer.clone());
        self.attributes.insert((path.to_owned(), true), answer);
        self
    }

    /// Makes `path` a symbolic link to `target`, whose following is answered with `followed`.
    #[must_use]
    pub fn link(mut self, path: &str, target: &str, followed: Result<FileStatResponse, ErrorDetail>) -> Self {
        let link = FileStatResponse {
            kind: "symlink".into(),
            mode: "0777".into(),
            symlink_target: target.into(),
            ..FileStatResponse::default()
        };
        self.attributes.insert((path.to_owned(), false), Ok(link));
        self.attributes.insert((path.to_owned(), true), followed);
        self
    }

    /// What opening `path` and reading it to the end answers.
    #[must_use]
    pub fn content(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.contents.insert(path.to_owned(), Ok(FakeFile { bytes: bytes.into(), read: 0, end: None }));
        self
    }

    /// Makes reading `path` answer `bytes` and then fail.
    #[must_use]
    pub fn broken_content(mut self, path: &str, bytes: impl Into<Vec<u8>>, error: ErrorDetail) -> Self {
        let file = FakeFile { bytes: bytes.into(), read: 0, end: Some(error) };
        self.contents.insert(path.to_owned(), Ok(file));
        self
    }

    /// Makes opening `path` fail.
    #[must_use]
    pub fn closed(mut self, path: &str, error: ErrorDetail) -> Self {
        self.contents.insert(path.to_owned(), Err(error));
        self
    }

    /// What [`Host::probe_directory`] answers for `path`.
    #[must_use]
    pub fn directory(mut self, path: &str, answer: Result<(), ErrorDetail>) -> Self {
        self.directories.insert(path.to_owned(), answer);
        self
    }

    /// What [`Host::list_directory`] answers for `path`.
    #[must_use]
    pub fn listing(mut self, path: &str, names: &[&str]) -> Self {
        self.listings.insert(path.to_owned(), names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// What a command answers. `words` are the command and its arguments.
    #[must_use]
    pub fn command(mut self, words: &[&str], answer: Result<ExecResponse, ErrorDetail>) -> Self {
        self.commands.insert(words.iter().map(|&word| word.to_owned()).collect(), answer);
        self
    }

    /// What the host function `name` (`tcp_connect`, `dns_lookup`, …) answers, as JSON, whatever it is asked.
    #[must_use]
    pub fn network(mut self, name: &'static str, response: Value) -> Self {
        self.network.insert(name, response);
        self
    }

    /// The network's host functions that were called, in order, each with its request.
    #[must_use]
    pub fn asked(&self) -> Vec<(&'static str, Value)> {
        self.asked.borrow().clone()
    }

    /// The commands that were run, in order, each as it was asked for.
    #[must_use]
    pub fn executed(&self) -> Vec<ExecRequest> {
        self.executed.borrow().clone()
    }

    /// Sets the clock to `nanoseconds` since the Unix epoch.
    #[must_use]
    pub fn at(mut self, nanoseconds: u64) -> Self {
        self.now = nanoseconds;
        self
    }

    /// The files that were opened, in order.
    #[must_use]
    pub fn opened(&self) -> Vec<String> {
        self.opened.borrow().clone()
    }

    /// The lines that were logged, in order.
    #[must_use]
    pub fn logged(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }
}

fn missing(name: &str) -> ErrorDetail {
    ErrorDetail::new(ErrorType::Internal, "ENOENT", format!("{name}: not on this fake machine"))
}

impl FakeHost {
    fn ask(&self, name: &'static str, request: &impl Serialize) -> Vec<u8> {
        let request = serde_json::to_value(request).unwrap_or_default();
        self.asked.borrow_mut().push((name, request));
        let missing = serde_json::json!({"error": missing(name)});
        serde_json::to_vec(self.network.get(name).unwrap_or(&missing)).unwrap_or_default()
    }
}

impl Host for FakeHost {
    type File = FakeFile;

    fn file_stat(&self, path: &str, follow: bool) -> Result<FileStatResponse, ErrorDetail> {
        self.attributes.get(&(path.to_owned(), follow)).cloned().unwrap_or_else(|| Err(missing(path)))
    }

    fn open(&self, path: &str) -> Result<FakeFile, ErrorDetail> {
        self.opened.borrow_mut().push(path.to_owned());
        self.contents.get(path).cloned().unwrap_or_else(|| Err(missing(path)))
    }

    fn probe_directory(&self, path: &str) -> Result<(), ErrorDetail> {
        self.directories.get(path).cloned().unwrap_or_else(|| Err(missing(path)))
    }

    fn list_directory(&self, path: &str) -> Result<Vec<String>, ErrorDetail> {
        self.listings.get(path).cloned().ok_or_else(|| missing(path))
    }

    fn exec_command(&self, request: &ExecRequest) -> Result<ExecResponse, ErrorDetail> {
        self.executed.borrow_mut().push(request.clone());
        let words: Vec<String> = core::iter::once(&request.command).chain(&request.args).cloned().collect();
        self.commands.get(&words).cloned().unwrap_or_else(|| Err(missing(&request.command)))
    }

    fn dns_lookup(&self, request: &DnsRequest) -> Result<Lookup, ErrorDetail> {
        answer::dns_lookup(&self.ask("dns_lookup", request))
    }

    fn http_request(&self, request: &HttpRequest) -> Result<HttpAnswer, ErrorDetail> {
        answer::http_request(&self.ask("http_request", request))
    }

    fn tcp_connect(&self, request: &TcpRequest) -> Result<Connection, ErrorDetail> {
        answer::connect(&self.ask("tcp_connect", request))
    }

    fn smtp_connect(&self, request: &SmtpRequest) -> Result<Connection, ErrorDetail> {
        answer::connect(&self.ask("smtp_connect", request))
    }

    fn log(&self, level: Level, message: &str) {
        self.log.borrow_mut().push((level, message.to_owned()));
    }

    fn now(&self) -> u64 {
        self.now
    }
}

/// An open file of a [`FakeHost`].
#[derive(Debug, Clone)]
pub struct FakeFile {
    bytes: Vec<u8>,
    read: usize,
    end: Option<ErrorDetail>,
}

impl Read for FakeFile {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorDetail> {
        let left = &self.bytes[self.read..];
        let length = left.len().min(buffer.len()).min(READ_BYTES);
        if let (0, Some(error)) = (length, &self.end) {
            return Err(error.clone());
        }
        buffer[..length].copy_from_slice(&left[..length]);
        self.read += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::FakeHost;
    use crate::host::{Host, Level, Read};
    use alloc::vec;
    use quoin_abi::error::{ErrorDetail, ErrorType};
    use quoin_abi::host::{ExecRequest, ExecResponse};

    #[test]
    fn reads_in_pieces_and_then_fails_where_told() {
        let error = ErrorDetail::new(ErrorType::Internal, "EIO", "bad block");
        let host = FakeHost::new().broken_content("/a", vec![7; 1_500], error.clone());
        let mut file = host.open("/a").expect("open");
        let mut buffer = [0; 4_096];
        assert_eq!(file.read(&mut buffer), Ok(1_000));
        assert_eq!(file.read(&mut buffer), Ok(500));
        assert_eq!(file.read(&mut buffer), Err(error));
        assert_eq!(host.opened(), ["/a"]);
    }

    #[test]
    fn runs_only_the_commands_it_knows() {
        let answer = ExecResponse { stdout: "up".into(), ..ExecResponse::default() };
        let host = FakeHost::new().command(&["uptime", "-p"], Ok(answer.clone()));
        let mut request = ExecRequest { command: "uptime".into(), ..ExecRequest::default() };
        assert!(host.exec_command(&request).expect_err("no arguments").is_not_found);
        request.args = vec!["-p".into()];
        assert_eq!(host.exec_command(&request), Ok(answer));
    }

    #[test]
    fn keeps_the_log() {
        let host = FakeHost::new();
        host.log(Level::Warn, "odd");
        assert_eq!(host.logged(), [(Level::Warn, "odd".into())]);
    }
}

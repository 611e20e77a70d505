//! [`Machine`], shared by a whole run, and [`LinuxHost`], one for each instance.

use super::exec::run;
use super::names::Names;
use super::node::LinuxNode;
use super::processes::Processes;
use super::program::find_program;
use super::system::LinuxSystem;
use crate::network::{self, Networking};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{
    ConnectResponse, DnsRequest, DnsResponse, ExecRequest, ExecResponse, HttpRequest, HttpResponse,
    SmtpRequest, TcpRequest,
};
use quoin_engine::host::{Destination, Host, LogLine};
use quoin_engine::system::{Node, System};
use quoin_engine::wasi::Errno;
use quoin_engine::{Deadline, Gate};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Takes the log lines of all plugins: the plugin's name, and the line. It is called from the thread that runs the plugin.
pub type LogSink = dyn Fn(&str, &LogLine<'_>) + Send + Sync;

/// What all instances of a run share: the audited machine's root, this process's environment, and its commands.
pub struct Machine {
    root: LinuxNode,
    /// With `--root` the files are another machine's, whose programs need not even run on this one.
    is_image: bool,
    environment: Vec<(String, String)>,
    own_uid: u32,
    names: Names,
    processes: Arc<Processes>,
    /// None for an image, which is on no network.
    network: Option<Networking>,
    log: Arc<LogSink>,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("root", &self.root)
            .field("is_image", &self.is_image)
            .finish_non_exhaustive()
    }
}

impl Machine {
    /// This machine, or with `root` the unpacked image in that directory. `network` is how it reaches the network; without
    /// any, network checks are errors.
    ///
    /// ```
    /// use quoin::linux::Machine;
    /// use quoin::network::Networking;
    /// use quoin_engine::host::{Host, LogLine};
    /// use std::sync::Arc;
    ///
    /// let network = Networking::open(None, None)?;
    /// let log = Arc::new(|plugin: &str, line: &LogLine<'_>| eprintln!("{plugin}: {}", line.message));
    /// let machine = Machine::open(None, Some(network), log)?;
    /// let host = machine.host("file");
    /// assert!(host.root().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the root is no directory or cannot be opened.
    pub fn open(
        root: Option<&Path>,
        network: Option<Networking>,
        log: Arc<LogSink>,
    ) -> Result<Arc<Self>, OpenRootError> {
        let path = root.unwrap_or(Path::new("/"));
        let node =
            LinuxNode::open_root(path).map_err(|errno| OpenRootError { path: path.to_owned(), errno })?;
        // What a guest cannot be shown, because it is not UTF-8, is left out.
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Ok(Arc::new(Self {
            root: node,
            is_image: root.is_some(),
            environment: std::env::vars_os().filter_map(utf8).collect(),
            own_uid: rustix::process::geteuid().as_raw(),
            names: Names::default(),
            processes: Arc::default(),
            network,
            log,
        }))
    }

    /// Whether it is an unpacked image, which does not run.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.is_image
    }

    /// A host for one instance of `plugin`.
    #[must_use]
    pub fn host(self: &Arc<Self>, plugin: &str) -> LinuxHost {
        LinuxHost {
            machine: Arc::clone(self),
            system: LinuxSystem::new(Arc::clone(&self.processes)),
            plugin: plugin.into(),
        }
    }

    /// Ends what is being waited for, and all commands, which have `grace` to end by themselves. Nothing begins any more.
    pub fn interrupt(&self, grace: Duration) {
        if let Some(network) = &self.network {
            network.interrupt();
        }
        self.processes.end_all(grace);
    }

    /// The running commands.
    #[must_use]
    pub fn processes(&self) -> &Arc<Processes> {
        &self.processes
    }

    fn network(&self) -> Result<&Networking, ErrorDetail> {
        self.network.as_ref().ok_or_else(network::none)
    }

    fn refuse_image(&self) -> Result<(), ErrorDetail> {
        if self.is_image {
            let message = "commands don't run with --root: its programs belong to another machine";
            return Err(ErrorDetail::new(ErrorType::Execution, "ENOTSUP", message));
        }
        Ok(())
    }
}

/// The directory that is to be the root cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRootError {
    /// The directory.
    pub path: PathBuf,
    /// What the system says.
    pub errno: Errno,
}

impl fmt::Display for OpenRootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way_out = match self.errno {
            Errno::Noent | Errno::Notdir => "give the directory that holds the unpacked image",
            Errno::Acces => "run as a user who may enter it",
            _ => "the root of what is audited must be a directory",
        };
        write!(f, "cannot use {} as the root: {}; {way_out}", self.path.display(), self.errno)
    }
}

impl std::error::Error for OpenRootError {}

/// One instance's view of the machine.
#[derive(Debug, Clone)]
pub struct LinuxHost {
    machine: Arc<Machine>,
    system: LinuxSystem,
    plugin: Arc<str>,
}

impl Host for LinuxHost {
    fn system(&self) -> &dyn System {
        &self.system
    }

    fn root(&self) -> Option<Box<dyn Node>> {
        Some(Box::new(self.machine.root.clone()))
    }

    fn environment(&self) -> Vec<(String, String)> {
        self.machine.environment.clone()
    }

    fn user_name(&self, uid: u32) -> Option<String> {
        self.machine.names.user(&self.machine.root, uid)
    }

    fn group_name(&self, gid: u32) -> Option<String> {
        self.machine.names.group(&self.machine.root, gid)
    }

    fn own_uid(&self) -> u32 {
        self.machine.own_uid
    }

    fn log(&self, line: &LogLine<'_>) {
        (self.machine.log)(&self.plugin, line);
    }

    fn find_program(&self, command: &str) -> Result<String, ErrorDetail> {
        self.machine.refuse_image()?;
        find_program(command)
    }

    fn exec(
        &self,
        program: &str,
        request: &ExecRequest,
        deadline: Deadline,
        output_bytes: usize,
    ) -> ExecResponse {
        match self.machine.refuse_image() {
            Ok(()) => run(&self.machine.processes, program, request, deadline, output_bytes),
            Err(error) => ExecResponse { exit_code: -1, error: Some(error), ..ExecResponse::default() },
        }
    }

    fn dns_lookup(
        &self,
        server: Option<Destination<'_>>,
        request: &DnsRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> DnsResponse {
        match self.machine.network() {
            Ok(network) => network.operations(deadline).dns_lookup(server, request, gate),
            Err(error) => DnsResponse { error: Some(error), ..DnsResponse::default() },
        }
    }

    fn http_request(
        &self,
        to: Destination<'_>,
        request: &HttpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
        body_bytes: usize,
    ) -> HttpResponse {
        match self.machine.network() {
            Ok(network) => network.operations(deadline).http_request(to, request, gate, body_bytes),
            Err(error) => HttpResponse { error: Some(error), ..HttpResponse::default() },
        }
    }

    fn tcp_connect(
        &self,
        to: Destination<'_>,
        request: &TcpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        match self.machine.network() {
            Ok(network) => network.operations(deadline).tcp_connect(to, request, gate),
            Err(error) => ConnectResponse { error: Some(error), ..ConnectResponse::default() },
        }
    }

    fn smtp_connect(
        &self,
        to: Destination<'_>,
        request: &SmtpRequest,
        deadline: Deadline,
        gate: &mut Gate<'_>,
    ) -> ConnectResponse {
        match self.machine.network() {
            Ok(network) => network.operations(deadline).smtp_connect(to, request, gate),
            Err(error) => ConnectResponse { error: Some(error), ..ConnectResponse::default() },
        }
    }
}

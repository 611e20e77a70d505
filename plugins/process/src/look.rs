//! Looking at processes one by one. Any of them may end while it is looked at: then it is as if it had not been there.

use crate::config::Request;
use crate::proc::{
    NAME_BYTES, Stat, TICKS_PER_SECOND, boot_time, command_line, resident_bytes, thread_group, whole_name,
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use quoin_plugin::{ErrorDetail, ErrorType, Host, NonEmpty, Read as _, rfc3339};
use serde_json::{Map, Value};

/// The most of a process's file that is read. `stat` and `status` are far shorter; of a command line, the rest is left out.
const FILE_BYTES: usize = 16 << 10;

/// The most of `/proc/stat` that is read. When the system started stands behind a line for each processor, and a number for
/// each interrupt that there may be: some hundred KiB on a machine with hundreds of processors.
const STAT_BYTES: usize = 1 << 20;

/// A process that fits.
pub(crate) struct Found {
    /// From its `stat`.
    pub(crate) stat: Stat,
    name: String,
    cmdline: String,
    uid: u32,
    user: String,
}

/// When the system started, in seconds since the Unix epoch; `None` where the system does not say.
///
/// # Errors
///
/// Where nothing is told of the system at all.
pub(crate) fn booted(host: &impl Host) -> Result<Option<u64>, ErrorDetail> {
    match read(host, "/proc/stat", STAT_BYTES)? {
        Some(text) => Ok(boot_time(&text)),
        None => {
            Err(ErrorDetail::new(ErrorType::Execution, "ENOENT", "there is no /proc/stat: is /proc mounted?"))
        }
    }
}

/// The process of that number, if it is there and fits what is asked for.
///
/// # Errors
///
/// Where it is there and can't be looked at, [`is_hidden`] among them.
pub(crate) fn process(host: &impl Host, pid: &str, request: &Request) -> Result<Option<Found>, ErrorDetail> {
    let directory = format!("/proc/{pid}");
    let Some(text) = read(host, &format!("{directory}/stat"), FILE_BYTES)? else { return Ok(None) };
    let Some(stat) = Stat::parse(&text) else {
        let message = format!("{directory}/stat is not what proc(5) describes");
        return Err(ErrorDetail::new(ErrorType::Internal, "EPROTO", message));
    };
    // A thread's number leads to a directory too, though `/proc` does not list it.
    if request.pid.is_some() {
        let status = read(host, &format!("{directory}/status"), FILE_BYTES)?;
        if status.as_deref().and_then(thread_group).is_some_and(|group| group != u64::from(stat.pid)) {
            return Ok(None);
        }
    }
    // What tells most apart first: every file is a way to the system and back.
    let may_be = |name: &NonEmpty| {
        **name == *stat.name || stat.name.len() == NAME_BYTES && name.starts_with(stat.name.as_str())
    };
    if !request.name.as_ref().is_none_or(may_be) {
        return Ok(None);
    }
    let Some(text) = read(host, &format!("{directory}/cmdline"), FILE_BYTES)? else { return Ok(None) };
    let (name, cmdline) = (whole_name(&stat.name, &text), command_line(&text));
    let fits = request.name.as_ref().is_none_or(|wanted| **wanted == *name || **wanted == *stat.name)
        && request.cmdline_contains.as_ref().is_none_or(|part| contains(cmdline.as_bytes(), part.as_bytes()));
    if !fits {
        return Ok(None);
    }
    let Some(file) = there(host.file_stat(&directory, false))? else { return Ok(None) };
    let uid = file.uid.to_string();
    if !request.user.as_ref().is_none_or(|wanted| **wanted == *file.owner || **wanted == *uid) {
        return Ok(None);
    }
    let user = if file.owner.is_empty() { uid } else { file.owner };
    Ok(Some(Found { stat, name, cmdline, uid: file.uid, user }))
}

impl Found {
    /// Everything about it. `booted` is when the system started, in seconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// A refusal by the host.
    pub(crate) fn describe(
        self,
        host: &impl Host,
        booted: Option<u64>,
    ) -> Result<Map<String, Value>, ErrorDetail> {
        let directory = format!("/proc/{}", self.stat.pid);
        let mut process = Map::new();
        let mut set = |name: &str, value: Value| drop(process.insert(name.into(), value));
        set("pid", self.stat.pid.into());
        set("name", self.name.into());
        set("state", self.stat.state_word().into());
        set("ppid", self.stat.ppid.into());
        set("uid", self.uid.into());
        set("user", self.user.into());
        set("cmdline", self.cmdline.into());
        set("kernel_thread", self.stat.kernel.into());
        set("threads", self.stat.threads.into());
        if let Some(booted) = booted {
            let seconds = booted.saturating_add(self.stat.started / TICKS_PER_SECOND);
            set("started", rfc3339(seconds).into());
        }
        if self.stat.kernel {
            return Ok(process);
        }
        // The program of another user's process is for root to know, and a zombie has none.
        if let Some(link) = told(host.file_stat(&format!("{directory}/exe"), false))? {
            set("exe", link.symlink_target.into());
        }
        let status = told(read(host, &format!("{directory}/status"), FILE_BYTES))?.flatten();
        if let Some(bytes) = status.as_deref().and_then(resident_bytes) {
            set("rss_bytes", bytes.into());
        }
        Ok(process)
    }
}

/// Whether the system keeps a process from this user, as `hidepid=1` does, which lists it all the same.
pub(crate) fn is_hidden(error: &ErrorDetail) -> bool {
    error.kind != ErrorType::Capability && matches!(error.code.as_str(), "EACCES" | "EPERM")
}

/// A file of `/proc`, up to `limit` or a little more; `None` where its process is gone.
///
/// # Errors
///
/// Whatever else keeps it from being read.
fn read(host: &impl Host, path: &str, limit: usize) -> Result<Option<Vec<u8>>, ErrorDetail> {
    let Some(mut file) = there(host.open(path))? else { return Ok(None) };
    let (mut content, mut piece) = (Vec::new(), vec![0; 4 << 10]);
    while content.len() < limit {
        let Some(length) = there(file.read(&mut piece))? else { return Ok(None) };
        match piece.get(..length) {
            Some(read @ [_, ..]) => content.extend_from_slice(read),
            _ => break,
        }
    }
    Ok(Some(content))
}

/// Whether `part`, which is not empty, is somewhere in `text`. `str::contains` is faster, and ten times as long.
fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Tells a process that is gone from one that can't be looked at. One that ends between opening and reading is `ESRCH`.
fn there<T>(answer: Result<T, ErrorDetail>) -> Result<Option<T>, ErrorDetail> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorType::Capability => Err(error),
        Err(error) if matches!(error.code.as_str(), "ENOENT" | "ESRCH") => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a process is told without where the system does not say it.
fn told<T>(answer: Result<T, ErrorDetail>) -> Result<Option<T>, ErrorDetail> {
    match answer {
        Err(error) if error.kind == ErrorType::Capability => Err(error),
        answer => Ok(answer.ok()),
    }
}

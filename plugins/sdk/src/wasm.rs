//! The guest's side of the contract: exports, imports and WASI. The only file with `unsafe` in it.
//!
//! Two rules carry all of it. A block has the layout of a boxed slice of bytes (align 1, its exact size), whoever
//! allocated it, so that either side can give it back. And the host writes only into blocks that it was given.

use crate::host::{Host, Level, Read};
use crate::network::{Connection, HttpAnswer, HttpRequest, Lookup};
use crate::plugin::Plugin;
use crate::{answer, record};
use alloc::alloc::Layout;
use alloc::boxed::Box;
use alloc::{format, string::String, vec, vec::Vec};
use core::slice;
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::host::{
    Context, DnsRequest, ExecRequest, ExecResponse, FileStatRequest, FileStatResponse, SmtpRequest,
    TcpRequest,
};
use quoin_abi::packed::{pack, unpack};
use serde::Serialize;

#[link(wasm_import_module = "reglet_host")]
unsafe extern "C" {
    #[link_name = "exec_command"]
    safe fn host_exec_command(request: u64) -> u64;
    #[link_name = "dns_lookup"]
    safe fn host_dns_lookup(request: u64) -> u64;
    #[link_name = "http_request"]
    safe fn host_http_request(request: u64) -> u64;
    #[link_name = "tcp_connect"]
    safe fn host_tcp_connect(request: u64) -> u64;
    #[link_name = "smtp_connect"]
    safe fn host_smtp_connect(request: u64) -> u64;
    #[link_name = "log_message"]
    safe fn host_log_message(request: u64);
}

#[link(wasm_import_module = "quoin_host")]
unsafe extern "C" {
    #[link_name = "file_stat"]
    safe fn host_file_stat(request: u64) -> u64;
}

// The compiler calls `memcmp` and its like, which WASI targets take from libc; the standard library would link it.
#[cfg(not(feature = "std"))]
#[link(name = "c")]
unsafe extern "C" {}

#[cfg(not(feature = "std"))]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[cfg(not(feature = "std"))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    Engine.log(Level::Error, &format!("{info}"));
    core::arch::wasm32::unreachable()
}

/// Sees to it that the message of a panic gets to the log as it does without the standard library.
#[cfg(feature = "std")]
fn prepare() {
    std::panic::set_hook(Box::new(|info| Engine.log(Level::Error, &format!("{info}"))));
}

#[cfg(not(feature = "std"))]
const fn prepare() {}

/// Body of the export `allocate`.
#[must_use]
pub fn allocate(size: u32) -> u32 {
    match Layout::array::<u8>(size as usize) {
        // SAFETY: the layout is not empty.
        Ok(layout) if size > 0 => unsafe { alloc::alloc::alloc(layout) as u32 },
        _ => 0,
    }
}

/// Body of the export `deallocate`.
pub fn deallocate(address: u32, size: u32) {
    if address != 0 && size != 0 {
        drop(take(pack(address, size)));
    }
}

/// Body of the export `describe`.
#[must_use]
pub fn describe<P: Plugin>() -> u64 {
    give(record::describe::<P>())
}

/// Body of the export `schema`.
#[must_use]
pub fn schema<P: Plugin>() -> u64 {
    give(record::schema::<P>())
}

/// Body of the export `observe`.
#[must_use]
pub fn observe<P: Plugin>(address: u32, length: u32) -> u64 {
    prepare();
    let config: &[u8] = if address == 0 || length == 0 {
        &[]
    } else {
        // SAFETY: the contract has the host pass a block from `allocate` with its length, filled, and give it back
        // only after this call.
        unsafe { slice::from_raw_parts(address as *const u8, length as usize) }
    };
    give(record::observe::<P>(config, &Engine))
}

/// Hands a block over to the host.
fn give(bytes: Vec<u8>) -> u64 {
    let block = Box::leak(bytes.into_boxed_slice());
    if block.is_empty() { 0 } else { pack(block.as_ptr() as u32, block.len() as u32) }
}

/// Takes a block over, from the host or back.
fn take(packed: u64) -> Vec<u8> {
    let (address, length) = unpack(packed);
    if address == 0 || length == 0 {
        return Vec::new();
    }
    // SAFETY: the block came from `allocate` or `give`, which both make it with this layout, and by the contract
    // its owner has given it up.
    unsafe { Vec::from_raw_parts(address as *mut u8, length as usize, length as usize) }
}

/// The address and length of a request.
fn lend(request: &[u8]) -> u64 {
    pack(request.as_ptr() as u32, request.len() as u32)
}

/// A request as JSON. The requests of the contract are text, numbers and lists, which serialise without fail.
fn json(request: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(request).unwrap_or_default()
}

/// The engine that runs this module.
pub struct Engine;

/// `quoin_abi::host::LogRequest` without its attributes, whose values can be any JSON and bring the code for it.
#[derive(Serialize)]
struct LogLine<'a> {
    level: &'static str,
    message: &'a str,
}

impl Host for Engine {
    type File = File;

    fn file_stat(&self, path: &str, follow: bool) -> Result<FileStatResponse, ErrorDetail> {
        let request = FileStatRequest { context: Context::default(), path: path.into(), follow };
        answer::file_stat(&take(host_file_stat(lend(&json(&request)))))
    }

    fn open(&self, path: &str) -> Result<File, ErrorDetail> {
        open(path, 0, wasi::RIGHTS_FD_READ)
    }

    fn probe_directory(&self, path: &str) -> Result<(), ErrorDetail> {
        let directory = open(path, wasi::OFLAGS_DIRECTORY, wasi::RIGHTS_FD_READDIR)?;
        // Room for the head of one entry: that it can be read is all that matters.
        let mut buffer = [0; 64];
        // SAFETY: the buffer is valid for writes of its length.
        let read = unsafe { wasi::fd_readdir(directory.0, buffer.as_mut_ptr(), buffer.len(), 0) };
        read.map(drop).map_err(|errno| system_error("listing", path, errno))
    }

    fn list_directory(&self, path: &str) -> Result<Vec<String>, ErrorDetail> {
        let directory = open(path, wasi::OFLAGS_DIRECTORY, wasi::RIGHTS_FD_READDIR)?;
        let mut buffer = vec![0; 4 << 10];
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            // SAFETY: the buffer is valid for writes of its length.
            let read = unsafe { wasi::fd_readdir(directory.0, buffer.as_mut_ptr(), buffer.len(), cookie) };
            let used = read.map_err(|errno| system_error("listing", path, errno))?;
            let mut rest = buffer.get(..used).unwrap_or_default();
            // Less than a whole entry is the beginning of the one that did not fit, which comes again.
            while let Some((head, behind)) = rest.split_first_chunk::<{ size_of::<wasi::Dirent>() }>() {
                // `d_next`, `d_ino`, `d_namlen`, `d_type`, and the name behind them.
                let length = u32::from_le_bytes([head[16], head[17], head[18], head[19]]) as usize;
                let Some((name, next)) = behind.split_at_checked(length) else { break };
                rest = next;
                let [a, b, c, d, e, f, g, h, ..] = *head;
                cookie = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
                if !matches!(name, b"." | b"..") {
                    names.push(String::from_utf8_lossy(name).into_owned());
                }
            }
            if used < buffer.len() {
                return Ok(names);
            }
        }
    }

    fn exec_command(&self, request: &ExecRequest) -> Result<ExecResponse, ErrorDetail> {
        answer::exec_command(&take(host_exec_command(lend(&json(request)))))
    }

    fn dns_lookup(&self, request: &DnsRequest) -> Result<Lookup, ErrorDetail> {
        answer::dns_lookup(&take(host_dns_lookup(lend(&json(request)))))
    }

    fn http_request(&self, request: &HttpRequest) -> Result<HttpAnswer, ErrorDetail> {
        answer::http_request(&take(host_http_request(lend(&json(request)))))
    }

    fn tcp_connect(&self, request: &TcpRequest) -> Result<Connection, ErrorDetail> {
        answer::connect(&take(host_tcp_connect(lend(&json(request)))))
    }

    fn smtp_connect(&self, request: &SmtpRequest) -> Result<Connection, ErrorDetail> {
        answer::connect(&take(host_smtp_connect(lend(&json(request)))))
    }

    fn log(&self, level: Level, message: &str) {
        host_log_message(lend(&json(&LogLine { level: level.as_str(), message })));
    }

    fn now(&self) -> u64 {
        // SAFETY: takes two numbers and answers one.
        unsafe { wasi::clock_time_get(wasi::CLOCKID_REALTIME, 1_000_000) }.unwrap_or_default()
    }
}

/// A descriptor, closed when it is dropped.
pub struct File(wasi::Fd);

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorDetail> {
        let vector = [wasi::Iovec { buf: buffer.as_mut_ptr(), buf_len: buffer.len() }];
        // SAFETY: the one vector is the buffer, which is valid for writes of its length.
        unsafe { wasi::fd_read(self.0, &vector) }.map_err(|errno| system_error("reading", "", errno))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: the descriptor is ours alone. What closing says is of no interest after reading.
        let _ = unsafe { wasi::fd_close(self.0) };
    }
}

/// Opens an absolute path below the one directory that the host opens for plugins, which is `/` on the first
/// descriptor after the standard ones. Never waits: not for the other end of a pipe, nor for the next kernel message.
fn open(path: &str, flags: wasi::Oflags, rights: wasi::Rights) -> Result<File, ErrorDetail> {
    const ROOT: wasi::Fd = 3;
    let relative = match path.trim_start_matches('/') {
        "" => ".",
        relative => relative,
    };
    // SAFETY: takes text and numbers; a root descriptor that does not exist is an errno.
    let fd = unsafe {
        wasi::path_open(
            ROOT,
            wasi::LOOKUPFLAGS_SYMLINK_FOLLOW,
            relative,
            flags,
            rights,
            0,
            wasi::FDFLAGS_NONBLOCK,
        )
    };
    fd.map(File).map_err(|errno| match errno {
        wasi::ERRNO_BADF => system_error("opening", path, wasi::ERRNO_NOTCAPABLE),
        errno => system_error("opening", path, errno),
    })
}

/// The errno of a WASI function as an error of the contract.
fn system_error(doing: &str, path: &str, errno: wasi::Errno) -> ErrorDetail {
    let (code, text) = match errno {
        wasi::ERRNO_ACCES => ("EACCES", "permission denied"),
        wasi::ERRNO_PERM => ("EPERM", "operation not permitted"),
        wasi::ERRNO_NOENT => ("ENOENT", "no such file or directory"),
        wasi::ERRNO_NOTDIR => ("ENOTDIR", "not a directory"),
        wasi::ERRNO_ISDIR => ("EISDIR", "is a directory"),
        wasi::ERRNO_LOOP => ("ELOOP", "too many levels of symbolic links"),
        wasi::ERRNO_AGAIN => ("EAGAIN", "nothing to read without waiting"),
        wasi::ERRNO_SRCH => ("ESRCH", "no such process"),
        wasi::ERRNO_INVAL => ("EINVAL", "invalid argument"),
        wasi::ERRNO_IO => ("EIO", "input/output error"),
        wasi::ERRNO_NOTCAPABLE => ("ENOTCAPABLE", "not covered by the grants of this observation"),
        _ => ("", ""),
    };
    let kind = if errno == wasi::ERRNO_NOTCAPABLE { ErrorType::Capability } else { ErrorType::Internal };
    let code = if code.is_empty() { format!("errno {}", errno.raw()) } else { code.into() };
    let text: String = if text.is_empty() { "the system refused".into() } else { text.into() };
    let message =
        if path.is_empty() { format!("{doing}: {text}") } else { format!("{doing} {path}: {text}") };
    ErrorDetail::new(kind, &code, message)
}

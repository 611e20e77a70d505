//! Guests in WebAssembly that call every function, against a machine in memory.

mod basics;
mod descriptors;
mod directories;
mod grants;
mod hostile;
mod paths;
mod poll;
mod properties;

use super::link::{MODULE, link};
use super::{CommandConfig, Errno, Wasi};
use crate::capability::{Capability, CapabilitySet, Grants, Literal, LiteralPath};
use crate::guest::state::{State, Trap};
use crate::limits::Limits;
use crate::model::{ModelHost, Tree, plugin, state};
use crate::plugin::LinkProblem;
use alloc::{format, string::String, sync::Arc, vec, vec::Vec};
use wasmi::{Engine, Error, Instance, Linker, Memory, Module, Store, Val, ValType};

/// Every function of the specification with its parameters, `i` for `i32` and `I` for `i64`; all but `proc_exit`
/// answer an `i32`.
const FUNCTIONS: [(&str, &str); 46] = [
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "iIi"),
    ("fd_advise", "iIIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"),
    ("fd_prestat_get", "ii"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("proc_exit", "i"),
    ("proc_raise", "i"),
    ("random_get", "ii"),
    ("sched_yield", ""),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
];

/// Where paths and the like go in the guest's memory, and where answers come back.
const TEXT: u32 = 0x100;
const TEXT2: u32 = 0x2000;
const OUT: u32 = 0x4000;
const BUF: u32 = 0x5000;

const RIGHT_READ: u64 = 1 << 1;
const RIGHT_WRITE: u64 = 1 << 6;
/// All rights, as Rust's and C's libraries ask for them when a file is opened for reading and writing.
const RIGHTS_ALL: u64 = (1 << 28) - 1;
const RIGHTS_READ: u64 = RIGHTS_ALL & !(1 | 1 << 6 | 1 << 8 | 1 << 22);
/// The rights of an open directory.
const RIGHTS_DIRECTORY: u64 = RIGHTS_ALL & !(RIGHT_READ | RIGHT_WRITE);

const CREATE: u64 = 1;
const DIRECTORY: u64 = 2;
const EXCLUSIVE: u64 = 4;
const TRUNCATE: u64 = 8;

/// A module that passes every call on, written as a guest would be.
fn forwarder() -> String {
    let mut wat = String::from("(module\n");
    for (name, params) in FUNCTIONS {
        wat += &format!("(import \"{MODULE}\" \"{name}\" (func ${name} {}))\n", signature(name, params));
    }
    wat += "(memory (export \"memory\") 1)\n";
    for (name, params) in FUNCTIONS {
        wat += &format!("(func (export \"{name}\") {}", signature(name, params));
        for index in 0..params.len() {
            wat += &format!(" local.get {index}");
        }
        wat += &format!(" call ${name})\n");
    }
    wat + ")"
}

fn signature(name: &str, params: &str) -> String {
    let mut text = String::from("(param");
    for param in params.chars() {
        text += if param == 'i' { " i32" } else { " i64" };
    }
    text + if name == "proc_exit" { ")" } else { ") (result i32)" }
}

struct Guest {
    store: Store<State>,
    instance: Instance,
    memory: Memory,
}

impl Guest {
    fn new(state: State) -> Self {
        Self::from_wat(state, &forwarder())
    }

    fn from_wat(state: State, wat: &str) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            link(&mut linker, import.name(), import.ty().func().unwrap()).unwrap();
        }
        let mut store = Store::new(&engine, state);
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        store.data_mut().memory = Some(memory);
        Self { store, instance, memory }
    }

    /// Its own limits, to be changed.
    fn limits(&mut self) -> &mut Limits {
        Arc::make_mut(&mut self.store.data_mut().limits)
    }

    /// A command with all of the tree as its preopened directory, 3.
    fn command(tree: &Tree) -> Self {
        Self::command_at(tree, "/work")
    }

    /// Likewise, with the name of that directory.
    fn command_at(tree: &Tree, name: &str) -> Self {
        tree.file("/dev/null", "");
        let stream = |write: bool| {
            let dev = tree.root().lookup("dev").unwrap();
            let node = dev.lookup("null").unwrap();
            let options = crate::system::OpenOptions { read: !write, write, ..Default::default() };
            dev.open("null", &*node, options).unwrap()
        };
        let config = CommandConfig {
            args: vec!["prog".into(), "an argument".into()],
            env: vec![("A".into(), "1".into())],
            preopens: vec![(name.into(), tree.root())],
            stdin: stream(false),
            stdout: stream(true),
            stderr: stream(true),
        };
        Self::new(state(ModelHost::new(tree), Grants::none(), |_, _| Wasi::for_command(config)))
    }

    /// A plugin with these `fs` patterns granted (`read:/etc/**`).
    fn plugin(tree: &Tree, patterns: &[&str]) -> Self {
        Self::new(plugin(ModelHost::new(tree), fs(patterns, &[])))
    }

    fn try_call(&mut self, name: &str, args: &[u64]) -> Result<Errno, Error> {
        let (_, params) = FUNCTIONS.into_iter().find(|function| function.0 == name).unwrap();
        assert_eq!(params.len(), args.len(), "{name}");
        let args: Vec<Val> = params
            .chars()
            .zip(args)
            .map(|(ty, arg)| if ty == 'i' { Val::I32(*arg as u32 as i32) } else { Val::I64(*arg as i64) })
            .collect();
        let function = self.instance.get_func(&self.store, name).unwrap();
        let mut results = vec![Val::I32(0); usize::from(name != "proc_exit")];
        function.call(&mut self.store, &args, &mut results)?;
        Ok(errno(results[0].i32().unwrap()))
    }

    fn call(&mut self, name: &str, args: &[u64]) -> Errno {
        self.try_call(name, args).unwrap()
    }

    #[track_caller]
    fn ok(&mut self, name: &str, args: &[u64]) {
        assert_eq!(self.call(name, args), Errno::Success, "{name} {args:?}");
    }

    fn trap(&mut self, name: &str, args: &[u64]) -> Trap {
        self.try_call(name, args).unwrap_err().downcast().unwrap()
    }

    fn put(&mut self, ptr: u32, bytes: &[u8]) {
        self.memory.write(&mut self.store, ptr as usize, bytes).unwrap();
    }

    fn get(&self, ptr: u32, len: u32) -> Vec<u8> {
        self.memory.data(&self.store)[ptr as usize..(ptr + len) as usize].to_vec()
    }

    fn u32(&self, ptr: u32) -> u32 {
        u32::from_le_bytes(self.get(ptr, 4).try_into().unwrap())
    }

    fn u64(&self, ptr: u32) -> u64 {
        u64::from_le_bytes(self.get(ptr, 8).try_into().unwrap())
    }

    /// Puts a text where paths go, and answers its address and length.
    fn text(&mut self, text: &str) -> [u64; 2] {
        self.put(TEXT, text.as_bytes());
        [u64::from(TEXT), text.len() as u64]
    }

    fn text2(&mut self, text: &str) -> [u64; 2] {
        self.put(TEXT2, text.as_bytes());
        [u64::from(TEXT2), text.len() as u64]
    }

    fn open_at(&mut self, fd: u32, follow: bool, path: &str, oflags: u64, rights: u64) -> Result<u32, Errno> {
        self.open_with(fd, follow, path, oflags, rights, 0)
    }

    fn open_with(
        &mut self,
        fd: u32,
        follow: bool,
        path: &str,
        oflags: u64,
        rights: u64,
        flags: u64,
    ) -> Result<u32, Errno> {
        let [ptr, len] = self.text(path);
        let inheriting = (1 << 30) - 1;
        let out = u64::from(OUT);
        let follow = u64::from(follow);
        let args = [u64::from(fd), follow, ptr, len, oflags, rights, inheriting, flags, out];
        match self.call("path_open", &args) {
            Errno::Success => Ok(self.u32(OUT)),
            errno => Err(errno),
        }
    }

    /// Opens a file as C's `open(path, O_RDONLY)` does.
    fn open(&mut self, path: &str) -> Result<u32, Errno> {
        self.open_at(3, true, path, 0, RIGHTS_READ)
    }

    fn read(&mut self, fd: u32, len: u32) -> Result<Vec<u8>, Errno> {
        self.put(TEXT, &[BUF.to_le_bytes(), len.to_le_bytes()].concat());
        match self.call("fd_read", &[u64::from(fd), u64::from(TEXT), 1, u64::from(OUT)]) {
            Errno::Success => Ok(self.get(BUF, self.u32(OUT))),
            errno => Err(errno),
        }
    }

    fn write(&mut self, fd: u32, bytes: &[u8]) -> Result<u32, Errno> {
        self.put(BUF, bytes);
        self.put(TEXT, &[BUF.to_le_bytes(), (bytes.len() as u32).to_le_bytes()].concat());
        match self.call("fd_write", &[u64::from(fd), u64::from(TEXT), 1, u64::from(OUT)]) {
            Errno::Success => Ok(self.u32(OUT)),
            errno => Err(errno),
        }
    }

    /// Calls a function of a directory and a path.
    fn at(&mut self, name: &str, path: &str) -> Errno {
        let [ptr, len] = self.text(path);
        self.call(name, &[3, ptr, len])
    }

    fn stat(&mut self, path: &str, follow: bool) -> Errno {
        let [ptr, len] = self.text(path);
        self.call("path_filestat_get", &[3, u64::from(follow), ptr, len, u64::from(OUT)])
    }

    fn rename(&mut self, old: &str, new: &str) -> Errno {
        let ([old, old_len], [new, new_len]) = (self.text(old), self.text2(new));
        self.call("path_rename", &[3, old, old_len, 3, new, new_len])
    }

    fn link(&mut self, old: &str, flags: u64, new: &str) -> Errno {
        let ([old, old_len], [new, new_len]) = (self.text(old), self.text2(new));
        self.call("path_link", &[3, flags, old, old_len, 3, new, new_len])
    }

    fn symlink(&mut self, text: &str, path: &str) -> Errno {
        let ([text, text_len], [path, len]) = (self.text(text), self.text2(path));
        self.call("path_symlink", &[text, text_len, 3, path, len])
    }

    fn refusals(&self) -> Vec<String> {
        self.store.data().refusals.iter().map(|refusal| refusal.capability.clone()).collect()
    }
}

fn errno(code: i32) -> Errno {
    (0..=76)
        .zip(ERRNOS)
        .find(|(number, _)| *number == code)
        .map_or_else(|| panic!("no errno: {code}"), |(_, errno)| errno)
}

/// Grants of `fs` patterns, and literal paths (to be written with a leading `+`).
fn fs(patterns: &[&str], literals: &[&str]) -> Grants {
    let set = |patterns: &[&str]| {
        let parsed = patterns.iter().map(|pattern| Capability::parse("fs", pattern).unwrap());
        CapabilitySet::new(parsed).unwrap()
    };
    let mut declared: Vec<&str> = patterns.to_vec();
    if !literals.is_empty() {
        declared.extend(["read:/**", "write:/**"]);
    }
    let literals = literals.iter().map(|text| {
        let path = LiteralPath::new(text.trim_start_matches('+')).unwrap();
        Literal { path, write: text.starts_with('+') }
    });
    Grants::new(set(&declared), set(patterns), literals.collect::<Vec<_>>())
}

#[rustfmt::skip]
const ERRNOS: [Errno; 77] = {
    use Errno::*;
    [
        Success, Toobig, Acces, Addrinuse, Addrnotavail, Afnosupport, Again, Already, Badf, Badmsg, Busy, Canceled,
        Child, Connaborted, Connrefused, Connreset, Deadlk, Destaddrreq, Dom, Dquot, Exist, Fault, Fbig, Hostunreach,
        Idrm, Ilseq, Inprogress, Intr, Inval, Io, Isconn, Isdir, Loop, Mfile, Mlink, Msgsize, Multihop, Nametoolong,
        Netdown, Netreset, Netunreach, Nfile, Nobufs, Nodev, Noent, Noexec, Nolck, Nolink, Nomem, Nomsg, Noprotoopt,
        Nospc, Nosys, Notconn, Notdir, Notempty, Notrecoverable, Notsock, Notsup, Notty, Nxio, Overflow, Ownerdead,
        Perm, Pipe, Proto, Protonosupport, Prototype, Range, Rofs, Spipe, Srch, Stale, Timedout, Txtbsy, Xdev,
        Notcapable,
    ]
};

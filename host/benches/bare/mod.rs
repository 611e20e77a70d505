//! A bare `wasmi` harness: no limits, no fuel, no capabilities, no checks; just what the benchmarked guests cannot do
//! without.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::time::SystemTime;
use wasmi::{
    Caller, CompilationMode, Config, Engine, ExternType, Func, Linker, Memory, Module, Store, Val, ValType,
};

const WASI: &str = "wasi_snapshot_preview1";
const EBADF: i32 = 8;
const ENOENT: i32 = 44;

#[derive(Default)]
struct State {
    files: Vec<File>,
    memory: Option<Memory>,
    allocate: Option<Func>,
}

type Guest<'a> = Caller<'a, State>;

/// Loads the module, calls `describe`, and makes one observation with this configuration.
pub fn run(module: &[u8], config: &[u8]) {
    let mut settings = Config::default();
    settings.compilation_mode(CompilationMode::Lazy).ignore_custom_sections(true);
    let engine = Engine::new(&settings);
    let module = Module::new(&engine, module).expect("a module");
    let mut linker = Linker::new(&engine);
    linker.allow_shadowing(true);
    for import in module.imports() {
        if let ExternType::Func(ty) = import.ty() {
            let results: Vec<Val> = ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
            let nothing = move |_: Guest<'_>, _: &[Val], out: &mut [Val]| {
                out.clone_from_slice(&results);
                Ok(())
            };
            linker.func_new(import.module(), import.name(), ty.clone(), nothing).expect("an import");
        }
    }
    define(&mut linker);

    let mut guest = Instance::new(&engine, &linker, &module);
    guest.call("describe", &[]);
    // An observation gets a fresh instance, as it does in the engine.
    let mut guest = Instance::new(&engine, &linker, &module);
    let size = Val::I32(i32::try_from(config.len()).expect("a small configuration"));
    let address = guest.allocate(&size);
    let start = usize::try_from(address.i32().expect("an i32")).expect("an address");
    guest.memory.data_mut(&mut guest.store)[start..start + config.len()].copy_from_slice(config);
    guest.call("observe", &[address, size]);
}

struct Instance {
    store: Store<State>,
    instance: wasmi::Instance,
    memory: Memory,
    allocate: Func,
}

impl Instance {
    fn new(engine: &Engine, linker: &Linker<State>, module: &Module) -> Self {
        let mut store = Store::new(engine, State::default());
        let instance = linker.instantiate_and_start(&mut store, module).expect("an instance");
        let memory = instance.get_memory(&store, "memory").expect("memory");
        let allocate = instance.get_func(&store, "allocate").expect("allocate");
        *store.data_mut() = State { memory: Some(memory), allocate: Some(allocate), files: Vec::new() };
        if let Some(initialize) = instance.get_func(&store, "_initialize") {
            initialize.call(&mut store, &[], &mut []).expect("_initialize");
        }
        Self { store, instance, memory, allocate }
    }

    fn allocate(&mut self, size: &Val) -> Val {
        let mut address = [Val::I32(0)];
        self.allocate.call(&mut self.store, std::slice::from_ref(size), &mut address).expect("a block");
        let [address] = address;
        address
    }

    fn call(&mut self, name: &str, arguments: &[Val]) {
        let func = self.instance.get_func(&self.store, name).expect("an export");
        let packed = func.ty(&self.store).results() == [ValType::I64];
        let mut result = [if packed { Val::I64(0) } else { Val::I32(0) }];
        func.call(&mut self.store, arguments, &mut result).expect("a result");
        let address = match result[0] {
            Val::I64(packed) => packed.cast_unsigned() >> 32,
            Val::I32(address) => u64::from(address.cast_unsigned()),
            _ => 0,
        };
        let first = self.memory.data(&self.store)[usize::try_from(address).expect("an address")];
        assert_eq!(first, b'{', "{name}");
    }
}

fn define(linker: &mut Linker<State>) {
    linker
        .func_wrap("quoin_host", "file_stat", file_stat)
        .and_then(|linker| linker.func_wrap(WASI, "path_open", path_open))
        .and_then(|linker| linker.func_wrap(WASI, "fd_read", fd_read))
        .and_then(|linker| linker.func_wrap(WASI, "clock_time_get", clock_time_get))
        .and_then(|linker| linker.func_wrap(WASI, "fd_prestat_get", fd_prestat_get))
        .and_then(|linker| linker.func_wrap(WASI, "fd_prestat_dir_name", fd_prestat_dir_name))
        .and_then(|linker| linker.func_wrap(WASI, "fd_fdstat_get", fd_fdstat_get))
        .and_then(|linker| linker.func_wrap(WASI, "fd_filestat_get", fd_filestat_get))
        .expect("functions");
}

fn memory<'a>(caller: &'a mut Guest<'_>) -> (&'a mut [u8], &'a mut State) {
    let memory = caller
        .data()
        .memory
        .unwrap_or_else(|| caller.get_export("memory").and_then(wasmi::Extern::into_memory).expect("memory"));
    memory.data_and_store_mut(caller)
}

fn text(memory: &[u8], at: u32, len: u32) -> String {
    String::from_utf8(memory[at as usize..(at + len) as usize].to_vec()).expect("UTF-8")
}

fn put<const N: usize>(memory: &mut [u8], at: u32, bytes: [u8; N]) {
    memory[at as usize..][..N].copy_from_slice(&bytes);
}

fn file_stat(mut caller: Guest<'_>, request: u64) -> u64 {
    let (bytes, _) = memory(&mut caller);
    let request = text(bytes, (request >> 32) as u32, request as u32);
    let request: serde_json::Value = serde_json::from_str(&request).expect("a request");
    let path = request["path"].as_str().expect("a path");
    let stat = std::fs::symlink_metadata(path).expect("a file");
    let response = serde_json::json!({
        "kind": "file", "size": stat.size(), "mode": format!("{:04o}", stat.mode() & 0o7777), "uid": stat.uid(),
        "gid": stat.gid(), "owner": "root", "group": "root", "mtime": "2026-01-01T00:00:00Z", "nlink": stat.nlink(),
        "resolved_path": path,
    })
    .to_string();
    let allocate = caller.data().allocate.expect("allocate");
    let mut address = [Val::I32(0)];
    let size = Val::I32(i32::try_from(response.len()).expect("a size"));
    allocate.call(&mut caller, &[size], &mut address).expect("a block");
    let address = u64::from(address[0].i32().expect("an i32").cast_unsigned());
    let (bytes, _) = memory(&mut caller);
    bytes[address as usize..][..response.len()].copy_from_slice(response.as_bytes());
    address << 32 | response.len() as u64
}

#[expect(clippy::too_many_arguments, reason = "WASI's")]
fn path_open(
    mut caller: Guest<'_>,
    _fd: u32,
    _lookup: u32,
    path: u32,
    path_len: u32,
    _open: u32,
    _rights: u64,
    _inheriting: u64,
    _flags: u32,
    out: u32,
) -> i32 {
    let (bytes, state) = memory(&mut caller);
    let path = text(bytes, path, path_len);
    let Ok(file) = File::open(format!("/{}", path.trim_start_matches('/'))) else { return ENOENT };
    state.files.push(file);
    let fd = u32::try_from(state.files.len()).expect("few files") + 3;
    put(bytes, out, fd.to_le_bytes());
    0
}

fn fd_read(mut caller: Guest<'_>, fd: u32, iovs: u32, count: u32, out: u32) -> i32 {
    let (bytes, state) = memory(&mut caller);
    let Some(mut file) = fd.checked_sub(4).and_then(|index| state.files.get(index as usize)) else {
        return EBADF;
    };
    let mut total = 0;
    for iov in 0..count {
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
        let at = (iovs + iov * 8) as usize;
        let (start, len) = (word(at), word(at + 4));
        let read = file.read(&mut bytes[start..start + len]).expect("a read");
        total += u32::try_from(read).expect("a small read");
        if read < len {
            break;
        }
    }
    put(bytes, out, total.to_le_bytes());
    0
}

/// Go does not start at a clock that stands at zero.
fn clock_time_get(mut caller: Guest<'_>, _id: u32, _precision: u64, out: u32) -> i32 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    let (bytes, _) = memory(&mut caller);
    put(bytes, out, u64::try_from(now.as_nanos()).expect("a time before 2554").to_le_bytes());
    0
}

fn fd_prestat_get(mut caller: Guest<'_>, fd: u32, out: u32) -> i32 {
    if fd != 3 {
        return EBADF;
    }
    let (bytes, _) = memory(&mut caller);
    put(bytes, out, [0, 0, 0, 0, 1, 0, 0, 0]);
    0
}

fn fd_prestat_dir_name(mut caller: Guest<'_>, _fd: u32, path: u32, _len: u32) -> i32 {
    let (bytes, _) = memory(&mut caller);
    put(bytes, path, *b"/");
    0
}

fn fd_fdstat_get(mut caller: Guest<'_>, fd: u32, out: u32) -> i32 {
    let (bytes, _) = memory(&mut caller);
    // A directory, standard stream or file, with all rights.
    let kind = match fd {
        3 => 3,
        0..=2 => 2,
        _ => 4,
    };
    put(bytes, out, [kind, 0, 0, 0, 0, 0, 0, 0]);
    put(bytes, out + 8, [0xff; 16]);
    0
}

fn fd_filestat_get(mut caller: Guest<'_>, fd: u32, out: u32) -> i32 {
    let (bytes, state) = memory(&mut caller);
    let size = fd.checked_sub(4).and_then(|index| state.files.get(index as usize));
    let size = size.and_then(|file| file.metadata().ok()).map_or(0, |stat| stat.size());
    put(bytes, out, [0; 64]);
    put(bytes, out + 16, [if fd == 3 { 3 } else { 4 }]);
    put(bytes, out + 32, size.to_le_bytes());
    0
}
